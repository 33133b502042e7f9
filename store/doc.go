// Package store says what a Nix store is: its nouns and the interfaces to it.
// It does nothing itself.
//
// A store is a directory, /nix/store, of store objects, and a record of which
// of them are valid. A store object is a file, a symbolic link or a directory
// tree without owners, times or permissions other than "executable"; [Path]
// names it, [PathInfo] says what is known about it, and the objects it refers
// to by name are its references. Objects never change, and a valid object's
// references are valid.
//
// A store object comes from outside (a source or a text), or it is an output
// of a store derivation, itself a store object whose name ends in ".drv":
// [DerivedPath] names either.
//
// The formats have a package each:
//
//	nixbase32  the digits of store path digests
//	nixhash    hashes and their spellings
//	nar        the serialisation that objects are hashed and copied in
//	aterm      the tokens of .drv files
//	drv        store derivations, their outputs' paths, hash modulo
//	narinfo    what a binary cache says about an object; signatures
//	refscan    finding references in contents
//
// Stores themselves are in package local and, for tests, storetest.
package store
