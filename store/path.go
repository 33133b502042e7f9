package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"nixbench/store/nixbase32"
	"nixbench/store/nixhash"
)

// MaxLinks is how many symbolic links are followed from one name, before they are taken for a
// circle, as the kernel has it.
const MaxLinks = 40

const (
	// DigestLen is the number of nix32 digits in a store path.
	DigestLen = 32
	// MaxNameLen is the length in bytes of the longest name.
	MaxNameLen = 211

	digestBytes = 20
	drvSuffix   = ".drv"
)

// Dir is a store directory without a trailing slash, such as "/nix/store".
// It is logical: paths and hashes contain it, wherever the files really are.
type Dir string

// DefaultDir is the store directory of nearly every Nix store, and of all
// public binary caches.
const DefaultDir Dir = "/nix/store"

// Path is the logical path of a store object, "/nix/store/<digest>-<name>".
// The zero value "" means none.
type Path string

// SortUnique returns the paths in order, each once. It leaves paths alone.
func SortUnique(paths []Path) []Path {
	paths = slices.Clone(paths)
	SortPaths(paths)
	return slices.Compact(paths)
}

// SortPaths sorts paths. Of many in one directory it compares numbers made of their
// digests, without looking at the texts, which are all over the memory.
func SortPaths(paths []Path) { SortByPath(paths, func(p Path) Path { return p }) }

// SortByPath is [SortPaths] of what has a path.
func SortByPath[T any](items []T, path func(T) Path) {
	byText := func(a, b T) int { return strings.Compare(string(path(a)), string(path(b))) }
	const few = 64
	if len(items) < few || slices.IsSortedFunc(items, byText) {
		slices.SortFunc(items, byText)
		return
	}
	type keyed struct {
		key  uint64
		item T
	}
	all := make([]keyed, len(items))
	dir := string(path(items[0]).Dir()) + "/"
	for i, item := range items {
		base, ok := strings.CutPrefix(string(path(item)), dir)
		if !ok || strings.IndexByte(base, '/') >= 0 {
			slices.SortFunc(items, byText)
			return
		}
		all[i] = keyed{sortKey(base), item}
	}
	slices.SortFunc(all, func(a, b keyed) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return byText(a.item, b.item)
	})
	for i := range all {
		items[i] = all[i].item
	}
}

// Base returns the last component, "<digest>-<name>".
func (p Path) Base() string { return string(p[strings.LastIndexByte(string(p), '/')+1:]) }

// Digest returns the 32 nix32 digits, which is what references are found by.
// It returns "" for the zero value.
func (p Path) Digest() string {
	base := p.Base()
	return base[:min(DigestLen, len(base))]
}

// Name returns what follows the digest and its dash.
// It returns "" for the zero value.
func (p Path) Name() string {
	base := p.Base()
	return base[min(DigestLen+1, len(base)):]
}

// Dir returns the store directory.
func (p Path) Dir() Dir { return Dir(p[:max(0, strings.LastIndexByte(string(p), '/'))]) }

// IsDerivation reports whether the path names a store derivation.
func (p Path) IsDerivation() bool { return strings.HasSuffix(string(p), drvSuffix) }

// ParsePath returns the store path that s is, which must be the directory, a
// slash and a base name, nothing more. For other strings it returns an error
// for which errors.Is(err, ErrNotStorePath).
func (d Dir) ParsePath(s string) (Path, error) {
	base, ok := d.trim(s)
	if !ok {
		return "", badPath(s, notInStore+string(d))
	}
	if err := checkBase(base); err != nil {
		return "", badPath(s, err.Error())
	}
	return Path(s), nil
}

// PathOf returns the store path that s lies in or is, and what follows it:
// "" or a path that begins with a slash. S is not cleaned.
// For other strings it returns an error for which errors.Is(err, ErrNotStorePath).
func (d Dir) PathOf(s string) (p Path, rest string, err error) {
	base, ok := d.trim(s)
	if !ok {
		return "", "", badPath(s, notInStore+string(d))
	}
	if i := strings.IndexByte(base, '/'); i >= 0 {
		base, rest = base[:i], base[i:]
	}
	if err := checkBase(base); err != nil {
		return "", "", badPath(s, err.Error())
	}
	return Path(s[:len(s)-len(rest)]), rest, nil
}

