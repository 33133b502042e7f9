package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine/sandbox"
	"nixbench/store"

	"golang.org/x/sys/unix"
)

// A SandboxPathError reports, in Nix's words, that sandbox-paths has what cannot be
// put into a sandbox.
//
// Behaviour: Nix, doBind in linux-derivation-builder.cc.
type SandboxPathError struct{ Words string }

func (e *SandboxPathError) Error() string { return e.Words }

// shellPath is where our own shell is, unless sandbox-paths has what is there.
const shellPath = "/bin/sh"

// sandboxPaths returns what sandbox-paths has a builder see, and the closure of the inputs
// with that of what is in the store.
func (j *job) sandboxPaths(ctx context.Context) (mounts []sandbox.Mount, closure []store.Path, err error) {
	closure = j.closure
	hasShell := false
	for _, target := range slices.Sorted(maps.Keys(j.settings.SandboxPaths)) {
		source, isOptional := strings.CutSuffix(j.settings.SandboxPaths[target], "?")
		if p, rest, err := j.st.Dir().PathOf(source); err == nil {
			source = j.st.RealPath(p) + rest
			more, err := store.Requisites(ctx, store.References(j.st), p)
			if err != nil {
				return nil, nil, fmt.Errorf("sandbox path %s: %w", target, err)
			}
			closure = append(slices.Clone(closure), more...)
		}
		m, err := sandboxPath(target, source, isOptional)
		if err != nil {
			return nil, nil, err
		}
		m.Writable = !j.isOfStore(m.Source)
		mounts = append(mounts, m)
		hasShell = hasShell || m.Target == shellPath || m.Target == filepath.Dir(shellPath)
	}
	if !hasShell {
		mounts = append(mounts, sandbox.Mount{Source: sandbox.Self, Target: shellPath})
	}
	return mounts, closure, nil
}

// isOfStore reports whether a file of the host is in the store, or the other way round:
// what a builder could write there would be that of others. Links are followed.
func (j *job) isOfStore(file string) bool {
	real, err := filepath.EvalSymlinks(file)
	if err != nil {
		real = filepath.Clean(file)
	}
	storeDir, err := filepath.EvalSymlinks(j.st.RealDir())
	return err != nil || isBelowAny(real, []string{storeDir}) || isBelowAny(storeDir, []string{real})
}

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
	// A link is seen as the link that it is; on the way to it none is in the way.
	if dir, err := filepath.EvalSymlinks(filepath.Dir(m.Source)); err == nil {
		m.Source = filepath.Join(dir, filepath.Base(m.Source))
	}
	return m, nil
}
