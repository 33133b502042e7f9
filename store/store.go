package store

import (
	"context"

	"nixbench/store/nixhash"
)

// A Reader answers questions about a store. Its methods are safe for
// concurrent use.
type Reader interface {
	// Dir returns the store directory that all paths begin with.
	Dir() Dir
	// IsValid reports whether the store has p.
	IsValid(ctx context.Context, p Path) (bool, error)
	// PathInfo returns what is known about p. The caller must not modify it.
	// If p is not valid, errors.Is(err, ErrInvalidPath).
	PathInfo(ctx context.Context, p Path) (*PathInfo, error)
	// Referrers returns the valid paths that refer to p, sorted. It may hold p
	// itself, and is empty if p is not valid.
	Referrers(ctx context.Context, p Path) ([]Path, error)
	// RealPath returns where the files of p are, for reading them. It does not
	// look whether p is valid.
	RealPath(p Path) string
}

// An Adder puts objects into a store that are named after their contents.
// Its methods are safe for concurrent use. Adding what is already there is no
// error and cheap.
type Adder interface {
	// AddText adds a flat file. Refs, in any order, must be valid.
	AddText(ctx context.Context, name string, contents []byte, refs []Path) (Path, error)
	// AddTree adds a copy of the file system object at file, an absolute path.
	// The filter says of each absolute path below file, and its type ("regular",
	// "directory", "symlink" or "unknown"), whether it is to be added; nil adds
	// all.
	AddTree(ctx context.Context, name, file string, method IngestionMethod, algo nixhash.Algo, filter func(path, typ string) (bool, error)) (Path, error)
}
