package enginetest

import (
	"debug/elf"
	"errors"
	"testing"

	"nixbench/engine/sandbox"
)

// NeedSandbox skips a test where the machine forbids sandboxes, and says by which of its
// settings. It fails one if there is no sandbox and no such reason for it: the mistake is
// ours then.
func NeedSandbox(t testing.TB) {
	t.Helper()
	var setup *sandbox.SetupError
	if err := sandbox.Check(); errors.As(err, &setup) && setup.Reason != "" {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
}

// AddLibraries adds to the sandbox's paths the libraries of the test's program, which
// builders run as their shell: that of the race detector is not static.
func AddLibraries(sandboxPaths map[string]string) {
	file, err := elf.Open(sandbox.Self)
	if err != nil {
		return // no Linux, and no sandbox
	}
	defer file.Close()
	if libs, _ := file.ImportedLibraries(); len(libs) > 0 {
		for _, dir := range []string{"/lib", "/lib64", "/usr/lib", "/usr/lib64"} {
			sandboxPaths[dir] = dir + "?"
		}
	}
}
