package nar

import (
	"encoding/binary"
	"io"
	"sync"
)

// encoder writes the parts of an archive through a buffer. After an error it
// writes nothing more.
type encoder struct {
	w   io.Writer
	buf []byte // not yet written; never longer than its capacity
	err error
}

// The buffer starts small, for the many archives of one small file, and grows
// once for others.
const (
	smallBuffer = 8 << 10
	largeBuffer = 256 << 10
)

// encoders holds those of archives that were dumped, with their buffers.
var encoders = sync.Pool{New: func() any { return &encoder{buf: make([]byte, 0, smallBuffer)} }}

func newEncoder(w io.Writer) *encoder {
	e := encoders.Get().(*encoder)
	e.w, e.err, e.buf = w, nil, e.buf[:0]
	return e
}

// release lets another archive use the encoder.
func (e *encoder) release() {
	e.w = nil
	encoders.Put(e)
}

func (e *encoder) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

func (e *encoder) flush() {
	if e.err == nil && len(e.buf) > 0 {
		_, err := e.w.Write(e.buf)
		e.fail(err)
	}
	e.buf = e.buf[:0]
}

// reserve makes room for n bytes, which are fewer than smallBuffer.
func (e *encoder) reserve(n int) {
	if len(e.buf)+n > cap(e.buf) {
		e.grow()
	}
}

// grow makes room by flushing, and by a larger buffer if this one is small.
func (e *encoder) grow() {
	e.flush()
	if cap(e.buf) < largeBuffer {
		e.buf = make([]byte, 0, largeBuffer)
	}
}

// strings writes strings with their lengths and padding.
func (e *encoder) strings(list ...string) {
	for _, s := range list {
		e.reserve(alignment + len(s) + alignment)
		e.buf = binary.LittleEndian.AppendUint64(e.buf, uint64(len(s)))
		e.buf = append(e.buf, s...)
		e.pad(int64(len(s)))
	}
}

// header writes what goes before the contents of a file, or the whole of a
// link, or what goes before the entries of a directory.
func (e *encoder) header(h *Header) {
	e.strings("(", "type", string(h.Type))
	switch h.Type {
	case Regular:
		if h.Executable {
			e.strings("executable", "")
		}
		e.strings("contents")
		e.reserve(alignment)
		e.buf = binary.LittleEndian.AppendUint64(e.buf, uint64(h.Size))
	case Symlink:
		e.strings("target", h.Target, ")")
	case Directory:
	}
}

// entry writes what goes before an object in a directory.
func (e *encoder) entry(name string) { e.strings("entry", "(", "name", name, "node") }

// pad writes what follows n bytes of contents.
func (e *encoder) pad(n int64) {
	e.reserve(alignment)
	e.buf = append(e.buf, make([]byte, padding(n))...)
}

// write copies contents.
func (e *encoder) write(b []byte) {
	if len(e.buf)+len(b) <= cap(e.buf) {
		e.buf = append(e.buf, b...)
		return
	}
	e.flush()
	if e.err == nil {
		_, err := e.w.Write(b)
		e.fail(err)
	}
}

// read copies n bytes from r by way of the buffer.
func (e *encoder) read(r io.Reader, n int64) {
	for n > 0 && e.err == nil {
		if int64(cap(e.buf)-len(e.buf)) < n && cap(e.buf)-len(e.buf) < smallBuffer {
			e.grow()
		}
		space := e.buf[len(e.buf):min(int64(cap(e.buf)), int64(len(e.buf))+n)]
		got, err := r.Read(space)
		e.buf = e.buf[:len(e.buf)+got]
		n -= int64(got)
		if err == io.EOF && n > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil && n > 0 {
			e.fail(err)
		}
	}
}
