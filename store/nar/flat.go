package nar

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// A NotFlatError says, in Nix's words, that a file is no regular one, which alone has
// contents without an archive.
type NotFlatError struct {
	File   string
	IsLink bool // a symbolic one; else File is a directory
}

func (e *NotFlatError) Error() string {
	if e.IsLink {
		return "file '" + e.File + "' is a symlink"
	}
	return "'" + e.File + "' is not a regular file"
}

// OpenFlat opens a regular file, which the caller closes, and returns its size in bytes. A
// symbolic link, which is not followed, or a directory is a [*NotFlatError], and what is
// neither a [*TypeError].
func OpenFlat(file string) (f *os.File, size int64, err error) {
	f, err = os.OpenFile(file, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, unix.ELOOP):
		return nil, 0, &NotFlatError{File: file, IsLink: true}
	case errors.Is(err, unix.ENXIO): // a socket
		return nil, 0, &TypeError{File: file}
	case err != nil:
		return nil, 0, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = &NotFlatError{File: file}
	case !info.Mode().IsRegular():
		err = &TypeError{File: file}
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}
