package eval

import (
	"errors"
	"io/fs"
	"syscall"

	"nixbench/engine/syntax"
	"nixbench/store"
)

// This file tells in Nix's words why a file cannot be looked at or read.

// What Nix says that it was doing to a file when the system refused.
const (
	lookingAt = "getting status of"
	opening   = "opening"
	listing   = "opening directory"
)

// FailFile raises the error of looking at a file.
func (s *State) FailFile(file string, err error) { s.failDoing(lookingAt, file, err) }

// FailDir raises the error of opening a directory.
func (s *State) FailDir(dir string, err error) { s.failDoing(listing, dir, err) }

// failRead raises the error of reading a file.
func (s *State) failRead(file string, err error) {
	if errors.Is(err, syscall.EISDIR) || errors.Is(err, ErrNotRegular) {
		s.Raise(ErrorFile, NoFile(file), Because(err))
	}
	s.failDoing(opening, file, err)
}

func (s *State) failDoing(doing, file string, err error) {
	s.poll()
	if doing != lookingAt {
		s.failCorepkg(file, err)
	}
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		s.Raise(ErrorFile, syntax.Hintf("path '%s' does not exist", ShowPath(file)), Because(err))
	}
	if errno, ok := refusal(err); ok {
		s.Raise(ErrorFile, refused(doing, file, errno), Because(err))
	}
	s.FailWith(err)
}

// NoFile is what is said of what has no contents, since it is no regular file.
func NoFile(file string) syntax.Hint {
	if file == "/" {
		return syntax.Hintf("'%s' is not a regular file", file)
	}
	return syntax.Hintf("file '%s' is not a regular file", ShowPath(file))
}

// IsRefusal reports whether the system did not let something be done to a file, other than
// because there is none.
func IsRefusal(err error) bool {
	_, ok := refusal(err)
	return ok
}

// refusal returns why the system did not let something be done to a file, other than that
// there is none, unless that has been told.
func refusal(err error) (errno syscall.Errno, ok bool) {
	if _, told := err.(*Error); told || errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return 0, false
	}
	return errno, errors.As(err, &errno)
}

func refused(doing, file string, errno syscall.Errno) syntax.Hint {
	return syntax.Hintf("%s '%s': %s", syntax.Hint(doing), file, syntax.Hint(store.Capital(errno.Error())))
}

// Uncopied is the error of a file that could not be copied, since the system did not let it,
// or a directory, be opened or looked at; nil if err is no such error.
func Uncopied(file string, isDir bool, err *fs.PathError) *Error {
	errno, ok := refusal(err)
	if !ok {
		return nil
	}
	doing := opening
	if err.Op == "lstat" {
		doing = lookingAt
	} else if isDir {
		doing = listing
	}
	e := Errorf(ErrorFile, "%s", refused(doing, file, errno))
	e.cause = err
	return e
}