// Contains reports whether s lies below the directory.
// It need not be a store path.
func (d Dir) Contains(s string) bool {
	_, ok := d.trim(s)
	return ok
}

// Join returns the path of a base name, "<digest>-<name>".
// For what is none it returns an error for which errors.Is(err, ErrNotStorePath).
func (d Dir) Join(base string) (Path, error) { return d.ParsePath(string(d) + "/" + base) }

func (d Dir) trim(s string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(s, string(d))
	if !ok || rest == "" || rest[0] != '/' {
		return "", false
	}
	return rest[1:], true
}

func badPath(s, why string) error { return &NotPathError{s, why} }

func checkBase(base string) error {
	if len(base) < DigestLen+1 {
		return errors.New("too short")
	}
	if base[DigestLen] != '-' {
		return errors.New("digest is not followed by a dash")
	}
	if !nixbase32.ValidString(base[:DigestLen]) {
		return errors.New("digest contains an illegal character")
	}
	return CheckName(base[DigestLen+1:])
}

// CheckName reports why name cannot be the name of a store object.
// Names are 1 to 211 bytes of letters, digits and "+-._?=", and the part up to
// the first dash is neither "." nor "..".
//
// Behaviour: Nix 2.34, path.cc checkName.
func CheckName(name string) error {
	if name == "" {
		return errors.New("name must not be empty")
	}
	if len(name) > MaxNameLen {
		return fmt.Errorf("name %q must be no longer than %d characters", name, MaxNameLen)
	}
	if first, _, _ := strings.Cut(name, "-"); first == "." || first == ".." {
		if first == name {
			return fmt.Errorf("name %q is not valid", name)
		}
		return fmt.Errorf("name %q is not valid: first dash-separated component must not be %q", name, first)
	}
	for i := range len(name) {
		if !isNameByte(name[i]) {
			return fmt.Errorf("name %q contains illegal character %q", name, name[i:i+1])
		}
	}
	return nil
}

func isNameByte(c byte) bool {
	switch {
	case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		return true
	}
	return strings.IndexByte("+-._?=", c) >= 0
}

// MakePath returns the path of an object of the given type, such as "source",
// whose contents, or what determines them, hash to h. The error is a [NameError],
// or says that h is none.
//
// Format: Nix manual, "Complete Store Path Calculation".
func (d Dir) MakePath(typ string, h nixhash.Hash, name string) (Path, error) {
	f := newFingerprint(typ)
	defer f.release()
	return d.makePath(f, h, name)
}

// A fingerprint is what a store path is the hash of. It begins with the type of
// the object.
type fingerprint struct{ text []byte }

// fingerprints holds *fingerprint: they are used once.
var fingerprints = sync.Pool{New: func() any { return new(fingerprint) }}

func newFingerprint(typ string) *fingerprint {
	f := fingerprints.Get().(*fingerprint)
	f.text = append(f.text[:0], typ...)
	return f
}

func (f *fingerprint) release() { fingerprints.Put(f) }

// addRefs adds references to the type. Self stands for the object.
func (f *fingerprint) addRefs(refs []Path, self bool) {
	if !slices.IsSorted(refs) {
		refs = slices.Sorted(slices.Values(refs))
	}
	size := 0
	for _, p := range refs {
		size += len(p) + 1
	}
	f.text = slices.Grow(f.text, size)
	for i, p := range refs {
		if i > 0 && p == refs[i-1] {
			continue
		}
		f.text = append(append(f.text, ':'), p...)
	}
	if self {
		f.text = append(f.text, ":self"...)
	}
}

// makePath is MakePath for a type that f holds.
func (d Dir) makePath(f *fingerprint, h nixhash.Hash, name string) (Path, error) {
	b, err := d.appendPath(f, h, name)
	return Path(b), err
}

