package drv

import (
	"nixbench/store"
	"nixbench/store/nixbase32"
	"nixbench/store/nixhash"
)

// Placeholder returns the string that stands, in a derivation, for the path of
// its own output until that is known: what builtins.placeholder gives.
//
// Format: Nix manual, "Output Placeholder".
func Placeholder(output store.OutputName) string {
	return "/" + nixhash.SumString(nixhash.SHA256, "nix-output:"+output).Nix32()
}

// UpstreamPlaceholder returns the string that stands for an output of another
// derivation whose path is not known before that is built.
func UpstreamPlaceholder(drvPath store.Path, output store.OutputName) string {
	return "/" + UpstreamHash(drvPath, output).Nix32()
}

// UpstreamHash is the hash that UpstreamPlaceholder is made of.
func UpstreamHash(drvPath store.Path, output store.OutputName) nixhash.Hash {
	return nixhash.SumString(nixhash.SHA256, "nix-upstream-output:"+drvPath.Digest()+":"+store.OutputPathName(NameOf(drvPath), output))
}

// ComputedPlaceholder returns the string that stands for an output of a derivation
// that is itself an output, for which inner stands.
// Format: Nix, downstream-placeholder.cc.
func ComputedPlaceholder(inner nixhash.Hash, output store.OutputName) (string, nixhash.Hash) {
	clear := "nix-computed-output:" + nixbase32.EncodeToString(nixhash.Compress(inner.Bytes(), 20)) + ":" + output
	h := nixhash.SumString(nixhash.SHA256, clear)
	return "/" + h.Nix32(), h
}

// ScratchPath returns where an output is built when its path is not known, or
// is taken by a valid object.
func ScratchPath(dir store.Dir, drvPath store.Path, output store.OutputName) (store.Path, error) {
	zero, err := nixhash.FromBytes(nixhash.SHA256, make([]byte, nixhash.SHA256.Size()))
	if err != nil {
		return "", err
	}
	typ := "rewrite:" + drvPath.Base() + ":name:" + output
	return dir.MakePath(typ, zero, store.OutputPathName(NameOf(drvPath), output))
}
