package cache

import (
	"bufio"
	"errors"
	"io"
)

// This file reads and writes what compress(1) does: a header, and codes of 9 to 16 bits, the
// lowest bit first, each for a string of bytes. Of the codes after the 256 bytes the first
// ends what was learnt so far; each other one is what the code before it stands for and the
// first byte of what the next one does. What is written is, to the byte, what libarchive writes.
//
// Behaviour: ncompress; libarchive, archive_write_add_filter_compress.c.

const (
	lzwMagic = "\x1f\x9d"
	lzwReset = 0x80 // in the byte after lzwMagic: there is a code that ends what was learnt
	lzwWidth = 0x1f // in the same byte: the width of the longest codes

	lzwClear    = 256 // the code that ends what was learnt
	lzwMinWidth = 9   // bits
	lzwMaxWidth = 16

	// lzwGap is how many bytes are read, once there are no codes left, before it is looked
	// at whether what was learnt is still of use.
	lzwGap = 10000
)

var errLZW = errors.New("no codes of compress")

// A lzwEntry is a code that was learnt; 0 for none.
type lzwEntry struct {
	prefix uint16
	last   byte
	code   uint16
}

// A lzwTable finds codes that were learnt, by open addressing. It is never more than half full.
type lzwTable [2 << lzwMaxWidth]lzwEntry

// at returns the entry of what a code and a byte after it stand for, or where it would be.
func (t *lzwTable) at(prefix uint16, last byte) *lzwEntry {
	for i := (uint32(prefix)<<8 | uint32(last)) * 0x9e3779b1 >> (32 - lzwMaxWidth - 1); ; i = (i + 1) % uint32(len(t)) {
		if e := &t[i]; e.code == 0 || e.prefix == prefix && e.last == last {
			return e
		}
	}
}

// A lzwWriter compresses what is written to it.
type lzwWriter struct {
	w       *bufio.Writer
	learnt  lzwTable
	free    int    // the next code
	current uint16 // the code of what was read and not yet written
	in, out int64  // bytes read and written
	look    int64  // at how many bytes read to look at the ratio again
	ratio   int64  // the best one since what was learnt was forgotten

	bits  uint32 // what is still to be written of codes, the lowest first
	held  uint   // how many bits that are
	width uint   // of a code
	group uint   // bits of codes since the width changed, modulo those of eight codes
}

func newLZWWriter(w io.Writer) *lzwWriter {
	z := &lzwWriter{w: bufio.NewWriter(w), look: lzwGap, out: int64(len(lzwMagic)) + 1}
	z.forget()
	z.w.WriteString(lzwMagic + string([]byte{lzwReset | lzwMaxWidth}))
	return z
}

// forget begins to learn anew.
func (z *lzwWriter) forget() {
	z.free, z.width = lzwClear+1, lzwMinWidth
	z.learnt = lzwTable{}
}

func (z *lzwWriter) Write(b []byte) (int, error) {
	for _, c := range b {
		z.in++
		if z.in == 1 {
			z.current = uint16(c)
			continue
		}
		learnt := z.learnt.at(z.current, c)
		if learnt.code != 0 {
			z.current = learnt.code
			continue
		}
		previous := z.current
		z.put(previous)
		z.current = uint16(c)
		switch {
		case z.free < 1<<lzwMaxWidth:
			*learnt = lzwEntry{previous, c, uint16(z.free)}
			z.free++
		case z.in >= z.look && z.isWorse():
			z.put(lzwClear)
			z.forget()
		}
	}
	return len(b), z.failed()
}

// failed returns the error of writing, which the buffer keeps.
func (z *lzwWriter) failed() error {
	_, err := z.w.Write(nil)
	return err
}

// isWorse reports whether less is saved than when it was last asked.
func (z *lzwWriter) isWorse() bool {
	z.look = z.in + lzwGap
	ratio := z.in * 256 / z.out
	if z.in > 0x7fffff {
		if ratio = z.out / 256; ratio > 0 {
			ratio = z.in / ratio
		}
	}
	if ratio > z.ratio {
		z.ratio = ratio
		return false
	}
	z.ratio = 0
	return true
}

// put writes a code. A code after which the width changes ends a group of eight codes,
// whose rest is bits of no meaning.
func (z *lzwWriter) put(code uint16) {
	z.bits |= uint32(code) << z.held
	z.held += z.width
	z.group = (z.group + z.width) % (8 * z.width)
	z.flush(8)
	isLast := z.width < lzwMaxWidth && z.free > 1<<z.width-1
	if code != lzwClear && !isLast {
		return
	}
	if z.group > 0 {
		z.held += 8*z.width - z.group
		for ; z.held >= 8; z.held -= 8 {
			z.putByte()
		}
	}
	z.bits, z.held, z.group = 0, 0, 0
	z.width++
}