// appendPath is makePath into the memory of f.
func (d Dir) appendPath(f *fingerprint, h nixhash.Hash, name string) ([]byte, error) {
	if h.Algo() != nixhash.SHA256 {
		return nil, fmt.Errorf("make store path of %q: got hash %q, want sha256", name, h)
	}
	b := append(f.text, ":sha256:"...)
	b = hex.AppendEncode(b, h.Bytes())
	b = append(append(b, ':'), d...)
	b = append(append(b, ':'), name...)
	f.text = b
	sum := sha256.Sum256(b)
	b = append(append(b[:0], d...), '/')
	b = nixbase32.AppendEncode(b, nixhash.Compress(sum[:], digestBytes))
	b = append(append(b, '-'), name...)
	if err := CheckName(name); err != nil {
		return nil, &NameError{Base: string(b[len(d)+1:]), Name: name, problem: err}
	}
	return b, nil
}

// A NameError says that a store path cannot be made because of its name.
type NameError struct {
	Base    string // the path without the directory, if only it could be one
	Name    string
	problem error
}

func (e *NameError) Error() string { return fmt.Sprintf("make store path: %v", e.problem) }

// TextPath returns the path of a flat file whose contents hash to h, such as a
// store derivation. Refs may be in any order and hold duplicates; it is left
// alone.
func (d Dir) TextPath(name string, h nixhash.Hash, refs []Path) (Path, error) {
	f := newFingerprint("text")
	defer f.release()
	f.addRefs(refs, false)
	return d.makePath(f, h, name)
}

// IsTextPath reports whether p is the [Dir.TextPath] of a file in its directory.
func (p Path) IsTextPath(h nixhash.Hash, refs []Path) bool {
	f := newFingerprint("text")
	defer f.release()
	f.addRefs(refs, false)
	b, err := p.Dir().appendPath(f, h, p.Name())
	return err == nil && string(b) == string(p)
}

// FixedPath returns the path of an object named after its contents.
// H is of the file itself if method is [Flat] or [Text], else of the
// serialisation that the method says. Refs may be in any order; it must not
// hold the path itself, which self stands for. Only NARs hashed with SHA-256
// and texts may have references, and texts none to themselves.
func (d Dir) FixedPath(name string, method IngestionMethod, h nixhash.Hash, refs []Path, self bool) (Path, error) {
	switch {
	case method == Text && !self:
		return d.TextPath(name, h, refs)
	case method == NAR && h.Algo() == nixhash.SHA256:
		f := newFingerprint("source")
		defer f.release()
		f.addRefs(refs, self)
		return d.makePath(f, h, name)
	case len(refs) > 0 || self:
		return "", &ReferencesError{name}
	case method == Git && h.Algo() != nixhash.SHA1 && h.Algo() != nixhash.SHA256:
		return "", fmt.Errorf("make store path of %q: got %s for git ingestion, want sha1 or sha256", name, h.Algo())
	}
	inner := nixhash.SumString(nixhash.SHA256, "fixed:out:"+string(method)+h.Base16()+":")
	return d.MakePath("output:"+DefaultOutput, inner, name)
}

// OutputPath returns the path of an output of an input-addressed derivation
// whose name is drvName, without ".drv", and whose hash modulo with its own
// outputs blanked is modulo.
func (d Dir) OutputPath(drvName string, output OutputName, modulo nixhash.Hash) (Path, error) {
	return d.MakePath("output:"+output, modulo, OutputPathName(drvName, output))
}

// OutputPathName returns the name of the store object of an output:
// "hello" for out, "hello-dev" for dev.
func OutputPathName(drvName string, output OutputName) string {
	if output == DefaultOutput {
		return drvName
	}
	return drvName + "-" + output
}

// ParseDir returns the store directory named s, which must be absolute and
// clean and not the root.
func ParseDir(s string) (Dir, error) {
	if !path.IsAbs(s) || path.Clean(s) != s || s == "/" {
		return "", fmt.Errorf("parse store directory %q: want a clean absolute path", s)
	}
	return Dir(s), nil
}

// ReferencesFormat is what Nix says of a [ReferencesError], with a verb for the name.
const ReferencesFormat = "fixed output derivation '%s' is not allowed to refer to other store paths.\n" +
	"You may need to use the 'unsafeDiscardReferences' derivation attribute, see the manual for more details."

// A ReferencesError reports references of an object that is named after a hash in a way
// that leaves no room for them.
type ReferencesError struct{ Name string }

func (e *ReferencesError) Error() string {
	return fmt.Sprintf("make store path of %q: fixed output is not allowed to refer to other store paths", e.Name)
}
