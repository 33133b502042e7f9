package drv

import (
	"fmt"
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
}

// ReadChecked is [ParseChecked]. The derivation is good until the next call, and until
// text changes, with which it shares memory: what is kept of its strings has to be copied.
func (r *Reader) ReadChecked(drvPath store.Path, text []byte) (*Derivation, error) {
	return checked(drvPath, text, func(dir store.Dir, name string) (*Derivation, error) {
		r.reset()
		r.p.dir, r.p.versioned, r.p.Scanner = dir, false, &r.scanner
		r.scanner.Reset(unsafe.String(unsafe.SliceData(text), len(text)))
		return r.p.parse(&r.d, name)
	})
}

// maxKept is how many entries a map may have to be used again: to empty one takes as long
// as it was ever large.
const maxKept = 128

// reset makes the derivation an empty one that has memory.
func (r *Reader) reset() {
	r.d = Derivation{
		Outputs: emptied(r.d.Outputs), InputDrvs: emptied(r.d.InputDrvs), Env: emptied(r.d.Env),
		InputSrcs: r.d.InputSrcs[:0], Args: r.d.Args[:0],
	}
}

func emptied[K comparable, V any](m map[K]V) map[K]V {
	if m == nil || len(m) > maxKept {
		return make(map[K]V)
	}
	clear(m)
	return m
}

// checked reads the text of the store derivation at drvPath, which must be the one that
// the path stands for, with parse.
func checked(drvPath store.Path, text []byte, parse func(store.Dir, string) (*Derivation, error)) (*Derivation, error) {
	d, err := parseAt(drvPath, text, parse)
	if err != nil {
		return nil, err
	}
	want, err := drvPath.Dir().TextPath(drvPath.Name(), nixhash.Sum(nixhash.SHA256, text), d.References())
	if err == nil && want != drvPath {
		err = fmt.Errorf("its text belongs to %s", want)
	}
	return d, err
}
