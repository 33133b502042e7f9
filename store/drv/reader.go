package drv

import (
	"fmt"
	"strings"
	"unsafe"

	"nixbench/store"
	"nixbench/store/aterm"
	"nixbench/store/nixhash"
)

// A Reader reads texts of .drv files one after the other, each into the memory of the one
// before: of a hundred thousand only a little may have to be kept. The zero value is ready
// for use, by one goroutine at a time.
type Reader struct {
	p       parser
	scanner aterm.Scanner
	d       Derivation
	refs    []store.Path
}

// ReadChecked is [ParseChecked]. The derivation is good until the next call, and until
// text changes, with which it shares memory: what is kept of its strings has to be copied.
func (r *Reader) ReadChecked(drvPath store.Path, text []byte) (*Derivation, error) {
	parse := func(dir store.Dir, name string) (*Derivation, error) {
		src := unsafe.String(unsafe.SliceData(text), len(text))
		r.reset(src)
		r.p.dir, r.p.versioned, r.p.Scanner = dir, false, &r.scanner
		r.scanner.Reset(src)
		return r.p.parse(&r.d, name)
	}
	return checked(drvPath, text, parse, func(d *Derivation) []store.Path {
		r.refs = append(append(r.refs[:0], d.InputSrcs...), r.p.inputs...)
		return r.refs
	})
}

// maxKept is how many entries a map may have to be used again: to empty one takes as long
// as it was ever large.
const maxKept = 128

// reset makes the derivation an empty one that has memory for the one of a text.
func (r *Reader) reset(src string) {
	inputs := 0
	if len(src) > maxKept*store.DigestLen { // to let a map grow takes longer than to count
		inputs = strings.Count(src, Suffix+`",[`)
	}
	r.p.inputs = r.p.inputs[:0]
	r.d = Derivation{
		Outputs: emptied(r.d.Outputs, 0), InputDrvs: emptied(r.d.InputDrvs, inputs), Env: emptied(r.d.Env, 0),
		InputSrcs: r.d.InputSrcs[:0], Args: r.d.Args[:0],
	}
}

// emptied returns an empty map for so many entries, or more.
func emptied[K comparable, V any](m map[K]V, entries int) map[K]V {
	if m == nil || len(m) > maxKept || entries > maxKept {
		return make(map[K]V, entries)
	}
	clear(m)
	return m
}

// checked reads the text of the store derivation at drvPath, which must be the one that
// the path stands for, with parse. Refs returns its references, in any order.
func checked(drvPath store.Path, text []byte, parse func(store.Dir, string) (*Derivation, error), refs func(*Derivation) []store.Path) (*Derivation, error) {
	d, err := parseAt(drvPath, text, parse)
	if err != nil {
		return nil, err
	}
	hash, references := nixhash.Sum(nixhash.SHA256, text), refs(d)
	if drvPath.IsTextPath(hash, references) {
		return d, nil
	}
	want, err := drvPath.Dir().TextPath(drvPath.Name(), hash, references)
	if err == nil {
		err = fmt.Errorf("its text belongs to %s", want)
	}
	return d, err
}
