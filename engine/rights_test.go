package engine_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// outputWithoutRights runs the test binary again, with a variable more and as somebody who
// has to obey permissions, and returns what it prints.
func outputWithoutRights(t *testing.T, variable string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), variable)
	withoutRights(cmd)
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		t.Fatalf("%v: %s%s", err, out, exit.Stderr)
	case err != nil:
		t.Skipf("this machine lets nobody go without rights: %v", err)
	}
	return out
}

// forbid gives files below dir other permissions until the test ends.
func forbid(t *testing.T, dir string, modes map[string]os.FileMode) {
	t.Helper()
	for name, mode := range modes {
		name = filepath.Join(dir, name)
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(name, 0o755) })
	}
}

// resolvedDir returns a temporary directory, by a name without symbolic links.
func resolvedDir(t *testing.T) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
