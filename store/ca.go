package store

import (
	"fmt"
	"strings"

	"nixbench/store/nixhash"
)

// IngestionMethod says what of a file system object is hashed, spelled as the
// prefix that .drv files put before the algorithm.
type IngestionMethod string

// The ingestion methods.
const (
	Flat IngestionMethod = ""      // the contents of a single file
	NAR  IngestionMethod = "r:"    // the Nix archive
	Git  IngestionMethod = "git:"  // Git's tree hash
	Text IngestionMethod = "text:" // as Flat, but the path depends on the references
)

// ParseIngestionMethod reads the name that expressions and JSON give a method:
// flat, nar or its older spelling recursive, git, text.
func ParseIngestionMethod(s string) (IngestionMethod, error) {
	switch s {
	case "flat":
		return Flat, nil
	case "nar", "recursive":
		return NAR, nil
	case "git":
		return Git, nil
	case "text":
		return Text, nil
	}
	return "", fmt.Errorf("parse ingestion method %q: want flat, nar, git or text", s)
}

// String returns the method's name: flat, nar, git or text.
func (m IngestionMethod) String() string {
	if m == Flat {
		return "flat"
	}
	if m == NAR {
		return "nar"
	}
	return strings.TrimSuffix(string(m), ":")
}

// CutIngestionMethod splits "r:sha256" into the method and the rest.
func CutIngestionMethod(s string) (m IngestionMethod, rest string) {
	for _, m := range []IngestionMethod{NAR, Git, Text} {
		if rest, ok := strings.CutPrefix(s, string(m)); ok {
			return m, rest
		}
	}
	return Flat, s
}

// ContentAddress says which contents a store path was computed from.
// The zero value is none.
type ContentAddress struct {
	Method IngestionMethod
	Hash   nixhash.Hash
}

// String returns "text:sha256:…" or "fixed:r:sha256:…", or "" for none.
//
// Format: Nix manual, "Content-Addressing Store Objects", the legacy form.
func (ca ContentAddress) String() string {
	switch {
	case ca.Hash.IsZero():
		return ""
	case ca.Method == Text:
		return "text:" + ca.Hash.String()
	}
	return "fixed:" + string(ca.Method) + ca.Hash.String()
}

// ParseContentAddress reads what String prints, with the hash in any base.
// The empty string gives the zero value.
func ParseContentAddress(s string) (ContentAddress, error) {
	if s == "" {
		return ContentAddress{}, nil
	}
	kind, rest, _ := strings.Cut(s, ":")
	method := Text
	switch kind {
	case "text":
	case "fixed":
		method, rest = CutIngestionMethod(rest)
	default:
		kind = ""
	}
	if kind == "" || (kind == "fixed" && method == Text) || !strings.Contains(rest, ":") {
		return ContentAddress{}, fmt.Errorf("parse content address %q: want text:algo:hash or fixed:[r:]algo:hash", s)
	}
	h, err := nixhash.Parse(rest, 0)
	if err != nil {
		return ContentAddress{}, fmt.Errorf("parse content address %q: %v", s, err)
	}
	return ContentAddress{Method: method, Hash: h}, nil
}

// Path returns the store path of an object with this content address.
// Refs must not hold the path itself; self stands for it.
func (ca ContentAddress) Path(d Dir, name string, refs []Path, self bool) (Path, error) {
	return d.FixedPath(name, ca.Method, ca.Hash, refs, self)
}
