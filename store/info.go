package store

import (
	"slices"

	"nixbench/store/nixhash"
)

// PathInfo is what a store knows about a valid path.
type PathInfo struct {
	Path    Path
	NarHash nixhash.Hash // SHA-256 of the object's NAR
	NarSize int64        // bytes of the object's NAR
	// References is sorted without duplicates and may hold Path itself.
	References []Path
	// Deriver is the derivation that made the object, or "" if unknown. It need
	// not be valid, nor the only one.
	Deriver          Path
	RegistrationTime int64 // Unix seconds
	// Ultimate says that this store built the object itself, so that it need
	// not be signed.
	Ultimate bool
	Sigs     []string // "key-name:base64", in no order
	// CA is the content address, or "" if the path is input-addressed.
	// [ParseContentAddress] reads it.
	CA string
}

// HasSelfRef reports whether the object refers to itself.
func (info *PathInfo) HasSelfRef() bool {
	_, found := slices.BinarySearch(info.References, info.Path)
	return found
}

// OtherReferences returns References without Path itself. The caller must not
// modify the result.
func (info *PathInfo) OtherReferences() []Path {
	i, found := slices.BinarySearch(info.References, info.Path)
	if !found {
		return info.References
	}
	return slices.Concat(info.References[:i], info.References[i+1:])
}

// AddSigs adds to the signatures, which are sorted without duplicates then, and returns
// how many are new.
func (info *PathInfo) AddSigs(sigs ...string) (added int) {
	before := len(info.Sigs)
	info.Sigs = append(info.Sigs, sigs...)
	slices.Sort(info.Sigs)
	info.Sigs = slices.Compact(info.Sigs)
	return len(info.Sigs) - before
}

// IsContentAddressed reports whether CA leads to Path, in which case the
// contents prove themselves and need no signature. The caller must have
// checked the contents against CA.
func (info *PathInfo) IsContentAddressed() bool {
	ca, err := ParseContentAddress(info.CA)
	if err != nil || ca.Hash.IsZero() {
		return false
	}
	p, err := ca.Path(info.Path.Dir(), info.Path.Name(), info.OtherReferences(), info.HasSelfRef())
	return err == nil && p == info.Path
}
