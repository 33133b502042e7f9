package syntax

import (
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"
)

// A Pos is a place in the source text of one of the files of a [PosTable]:
// the base of the file plus a byte offset. The zero Pos, [NoPos], is no place.
type Pos uint32

// NoPos is the position of what stands in no file.
const NoPos Pos = 0

// A File is a text that was parsed. It is immutable and safe for concurrent use.
type File struct {
	// Name says where the text is from: an absolute path, or a word
	// in quotation marks such as «string» or «stdin».
	Name string
	// Warnings lists what is deprecated or discouraged in the text, in order.
	Warnings []Warning

	hides  func(name string) bool // PosTable.Hides
	base   Pos
	dir    string // that relative paths start from
	source string
	docs   []docComment // by position of what they document, ascending
	once   sync.Once
	lines  []uint32 // offset of the start of each line; made on first use

	read    func() ([]byte, error) // reads the text again, if it was dropped
	again   sync.Once
	size    int // of the text that was dropped
	sum     uint64
	changed bool // the text that was read again is another

	digest  *textDigest // made while the text was parsed, or nil
	stored  string      // docs and lines as tapeWriter.about writes them, until somebody asks
	inOrder bool        // the tree depends on the order of symbols
}

// Source returns the whole text; "" if it was dropped and is not there any more.
func (f *File) Source() string {
	if f.read != nil {
		f.again.Do(f.readAgain)
	}
	return f.source
}

// Hidden reports whether Nix shows no lines of the file where it prints a place.
func (f *File) Hidden() bool { return f.hides != nil && f.hides(f.Name) }

// Lost reports whether the text was dropped and is not there any more.
func (f *File) Lost() bool { return f.Source() == "" && f.changed }

var sumSeed = maphash.MakeSeed()

// Drop lets go of the text, which is seldom wanted once it was parsed: read gets
// it again. It must not be called while others use f.
func (f *File) Drop(read func() ([]byte, error)) {
	d := f.digest
	if d != nil {
		<-d.done
	}
	if d == nil || d.lines == "" {
		d = &textDigest{sum: maphash.String(sumSeed, f.source)}
	}
	f.pack(d.lines)
	f.size, f.sum = len(f.source), d.sum
	f.source, f.digest, f.read = "", nil, read
}

// pack makes bytes of the lines and docs, if nobody has asked for them yet. It must not
// be called while others use f. Lines are as packLines writes them, or "".
func (f *File) pack(lines string) {
	if f.stored != "" || f.lines != nil {
		return
	}
	w := tapeWriters.get()
	w.base = f.base
	w.about(f, lines)
	f.stored, f.docs = string(w.out), nil
	w.release()
}

func (f *File) readAgain() {
	b, err := f.read()
	if f.changed = err != nil || len(b) != f.size || maphash.Bytes(sumSeed, b) != f.sum; !f.changed {
		f.source = string(b)
	}
}

// A Warning is a remark about a text that was parsed without error.
type Warning struct {
	Pos Pos  // NoPos if Msg says where it is
	Msg Hint // in Nix's words, without "warning: "
}

// Pos returns the position of the byte at offset, which is at most the length of the text.
func (f *File) Pos(offset int) Pos { return f.base + Pos(offset) }

// Offset returns how many bytes p is from the start of the file.
// The result is meaningless if p is in another file.
func (f *File) Offset(p Pos) int { return int(p - f.base) }

// Position returns p, which must be in f, in lines and columns.
func (f *File) Position(p Pos) Position {
	f.once.Do(f.splitLines)
	offset := f.Offset(p)
	line := sort.Search(len(f.lines), func(i int) bool { return int(f.lines[i]) > offset })
	return Position{
		File: f, Name: f.Name, Offset: offset,
		Line: line, Column: 1 + offset - int(f.lines[line-1]),
	}
}

// splitLines finds the lines. They end with \n, \r\n or \r.
func (f *File) splitLines() {
	if f.stored != "" {
		f.restore()
		return
	}
	f.lines = make([]uint32, 1, 1+strings.Count(f.source, "\n"))
	for start := range laterLines(f.source) {
		f.lines = append(f.lines, uint32(start))
	}
}

// laterLines yields the offset of each line of a text but the first.
func laterLines(src string) iter.Seq[int] {
	end := "\n"
	if strings.IndexByte(src, '\r') >= 0 {
		end = "\r\n"
	}
	return func(yield func(int) bool) {
		for at := 0; ; {
			i := strings.IndexAny(src[at:], end)
			if i < 0 {
				return
			}
			at += i + 1
			if (src[at-1] == '\n' || at == len(src) || src[at] != '\n') && !yield(at) {
				return
			}
		}
	}
}

// Line returns the text of a line without its end; lines count from 1.
// It is "" if there is no such line.
func (f *File) Line(n int) string {
	f.once.Do(f.splitLines)
	if n < 1 || n > len(f.lines) {
		return ""
	}
	src := f.Source()
	if f.Lost() {
		return ""
	}
	end := len(src)
	if n < len(f.lines) {
		end = int(f.lines[n])
	}
	return strings.TrimRight(src[f.lines[n-1]:end], "\r\n")
}

// LineCount returns the number of lines, which is at least 1.
func (f *File) LineCount() int {
	f.once.Do(f.splitLines)
	return len(f.lines)
}

// A Position is a [Pos] spelt out. The zero Position is no place.
type Position struct {
	File   *File
	Name   string // File.Name
	Offset int    // bytes from the start of the file
	Line   int    // from 1; 0 in the zero Position
	Column int    // bytes, from 1
}

// String returns name:line:column, as Nix prints positions.
func (p Position) String() string {
	if p.Line == 0 {
		return "«none»:0"
	}
	return fmt.Sprintf("%s:%d:%d", p.Name, p.Line, p.Column)
}

// A PosTable gives the files of one evaluator disjoint ranges of [Pos].
// It is safe for concurrent use; the zero value has no files.
type PosTable struct {
	// Hides reports whether Nix shows no lines of a file where it prints a place
	// in it; nil means that it shows those of all.
	Hides func(name string) bool

	mu sync.RWMutex
	// mu guards the fields below.
	files []*File // by base, ascending
	next  uint64
}

// errTooMuchSource reports that positions have run out of their 32 bits.
var errTooMuchSource = errors.New("more than 4 GiB of source text")

// NewPosTable returns an empty table.
func NewPosTable() *PosTable { return new(PosTable) }

// AddFile enters a text into the table.
func (t *PosTable) AddFile(name, source string) (*File, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next = max(t.next, 1)
	size := uint64(len(source)) + 1 // the end is a position too
	if t.next+size > math.MaxUint32 {
		return nil, fmt.Errorf("parse %s: %v", name, errTooMuchSource)
	}
	f := &File{Name: name, source: source, base: Pos(t.next), hides: t.Hides}
	t.next += size
	t.files = append(t.files, f)
	return f, nil
}

// File returns the file that p is in, nil for [NoPos].
func (t *PosTable) File(p Pos) *File {
	t.mu.RLock()
	defer t.mu.RUnlock()
	i, found := slices.BinarySearchFunc(t.files, p, func(f *File, p Pos) int {
		return int(int64(f.base) - int64(p))
	})
	if !found {
		i--
	}
	if p == NoPos || i < 0 {
		return nil
	}
	return t.files[i]
}

// Position spells out p. It returns the zero Position for [NoPos].
func (t *PosTable) Position(p Pos) Position {
	f := t.File(p)
	if f == nil {
		return Position{}
	}
	return f.Position(p)
}
