package build

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"nixbench/store"
)

// A view sees the store as programs do that run from it: its files are at
// their logical names, wherever they are on disk, and links lead to those.
type view struct {
	st store.Reader
	// visible are the paths that there are, sorted, if isPart says that there are no others.
	visible []store.Path
	isPart  bool
	// outside is what there is outside the store; nil for nothing.
	outside outside
}

// resolve follows every symbolic link in name. It returns the file's logical
// name, where it is on disk, if it is there, and what it is.
func (v view) resolve(name string) (logical, real string, info fs.FileInfo, err error) {
	dir := string(v.st.Dir())
	todo := strings.Split(name, "/")
	logical = "/"
	links := 0
	for len(todo) > 0 {
		part := todo[0]
		todo = todo[1:]
		logical = path.Join(logical, part)
		if real, info, err = v.lstat(logical); err != nil {
			return "", "", nil, err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		if links++; links > store.MaxLinks {
			return "", "", nil, &fs.PathError{Op: "resolve", Path: name, Err: errors.New("too many levels of symbolic links")}
		}
		target, err := os.Readlink(real)
		if err != nil {
			return "", "", nil, err
		}
		logical = path.Dir(logical)
		if strings.HasPrefix(target, "/") {
			logical = "/"
		}
		todo = append(strings.Split(target, "/"), todo...)
	}
	if v.outside == nil && !strings.HasPrefix(logical, dir+"/") {
		return "", "", nil, &fs.PathError{Op: "resolve", Path: name, Err: fs.ErrNotExist}
	}
	return logical, real, info, nil
}

// lstat returns where the file of a clean logical name is on disk, if it is there, and what
// it is itself.
func (v view) lstat(logical string) (real string, info fs.FileInfo, err error) {
	dir := string(v.st.Dir())
	absent := &fs.PathError{Op: "lstat", Path: logical, Err: fs.ErrNotExist}
	switch {
	case logical == "/" || logical == dir || strings.HasPrefix(dir, logical+"/"):
		return "", standIn(fs.ModeDir), nil
	case !strings.HasPrefix(logical, dir+"/") && v.outside == nil:
		return "", nil, absent
	case !strings.HasPrefix(logical, dir+"/"):
		return v.outside(logical)
	}
	p, rest, err := v.st.Dir().PathOf(logical)
	if err != nil || !v.has(p) {
		return "", nil, absent
	}
	real = v.st.RealPath(p) + rest
	info, err = os.Lstat(real)
	return real, info, err
}

func (v view) has(p store.Path) bool {
	_, found := slices.BinarySearch(v.visible, p)
	return found || !v.isPart
}
