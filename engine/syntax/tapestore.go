package syntax

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
)

// This file writes tapes and what is known of their files as bytes that another
// process can load, and loads them: see [AppendTape].

// AppendTape appends all that [ParseTape] made of a text. The bytes are the same
// wherever the text is and whatever was parsed before it. ok is false if what
// was made of it depends on that: then nothing is appended. It must not be called while
// others use f.
//
// They are, with numbers as varints and strings after their lengths: the length
// of the text; the names, in the order in which the parser interned them; the
// warnings; the length, in 4 bytes, of the part about lines and documentation, and
// that part; the code of the tape.
func AppendTape(buf []byte, t *Tape, f *File, syms *Symbols) (_ []byte, ok bool) {
	if f.inOrder {
		return buf, false
	}
	for _, warning := range f.Warnings {
		if warning.Pos == NoPos {
			return buf, false // it names the file
		}
	}
	f.pack("")
	const perName, atLeast = 2, 64 // more or less
	size := len(t.code) + len(f.stored) + atLeast
	for _, s := range t.syms {
		size += perName + len(syms.Name(s))
	}
	w := &tapeWriter{out: slices.Grow(buf, size), base: f.base}
	w.count(len(f.source))
	w.count(len(t.syms))
	for _, s := range t.syms {
		w.string(syms.Name(s))
	}
	w.count(len(f.Warnings))
	for _, warning := range f.Warnings {
		w.pos(warning.Pos)
		w.string(string(warning.Msg))
	}
	start := len(w.out)
	w.out = append(w.out, 0, 0, 0, 0)
	if f.stored != "" {
		w.out = append(w.out, f.stored...)
	} else {
		w.about(f, "")
	}
	binary.LittleEndian.PutUint32(w.out[start:], uint32(len(w.out)-start-4))
	return append(w.out, t.code...), true
}

// packLines appends where the lines of a text begin: how many there are but the first, and
// then the length of the one before each.
func packLines(out []byte, src string) []byte {
	if strings.IndexByte(src, '\r') < 0 {
		out = binary.AppendUvarint(out, uint64(strings.Count(src, "\n")))
		for {
			i := strings.IndexByte(src, '\n')
			if i < 0 {
				return out
			}
			out = binary.AppendUvarint(out, uint64(i+1))
			src = src[i+1:]
		}
	}
	n, last := 0, 0
	for range laterLines(src) {
		n++
	}
	out = binary.AppendUvarint(out, uint64(n))
	for start := range laterLines(src) {
		out = binary.AppendUvarint(out, uint64(start-last))
		last = start
	}
	return out
}

// about writes the lines of a file as packLines does, unless they are given, and what is
// documented by which comments.
func (w *tapeWriter) about(f *File, lines string) {
	if lines != "" {
		w.out = append(w.out, lines...)
	} else {
		w.out = packLines(w.out, f.source)
	}
	w.count(len(f.docs))
	for _, d := range f.docs {
		w.uint(uint64(d.target - f.base))
		w.number(d.begin)
		w.number(d.end)
	}
}

// errMalformed reports bytes that AppendTape has not written.
var errMalformed = errors.New("load tape: malformed")

// LoadTape returns what [ParseTape] would make of a text, out of what
// [AppendTape] wrote of the same text: names are interned in the same order, the
// file is entered into opts.Positions. Name and opts.BasePath may differ from
// those of then, but the other options must be the same.
//
// The error is that of bytes that AppendTape has not written. It sees to it that
// what is about the file is in order, but not the code of the tape: whoever keeps the
// bytes must make sure that they are the same.
func LoadTape(data, name, src string, opts *Options) (*Tape, *File, error) {
	in := &storedReader{data: data}
	if in.count(maxSource) != len(src) || in.bad {
		return nil, nil, errMalformed
	}
	names := *in
	n := in.count(len(data))
	for range n {
		in.string()
	}
	warnings := make([]Warning, in.count(len(data)/2))
	for i := range warnings {
		warnings[i] = Warning{Pos(in.count(len(src) + 1)), Hint(in.string())}
		in.bad = in.bad || warnings[i].Pos == NoPos
	}
	size := in.length()
	if in.bad || size == 0 || size >= len(in.data) {
		return nil, nil, errMalformed
	}
	table := opts.Positions
	if table == nil {
		table = NewPosTable()
	}
	f, err := table.AddFile(name, src)
	if err != nil {
		return nil, nil, err
	}
	for i := range warnings {
		warnings[i].Pos += f.base - 1
	}
	if f.dir = opts.BasePath; len(warnings) > 0 {
		f.Warnings = warnings
	}
	f.stored = in.data[:size]
	t := &Tape{code: in.data[size:], syms: make([]Sym, n), base: f.base, dir: f.dir}
	names.count(n)
	for i := range t.syms {
		t.syms[i] = opts.Symbols.Intern(names.string())
	}
	return t, f, nil
}

// restore makes the lines and docs of a file that was loaded. It passes over what
// cannot be.
func (f *File) restore() {
	size := max(len(f.source), f.size)
	in := &storedReader{data: f.stored}
	n := in.count(size)
	lines := make([]uint32, 1, 1+n)
	for range n {
		next := int(lines[len(lines)-1]) + in.count(size)
		if next > size {
			break
		}
		lines = append(lines, uint32(next))
	}
	for range in.count(len(f.stored)) {
		at, begin, end := in.count(size), in.count(size), in.count(size)
		if end-begin < len("/***/") {
			break
		}
		f.docs = append(f.docs, docComment{f.Pos(at), int32(begin), int32(end)})
	}
	f.lines = lines
}

// A storedReader reads bytes that may be any.
type storedReader struct {
	data string // what is left
	bad  bool
}

// count reads a number, which is at most most; after anything else it returns 0.
func (r *storedReader) count(most int) int {
	n := uint64(0)
	for i := 0; i < len(r.data) && i < binary.MaxVarintLen32; i++ {
		b := r.data[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b >= 0x80 {
			continue
		}
		if n > uint64(most) {
			break
		}
		r.data = r.data[i+1:]
		return int(n)
	}
	r.bad = true
	return 0
}

// length reads a number of 4 bytes.
func (r *storedReader) length() int {
	if len(r.data) < 4 {
		r.bad = true
		return 0
	}
	n := binary.LittleEndian.Uint32([]byte(r.data[:4]))
	r.data = r.data[4:]
	return int(n)
}

// string reads a string.
func (r *storedReader) string() string {
	n := r.count(len(r.data))
	if n > len(r.data) {
		r.bad, n = true, 0
	}
	s := r.data[:n]
	r.data = r.data[n:]
	return s
}
