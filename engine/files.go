package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine/eval"
	"nixbench/store"
)

// This file is the file system as evaluation sees it: paths below the logical
// store directory are looked up where the store keeps them, first in the store
// that is built into, then in the machine's.

// realPath returns where the file at path is. A symbolic link in the store that
// leads back into the store directory is followed within it.
func (e *Engine) realPath(path string) string {
	dir := string(e.store.Dir())
	rest, below := strings.CutPrefix(path, dir)
	if !below || rest != "" && rest[0] != '/' {
		return path
	}
	if rest == "" {
		return e.store.RealDir()
	}
	if st := e.cache(); st != nil {
		if p, inside, err := st.Dir().PathOf(path); err == nil {
			return st.RealPath(p) + inside
		}
	}
	real := filepath.Join(e.store.RealDir(), rest)
	if e.machine == nil {
		return real
	}
	base, _, _ := strings.Cut(rest[1:], "/")
	if _, err := os.Lstat(filepath.Join(e.store.RealDir(), base)); errors.Is(err, fs.ErrNotExist) {
		return filepath.Join(e.machine.RealDir(), rest)
	}
	return real
}

// Destination follows the links that a file is, as far as there are any, as the paths of
// the store have it, and returns also where that is in the file system.
func (e *Engine) Destination(file string) (path, real string) {
	path, real = file, e.realPath(file)
	for range store.MaxLinks {
		target, err := os.Readlink(real)
		if err != nil {
			break
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(path), target)
		}
		path = filepath.Clean(target)
		real = e.realPath(path)
	}
	return path, real
}

// RealFile returns where the file that path leads to is on this machine, links followed: a
// link's absolute target may be a logical store path.
func (e *Engine) RealFile(path string) (string, error) {
	_, real, err := e.walk(path)
	return real, err
}

// RealFileInStore is RealFile for a path in the store, but for links that lead out of it:
// outside is where they do, else "".
func (e *Engine) RealFileInStore(path string) (real, outside string, err error) {
	logical, real, err := e.walk(path)
	if err != nil || e.isInStore(logical) && logical != real {
		return real, "", err
	}
	end, err := filepath.EvalSymlinks(real)
	switch {
	case err == nil && e.isInStore(end):
		return end, "", nil
	case err == nil:
		return "", end, nil
	case e.isInStore(logical):
		return "", "", logicalError(err, path)
	}
	return "", logical, nil
}

// isInStore tells whether a path is below the store's directory, as it is called or as it
// is on this machine.
func (e *Engine) isInStore(path string) bool {
	dirs := []string{string(e.store.Dir()), e.store.RealDir()}
	if real, err := filepath.EvalSymlinks(e.store.RealDir()); err == nil {
		dirs = append(dirs, real)
	}
	return slices.ContainsFunc(dirs, func(dir string) bool { return strings.HasPrefix(path, dir+"/") })
}

// follow returns the path that path leads to, without links, and the real path of the file
// there.
func (e *Engine) follow(path string) (logical, real string, err error) {
	logical, real, err = e.walk(path)
	if err == nil && logical == real {
		real, err = filepath.EvalSymlinks(real)
		logical = real
	}
	return logical, real, err
}

// walk returns a path that path leads to and the real path of the file there. Where the two
// are the same the kernel knows the way from there on, which may lead through links.
func (e *Engine) walk(path string) (logical, real string, err error) {
	for range store.MaxLinks {
		real, next, err := e.step(path)
		if err != nil || next == "" {
			return path, real, err
		}
		path = next
	}
	return "", "", fmt.Errorf("open %s: too many levels of symbolic links", path)
}

// step walks path up to its first symbolic link. It returns the path with that
// link replaced by its target, or next "" and the real path if there is none.
func (e *Engine) step(path string) (real, next string, err error) {
	if !strings.HasPrefix(path, string(e.store.Dir())+"/") {
		return e.stepOutside(path)
	}
	prefix := string(e.store.Dir())
	parts := strings.Split(strings.TrimPrefix(path, prefix+"/"), "/")
	for i, part := range parts {
		prefix += "/" + part
		real = e.realPath(prefix)
		info, err := os.Lstat(real)
		if errors.Is(err, fs.ErrNotExist) && e.isElsewhere(real, prefix) {
			real = prefix
			info, err = os.Lstat(real)
		}
		if err != nil {
			return "", "", logicalError(err, path)
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		target, err := os.Readlink(real)
		if err != nil {
			return "", "", logicalError(err, path)
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(prefix), target)
		}
		return "", filepath.Join(append([]string{target}, parts[i+1:]...)...), nil
	}
	return real, "", nil
}

// isElsewhere reports whether a file that is not where the store keeps its files is where
// its path says: in the directory of another store. Evaluation sees such files, unless it
// is pure. Behaviour: EvalState's rootFS in Nix's eval.cc.
func (e *Engine) isElsewhere(real, path string) bool {
	if real == path || e.settings.PureEval {
		return false
	}
	_, err := os.Lstat(path)
	return err == nil
}

