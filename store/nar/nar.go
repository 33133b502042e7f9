// Package nar reads and writes Nix archives, the serialisation that file
// system objects are hashed and copied in.
//
// An archive holds one regular file, symbolic link or directory tree, with
// names, contents, link targets and whether a file is executable, nothing
// else. Equal objects have equal archives: directories are sorted, and the
// reader refuses whatever a writer would not have written, so that no two
// archives mean the same object.
//
// [Dump] and [Restore] go between archives and files; [Reader] and [Writer]
// stream archives; [List] says what is in one.
//
// Format: Nix manual, "Nix Archive (NAR) Format".
package nar

import (
	"errors"
	"fmt"
)

// Type is the type of a file system object.
type Type string

// The types of objects that an archive can hold, spelled as in the archive
// and in file listings.
const (
	Regular   Type = "regular"
	Symlink   Type = "symlink"
	Directory Type = "directory"
)

// MaxDepth is how deep an object may lie in an archive, and so in the store: how many there
// are on the way from the root to it, both counted.
//
// Behaviour: Nix 2.34, archive.cc.
const MaxDepth = 64

// Bounds of the format, independent of the host's.
//
// Behaviour: Nix 2.34, archive.cc.
const (
	maxName   = 255  // bytes
	maxTarget = 4095 // bytes
	maxTag    = 32   // bytes, longer than any tag
)

const (
	magic     = "nix-archive-1"
	alignment = 8
)

// Header describes an object in an archive.
type Header struct {
	// Path is relative to the root of the archive, slash-separated and clean;
	// the root's is "".
	Path string
	Type Type
	// Executable says of a regular file whether it may be executed.
	Executable bool
	// Target is what a symbolic link points to, 1 to 4095 bytes without NUL.
	Target string
	// Size is the length of a regular file's contents in bytes.
	Size int64
	// ContentOffset is where a regular file's contents start, in bytes from the
	// start of the archive. A Writer ignores it.
	ContentOffset int64
}

// FormatError says where bytes are no archive.
type FormatError struct {
	Offset int64 // bytes from the start of the archive
	Msg    string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("read NAR: offset %d: %s", e.Offset, e.Msg)
}

// padding returns how many zero bytes follow n bytes.
func padding(n int64) int64 { return -n & (alignment - 1) }

// checkName reports why name cannot be that of a directory entry.
func checkName(name string) error {
	switch {
	case name == "" || name == "." || name == "..":
		return fmt.Errorf("NAR contains invalid file name '%s'", name)
	case len(name) > maxName:
		return fmt.Errorf("file name of %d bytes, want at most %d", len(name), maxName)
	}
	for i := range len(name) {
		if name[i] == '/' || name[i] == 0 {
			return fmt.Errorf("NAR contains invalid file name '%s'", name)
		}
	}
	return nil
}

// checkTarget reports why target cannot be that of a symbolic link.
func checkTarget(target string) error {
	if len(target) > maxTarget {
		return fmt.Errorf("symlink target of %d bytes, want at most %d", len(target), maxTarget)
	}
	if target == "" {
		return errors.New("NAR contains invalid symlink target")
	}
	for i := range len(target) {
		if target[i] == 0 {
			return errors.New("NAR contains invalid symlink target")
		}
	}
	return nil
}
