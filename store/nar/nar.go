// Package nar reads and writes Nix archives: the serialisation of a file
// system object that Nix hashes and copies.
package nar

import "io"

// Type is the type of a file system object.
type Type string

// The types of objects that an archive can hold, spelled as in the archive
// and in file listings.
const (
	Regular   Type = "regular"
	Symlink   Type = "symlink"
	Directory Type = "directory"
)

// Header describes an object in an archive.
type Header struct {
	// Path is relative to the root of the archive and slash-separated; the
	// root's is "".
	Path string
	Type Type
	// Executable says of a regular file whether it may be executed.
	Executable bool
	// Target is what a symbolic link points to, 1 to 4095 bytes.
	Target string
	// Size is the length of a regular file's contents in bytes.
	Size int64
	// ContentOffset is where a regular file's contents start, in bytes from the
	// start of the archive. A Writer ignores it.
	ContentOffset int64
}

// Filter says of a file system object below the dumped one whether it is to be
// dumped. Path is the dumped file's path joined with names below it; typ is
// "regular", "directory", "symlink" or "unknown".
type Filter = func(path, typ string) (bool, error)

// RestoreOptions bounds a Restore. The zero value sets no bounds.
type RestoreOptions struct {
	// MaxSize is the most bytes of contents that are written, 0 for any number.
	MaxSize int64
}

// Dump writes the archive of the file system object at file to w.
func Dump(w io.Writer, file string, filter Filter) error { return dump(w, file, filter) }

// Restore creates the file system object at dest, which must not exist, from
// the archive in r.
func Restore(r io.Reader, dest string, opts RestoreOptions) error { return restore(r, dest, opts) }

func dump(io.Writer, string, Filter) error            { return io.ErrClosedPipe }
func restore(io.Reader, string, RestoreOptions) error { return io.ErrClosedPipe }
