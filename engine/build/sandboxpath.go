package build

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"nixbench/engine/sandbox"
	"nixbench/store"

	"golang.org/x/sys/unix"
)

// A SandboxPathError reports, in Nix's words, that sandbox-paths has what cannot be
// put into a sandbox.
// Behaviour: doBind in Nix's linux-derivation-builder.cc.
type SandboxPathError struct{ Words string }

func (e *SandboxPathError) Error() string { return e.Words }

// sandboxPath returns where source, a name as the working directory has it, is to be seen in
// the sandbox: at target below its root directory.
func sandboxPath(target, source string, isOptional bool) (sandbox.Mount, error) {
	inside := strings.TrimLeft(target, "/")
	switch filepath.Base(target) {
	case ".", "..", "/":
		words := "sandbox path to bind mount in the chroot has an invalid filename: "
		if inside == "" {
			words = "invalid path to bind mount in the chroot: "
		}
		return sandbox.Mount{}, &SandboxPathError{words + store.QuoteFile(inside)}
	}
	m := sandbox.Mount{Source: source, Target: filepath.Clean("/" + inside), Optional: isOptional}
	_, err := os.Lstat(source)
	isAbsent := errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR)
	if err != nil && !(isOptional && isAbsent) {
		var why *fs.PathError
		if errors.As(err, &why) {
			err = why.Err
		}
		return m, &SandboxPathError{"getting attributes of path " + store.QuoteFile(source) + ": " + store.Capital(err.Error())}
	}
	if m.Source, err = filepath.Abs(source); err != nil {
		return m, err
	}
	if real, err := filepath.EvalSymlinks(m.Source); err == nil {
		m.Source = real
	}
	return m, nil
}
