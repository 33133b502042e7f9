package daemon

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"nixbench/store"
)

// Bounds of what a daemon may send. What is allocated grows with what has
// arrived, whatever was announced.
const (
	maxWord = 4 << 10  // bytes of names, versions, hashes
	maxPath = 4 << 10  // bytes of a path or a file's name
	maxText = 16 << 20 // bytes of a message, a line of a log
	maxList = 16 << 20 // items
	// maxFields are the fields of one activity or result, maxTraces the traces
	// of one error.
	maxFields = 64
	maxTraces = 10_000
	// piece is how many bytes are read at once of what is longer.
	piece = 64 << 10
)

// A decoder reads the parts of messages. After an error everything is zero,
// and err says what was wrong first.
type decoder struct {
	r   *bufio.Reader
	dir store.Dir
	err error
}

// fail notes an error, unless there is one.
func (d *decoder) fail(err error) {
	if d.err == nil && err != nil {
		d.err = err
	}
}

// bad notes that the daemon broke the protocol.
func (d *decoder) bad(format string, args ...any) {
	d.fail(&ProtocolError{fmt.Sprintf(format, args...)})
}

// full reads all of b.
func (d *decoder) full(b []byte) {
	if d.err != nil {
		return
	}
	if _, err := io.ReadFull(d.r, b); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		d.fail(err)
	}
}

// number reads an integer.
func (d *decoder) number() uint64 {
	var b [8]byte
	d.full(b[:])
	if d.err != nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b[:])
}

// size reads an integer that is no more than most.
func (d *decoder) size(what string, most uint64) int {
	n := d.number()
	if n > most {
		d.bad("got %s of %d, want at most %d", what, n, most)
		return 0
	}
	return int(n)
}

// amount reads an amount that is at least 0: a size, or a time in seconds.
func (d *decoder) amount(what string) int64 {
	n := int64(d.number())
	if n < 0 {
		d.bad("got %s %d, want no negative one", what, n)
		return 0
	}
	return n
}

// flag reads a truth value, which may be any number.
func (d *decoder) flag() bool { return d.number() != 0 }

// text reads a string of at most most bytes. What pads it must be zero.
func (d *decoder) text(what string, most uint64) string {
	n := d.size("the length of "+what, most)
	var b []byte
	for rest := n; rest > 0 && d.err == nil; {
		take := min(rest, piece)
		b = slices.Grow(b, take)[:len(b)+take]
		d.full(b[len(b)-take:])
		rest -= take
	}
	var pad [8]byte
	d.full(pad[:(8-n%8)%8])
	if pad != [8]byte{} {
		d.bad("got bytes that are not zero after %s", what)
	}
	if d.err != nil {
		return ""
	}
	return string(b)
}

// list calls item for each of a list.
func (d *decoder) list(what string, most uint64, item func()) {
	for range d.size("the length of "+what, most) {
		if d.err != nil {
			return
		}
		item()
	}
}

// path reads a store path.
func (d *decoder) path() store.Path {
	text := d.text("a store path", maxPath)
	if d.err != nil {
		return ""
	}
	p, err := d.dir.ParsePath(text)
	if err != nil {
		d.bad("got %q, want a store path: %v", text, err)
	}
	return p
}

// optionalPath reads a store path or "".
func (d *decoder) optionalPath() store.Path {
	text := d.text("a store path", maxPath)
	if d.err != nil || text == "" {
		return ""
	}
	p, err := d.dir.ParsePath(text)
	if err != nil {
		d.bad("got %q, want a store path or nothing: %v", text, err)
	}
	return p
}

// paths reads a set of store paths and returns them sorted.
func (d *decoder) paths() []store.Path {
	var paths []store.Path
	d.list("a list of paths", maxList, func() { paths = append(paths, d.path()) })
	slices.Sort(paths)
	return slices.Compact(paths)
}

// words reads a list of short strings.
func (d *decoder) words(what string) []string {
	var words []string
	d.list(what, maxList, func() { words = append(words, d.text(what, maxWord)) })
	return words
}

// An encoder makes a request.
type encoder struct{ b []byte }

func (e *encoder) number(n uint64) *encoder {
	e.b = binary.LittleEndian.AppendUint64(e.b, n)
	return e
}

func (e *encoder) flag(yes bool) *encoder {
	if yes {
		return e.number(1)
	}
	return e.number(0)
}

func (e *encoder) text(s string) *encoder {
	e.number(uint64(len(s)))
	e.b = append(e.b, s...)
	e.b = append(e.b, make([]byte, (8-len(s)%8)%8)...)
	return e
}

// time adds Unix seconds, 0 for none.
func (e *encoder) time(t time.Time) *encoder {
	if t.IsZero() {
		return e.number(0)
	}
	return e.number(uint64(t.Unix()))
}

func (e *encoder) path(p store.Path) *encoder { return e.text(string(p)) }

func (e *encoder) paths(paths []store.Path) *encoder {
	e.number(uint64(len(paths)))
	for _, p := range paths {
		e.path(p)
	}
	return e
}

func (e *encoder) words(words []string) *encoder {
	e.number(uint64(len(words)))
	for _, w := range words {
		e.text(w)
	}
	return e
}

// targets adds what is to be built or asked about.
func (e *encoder) targets(targets []store.DerivedPath) *encoder {
	e.number(uint64(len(targets)))
	for _, t := range targets {
		e.text(targetText(t))
	}
	return e
}

// targetText writes a target as the protocol does: "!" where Nix has "^" now.
func targetText(t store.DerivedPath) string {
	s := string(t.Path)
	for i, o := range t.Outputs {
		if i == 0 {
			s += "!"
		} else {
			s += ","
		}
		s += o
	}
	return s
}
