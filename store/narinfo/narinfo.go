// Package narinfo reads and writes what a binary cache says about a store
// object, and makes and checks the signatures on it.
//
// Whoever reads an [Info] from elsewhere must trust none of it before
// [PublicKeys.Verify] says so, and of the rest URL, Compression, FileHash, FileSize
// and Deriver never: they are not signed.
//
// Format: the .narinfo files of https://cache.nixos.org; Nix 2.34, nar-info.cc.
package narinfo

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"nixbench/store"
	"nixbench/store/nixhash"
)

// Info is what a binary cache says about a store object.
type Info struct {
	store.PathInfo // RegistrationTime and Ultimate are zero

	URL         string       // of the file, relative to the cache or absolute; not empty
	Compression string       // of the file: "none", "xz", "zstd", …
	FileHash    nixhash.Hash // of the file as it is; zero if not said
	FileSize    int64        // bytes of the file as it is; 0 if not said
}

// Compressions are those that Nix knows, sorted.
//
// Format: Nix 2.36, compression-algo.hh.
var Compressions = []string{"br", "bzip2", "compress", "grzip", "gzip", "lrzip", "lz4", "lzip", "lzma", "lzop", "none", "xz", "zstd"}

// defaultCompression is what a file without the field means.
const defaultCompression = "bzip2"

// unknownDeriver is what old caches say instead of leaving out the field.
const unknownDeriver = "unknown-deriver"

// Parse reads a .narinfo file. Paths must be in dir. Fields that are not known
// are ignored, known ones may not repeat but for signatures.
func Parse(dir store.Dir, text []byte) (*Info, error) {
	p := &parser{dir: dir, info: &Info{}, seen: make(map[string]bool)}
	rest := string(text)
	for line := 1; rest != ""; line++ {
		field, after, found := strings.Cut(rest, "\n")
		if !found {
			return nil, &SyntaxError{line, `expecting '\n'`}
		}
		rest = after
		if err := p.line(field); err != nil {
			return nil, &SyntaxError{line, err.Error()}
		}
	}
	if err := p.finish(); err != nil {
		return nil, &SyntaxError{0, err.Error()}
	}
	return p.info, nil
}

// A SyntaxError says what is wrong with a .narinfo file.
type SyntaxError struct {
	Line   int // from 1 on; 0: the whole file
	Reason string
}

func (e *SyntaxError) Error() string { return "parse narinfo: " + e.Message() }

// Message says it in Nix's words.
func (e *SyntaxError) Message() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("%s at line %d", e.Reason, e.Line)
}

type parser struct {
	dir  store.Dir
	info *Info
	seen map[string]bool
}

func (p *parser) line(line string) error {
	name, value, found := strings.Cut(line, ":")
	if !found || value == "" {
		return errors.New("expecting ':'")
	}
	value = value[1:] // whatever it is, usually a space
	if name != "Sig" && p.seen[name] {
		return fmt.Errorf("extra %s", name)
	}
	p.seen[name] = true
	err := p.field(name, value)
	switch {
	case err == nil:
		return nil
	case name == "FileHash" || name == "NarHash":
		return errors.New("bad hash")
	case name == "FileSize" || name == "NarSize" || name == "Compression":
		return errors.New("invalid " + name)
	}
	return fmt.Errorf("%s: %w", name, err)
}

func (p *parser) field(name, value string) (err error) {
	info := p.info
	switch name {
	case "StorePath":
		info.Path, err = p.dir.ParsePath(value)
	case "URL":
		info.URL = value
	case "Compression":
		if info.Compression = value; value != "" && !slices.Contains(Compressions, value) {
			err = errors.New("unknown compression")
		}
	case "FileHash":
		info.FileHash, err = nixhash.Parse(value, 0)
	case "FileSize":
		info.FileSize, err = parseSize(value)
	case "NarHash":
		info.NarHash, err = nixhash.Parse(value, nixhash.SHA256)
	case "NarSize":
		info.NarSize, err = parseSize(value)
	case "References":
		info.References, err = p.references(value)
	case "Deriver":
		if value != unknownDeriver {
			info.Deriver, err = p.dir.Join(value)
		}
	case "Sig":
		_, err = ParseSignature(value)
		info.Sigs = append(info.Sigs, value)
	case "CA":
		info.CA = value
		_, err = store.ParseContentAddress(value)
	}
	return err
}

func (p *parser) references(value string) (refs []store.Path, err error) {
	for base := range strings.FieldsSeq(value) {
		ref, err := p.dir.Join(base)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	slices.Sort(refs)
	return slices.Compact(refs), nil
}

func (p *parser) finish() error {
	info := p.info
	switch {
	case info.Path == "":
		return errors.New("StorePath missing")
	case info.NarHash.IsZero():
		return errors.New("NarHash missing")
	case info.URL == "":
		return errors.New("URL missing")
	case info.NarSize == 0:
		return errors.New("NarSize missing or zero")
	}
	if info.Compression == "" {
		info.Compression = defaultCompression
	}
	return nil
}

func parseSize(s string) (int64, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		return 0, fmt.Errorf("invalid size %q", s)
	}
	return int64(n), nil
}

// Text returns the .narinfo file.
func (info *Info) Text() []byte {
	var b bytes.Buffer
	field := func(name, value string) { fmt.Fprintf(&b, "%s: %s\n", name, value) }
	field("StorePath", string(info.Path))
	field("URL", info.URL)
	field("Compression", info.Compression)
	if !info.FileHash.IsZero() {
		field("FileHash", info.FileHash.String())
	}
	if info.FileSize > 0 {
		field("FileSize", strconv.FormatInt(info.FileSize, 10))
	}
	field("NarHash", info.NarHash.String())
	field("NarSize", strconv.FormatInt(info.NarSize, 10))
	refs := make([]string, len(info.References))
	for i, p := range info.References {
		refs[i] = p.Base()
	}
	field("References", strings.Join(refs, " "))
	if info.Deriver != "" {
		field("Deriver", info.Deriver.Base())
	}
	for _, sig := range slices.Sorted(slices.Values(info.Sigs)) {
		field("Sig", sig)
	}
	if info.CA != "" {
		field("CA", info.CA)
	}
	return b.Bytes()
}
