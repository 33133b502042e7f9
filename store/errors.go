package store

import (
	"errors"
	"fmt"

	"nixbench/store/nixhash"
)

// ErrInvalidPath reports that a store path is not valid: the store does not
// have the object, or not yet the whole of it.
var ErrInvalidPath = errors.New("path is not valid")

// ErrNotStorePath reports that a string does not name a store object, whether
// or not one exists.
var ErrNotStorePath = errors.New("not a store path")

// HashMismatch reports that an object's contents are not those that were
// promised, for example by a fixed-output derivation.
type HashMismatch struct {
	Path      Path // the object, or the derivation that made it
	Want, Got nixhash.Hash
	OfCA      bool // they are those of its content address
}

func (e *HashMismatch) Error() string {
	return fmt.Sprintf("hash mismatch in %s: got %s, want %s", e.Path, e.Got.SRI(), e.Want.SRI())
}

// Message says in Nix's words that an object that was to be added is another.
func (e *HashMismatch) Message() string {
	if e.OfCA {
		return fmt.Sprintf("ca hash mismatch importing path '%s';\n  specified: %s\n  got:       %s", e.Path, e.Want, e.Got)
	}
	return fmt.Sprintf("hash mismatch importing path '%s';\n  specified: %s\n  got:       %s", e.Path, e.Want.SRI(), e.Got.SRI())
}

// A CycleError reports that References lead from a path back to itself by way
// of another path.
type CycleError struct {
	Path, Reference Path // Reference is on the way from itself to Path
}

func (e *CycleError) Error() string {
	return fmt.Sprintf("sort paths: cycle: %s refers to %s, which needs it", e.Path, e.Reference)
}
