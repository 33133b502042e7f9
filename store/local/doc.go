// Package local is the store in a directory of this machine, with its database:
// it opens it, adds to it, deletes from it, locks it and checks it.
//
// The files, the database, the locks and the roots are those of Nix, so that a
// real Nix can use the same store at the same time. What is different is the
// order of writing (sql/README.md): what is valid in the database is on disk
// before, and what is deleted from disk is invalid in the database before, over
// a crash of the machine at any point.
//
// Behaviour: Nix 2.34, local-store.cc, gc.cc, pathlocks.cc.
package local