// stepOutside lets the kernel follow a path outside the store, unless the way
// leads into a store directory that the kernel does not know.
func (e *Engine) stepOutside(path string) (real, next string, err error) {
	if _, err := os.Stat(path); err == nil || e.store.RealDir() == string(e.store.Dir()) {
		return path, "", nil
	}
	for dir, rest := path, ""; dir != "/" && dir != "."; dir, rest = filepath.Dir(dir), filepath.Join(filepath.Base(dir), rest) {
		info, err := os.Lstat(dir)
		if err != nil {
			continue // behind a link that the kernel cannot follow
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			break
		}
		target, err := os.Readlink(dir)
		if err != nil {
			return "", "", logicalError(err, path)
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(dir), target)
		}
		return "", filepath.Join(target, rest), nil
	}
	return path, "", nil
}

// logicalError gives err the path that the user knows.
func logicalError(err error, path string) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return &fs.PathError{Op: pathErr.Op, Path: path, Err: pathErr.Err}
	}
	return err
}

// kernelKnows reports whether a path is outside the store, so that what the kernel finds
// there is what is meant. It finds nearly all files of which an evaluation knows; those that
// it does not find may be behind a link into a store that it does not know.
func (e *Engine) kernelKnows(path string) bool {
	return !strings.HasPrefix(path, string(e.store.Dir())) && !strings.HasPrefix(path, e.store.RealDir())
}

func (w *world) ReadFile(ctx context.Context, path string, buf []byte) ([]byte, error) {
	if w.e.kernelKnows(path) {
		if data, err := appendFile(ctx, buf, path); err == nil {
			w.onRead(path)
			return data, nil
		}
	}
	real, err := w.e.RealFile(path)
	if err != nil {
		return nil, err
	}
	if real == path {
		w.onRead(path)
	}
	data, err := appendFile(ctx, buf, real)
	if err != nil {
		return nil, logicalError(err, path)
	}
	return data, nil
}

func (w *world) onRead(file string) {
	if w.opts.OnRead != nil {
		w.opts.OnRead(file)
	}
}

// errWholeStore is the error of reading a store directory whose files are elsewhere: it
// has the files of several stores. Behaviour: RemoteFSAccessor in Nix's remote-fs-accessor.cc.
var errWholeStore = eval.Errorf(eval.ErrorFile, "path '/' is not a valid store path")

// wholeStore reports whether a real path is that of a store directory whose files are
// elsewhere.
func (e *Engine) wholeStore(real string) bool {
	dir := string(e.store.Dir())
	return e.store.RealDir() != dir && (real == dir || real == e.store.RealDir())
}

func (w *world) ReadDir(ctx context.Context, path string) ([]eval.DirEntry, error) {
	entries, err := w.e.readDir(path)
	if err != nil {
		return nil, err
	}
	out := make([]eval.DirEntry, len(entries))
	for i, entry := range entries {
		out[i] = eval.DirEntry{Name: entry.Name(), Type: fileType(entry.Type())}
	}
	return out, nil
}

// readDir reads the directory that path leads to.
func (e *Engine) readDir(path string) ([]fs.DirEntry, error) {
	if e.kernelKnows(path) {
		if entries, err := os.ReadDir(path); err == nil {
			return entries, nil
		}
	}
	real, err := e.RealFile(path)
	if err != nil {
		return nil, err
	}
	if e.wholeStore(real) {
		return nil, errWholeStore
	}
	entries, err := os.ReadDir(real)
	if err != nil {
		return nil, logicalError(err, path)
	}
	return entries, nil
}

func (w *world) Lstat(ctx context.Context, path string) (eval.FileType, error) {
	if w.e.kernelKnows(path) {
		if info, err := os.Lstat(path); err == nil {
			return fileType(info.Mode()), nil
		}
	}
	real, err := w.e.parentResolved(path)
	if err != nil {
		return 0, err
	}
	info, err := os.Lstat(real)
	if err != nil {
		return 0, logicalError(err, path)
	}
	return fileType(info.Mode()), nil
}

func (w *world) Readlink(ctx context.Context, path string) (string, error) {
	real, err := w.e.parentResolved(path)
	if err != nil {
		return "", err
	}
	target, err := os.Readlink(real)
	if err != nil {
		return "", logicalError(err, path)
	}
	return target, nil
}

// parentResolved returns the real path of path itself: links are followed on
// the way to it, but not at its end.
func (e *Engine) parentResolved(path string) (string, error) {
	dir, base := filepath.Split(filepath.Clean(path))
	dir = filepath.Clean(dir)
	if base == "" || dir == string(e.store.Dir()) || path == string(e.store.Dir()) {
		real := e.realPath(path)
		if _, err := os.Lstat(real); errors.Is(err, fs.ErrNotExist) && e.isElsewhere(real, path) {
			real = path
		}
		return real, nil
	}
	parent, err := e.RealFile(dir)
	if err != nil {
		return "", err
	}
	return filepath.Join(parent, base), nil
}

func fileType(mode fs.FileMode) eval.FileType {
	switch {
	case mode.IsRegular():
		return eval.FileRegular
	case mode.IsDir():
		return eval.FileDirectory
	case mode&fs.ModeSymlink != 0:
		return eval.FileSymlink
	}
	return eval.FileUnknown
}