// flush writes bytes as long as at least so many bits are held.
func (z *lzwWriter) flush(least uint) {
	for ; z.held >= least; z.held -= min(8, z.held) {
		z.putByte()
	}
}

func (z *lzwWriter) putByte() {
	z.w.WriteByte(byte(z.bits))
	z.bits >>= 8
	z.out++
}

// Close writes what is left.
func (z *lzwWriter) Close() error {
	if z.in > 0 {
		z.put(z.current)
		z.flush(1)
	}
	return z.w.Flush()
}

// A lzwReader reads what is compressed.
type lzwReader struct {
	r        *bufio.Reader
	maxWidth uint
	resets   bool // whether lzwClear is a code

	prefix [1 << lzwMaxWidth]uint16 // of a code that was learnt: what it stands for but for
	suffix [1 << lzwMaxWidth]byte   // its last byte
	free   int                      // the next code
	last   int                      // the last code, -1 for none
	first  byte                     // of what that stands for

	bits  uint32
	held  uint // bits
	width uint // of a code
	group uint // bytes read since the width changed, modulo those of eight codes

	out []byte // what was not read yet of what a code stands for, the last byte first
	err error
}

// newLZWReader reads the header.
func newLZWReader(r *bufio.Reader) (*lzwReader, error) {
	var header [len(lzwMagic) + 1]byte
	if _, err := io.ReadFull(r, header[:]); err != nil || string(header[:len(lzwMagic)]) != lzwMagic {
		return nil, errLZW
	}
	flags := header[len(lzwMagic)]
	z := &lzwReader{r: r, maxWidth: uint(flags & lzwWidth), resets: flags&lzwReset != 0}
	if z.maxWidth > lzwMaxWidth || flags&^(lzwReset|lzwWidth) != 0 {
		return nil, errLZW
	}
	z.forget()
	return z, nil
}

// forget begins to learn anew.
func (z *lzwReader) forget() {
	z.free, z.last, z.width = lzwClear, -1, lzwMinWidth
	if z.resets {
		z.free++
	}
}

// endGroup passes over the rest of a group of eight codes, which has no meaning where the
// width changes. That there is no more is for the next code to find.
func (z *lzwReader) endGroup() {
	z.r.Discard(int((z.width - z.group) % z.width))
	z.bits, z.held, z.group = 0, 0, 0
}

func (z *lzwReader) Read(b []byte) (n int, err error) {
	for n < len(b) {
		if len(z.out) == 0 {
			if z.err == nil {
				z.err = z.next()
			}
			if z.err != nil {
				if n > 0 {
					return n, nil
				}
				return 0, z.err
			}
		}
		for n < len(b) && len(z.out) > 0 {
			b[n] = z.out[len(z.out)-1]
			z.out = z.out[:len(z.out)-1]
			n++
		}
	}
	return n, nil
}

// next reads a code and what it stands for.
func (z *lzwReader) next() error {
	code, err := z.code()
	for ; err == nil && code == lzwClear && z.resets; code, err = z.code() {
		z.endGroup()
		z.forget()
	}
	switch {
	case err != nil:
		return err
	case code > z.free, code == z.free && z.last < 0:
		return errLZW
	}
	z.out = z.out[:0]
	rest := code
	if code == z.free { // which is being learnt: the last one and its first byte
		z.out = append(z.out, z.first)
		rest = z.last
	}
	for ; rest >= 256; rest = int(z.prefix[rest]) {
		z.out = append(z.out, z.suffix[rest])
	}
	z.first = byte(rest)
	z.out = append(z.out, z.first)
	z.learn()
	z.last = code
	return nil
}

// learn gives the next code to the last one and the first byte of this one.
func (z *lzwReader) learn() {
	if z.last >= 0 && z.free < 1<<z.maxWidth {
		z.prefix[z.free], z.suffix[z.free] = uint16(z.last), z.first
		z.free++
	}
	if z.width < z.maxWidth && z.free > 1<<z.width-1 {
		z.endGroup()
		z.width++
	}
}

// code reads a code; io.EOF if there is none that is whole.
func (z *lzwReader) code() (int, error) {
	for z.held < z.width {
		c, err := z.r.ReadByte()
		if err != nil {
			return 0, err
		}
		z.bits |= uint32(c) << z.held
		z.held += 8
		z.group = (z.group + 1) % z.width
	}
	code := z.bits & (1<<z.width - 1)
	z.bits >>= z.width
	z.held -= z.width
	return int(code), nil
}
