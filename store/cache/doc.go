// Package cache is a binary cache in a directory of this machine: a store of URL file://.
//
//	nix-cache-info                  which store directory its paths are of
//	<digest>.narinfo                what is known of a path
//	nar/<hash of the file>.nar.zst  its archive
//	build-trace-v2/<drv>/<out>.doi  what an output of a derivation came to be
//	realisations/<hash>!<out>.doi   the same for Nix before 2.35
//
// Whoever reads a cache trusts none of it: an archive is checked against what is said of
// it by who adds it to a store, and what is said by its signatures.
//
// Format: Nix 2.36, binary-cache-store.cc and local-binary-cache-store.cc.
package cache
