package nar

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// Reader reads an archive, object by object, in constant memory. It refuses
// everything but the one archive of an object. It is not safe for concurrent
// use.
type Reader struct {
	r       *bufio.Reader
	offset  int64 // bytes read of the archive
	started bool
	dirs    []openDir
	left    int64 // bytes of contents still to be read
	size    int64 // of the contents being read, -1 if none are
	err     error // what Next returns from now on
	scratch []byte
}

// readBuffer holds any string of the format.
const readBuffer = 64 << 10

// NewReader returns a Reader of the archive at the start of r. If r is a
// [*bufio.Reader], nothing beyond the archive is taken from it; from other
// readers more may be.
func NewReader(r io.Reader) *Reader {
	br, ok := r.(*bufio.Reader)
	if !ok {
		br = bufio.NewReaderSize(r, readBuffer)
	}
	return &Reader{r: br, size: -1}
}

// Offset returns how many bytes of the archive have been read. After the end
// it is the archive's length.
func (r *Reader) Offset() int64 { return r.offset }

// Next skips what is left of the current file and returns the next object: a
// directory before what is in it, entries in the order of their names. At the
// end of the archive the error is io.EOF. For bytes that are no archive it is
// a [*FormatError]; if they end too early, io.ErrUnexpectedEOF; else what the
// underlying reader returned.
func (r *Reader) Next() (*Header, error) {
	if r.err != nil {
		return nil, r.err
	}
	h, err := r.next()
	if err != nil {
		r.err = err
	}
	return h, err
}

func (r *Reader) next() (*Header, error) {
	if !r.started {
		r.started = true
		if err := r.expect(magic); err != nil {
			return nil, err
		}
		return r.object("")
	}
	if err := r.finishFile(); err != nil {
		return nil, err
	}
	for len(r.dirs) > 0 {
		tag, err := r.bytes(maxTag)
		if err != nil {
			return nil, err
		}
		switch string(tag) {
		case ")":
			r.dirs = r.dirs[:len(r.dirs)-1]
			if err := r.endObject(); err != nil {
				return nil, err
			}
		case "entry":
			return r.entry()
		default:
			return nil, r.errorf("expected tag 'entry' or ')', got '%s'", tag)
		}
	}
	return nil, io.EOF
}

func (r *Reader) entry() (*Header, error) {
	if err := r.expect("(", "name"); err != nil {
		return nil, err
	}
	b, err := r.bytes(maxName)
	if err != nil {
		return nil, err
	}
	name := string(b)
	if err := checkName(name); err != nil {
		return nil, r.errorf("%v", err)
	}
	top := &r.dirs[len(r.dirs)-1]
	if name <= top.last {
		return nil, r.errorf("NAR directory is not sorted")
	}
	top.last = name
	if err := r.expect("node"); err != nil {
		return nil, err
	}
	if len(r.dirs) >= MaxDepth {
		return nil, r.errorf("directories nest deeper than %d", MaxDepth)
	}
	if top.path != "" {
		name = top.path + "/" + name
	}
	return r.object(name)
}

// object reads an object up to its contents or entries.
func (r *Reader) object(path string) (*Header, error) {
	if err := r.expect("(", "type"); err != nil {
		return nil, err
	}
	typ, err := r.bytes(maxTag)
	if err != nil {
		return nil, err
	}
	h := &Header{Path: path, Type: Type(typ)}
	switch h.Type {
	case Regular:
		return h, r.regular(h)
	case Symlink:
		if err := r.expect("target"); err != nil {
			return nil, err
		}
		target, err := r.bytes(maxTarget)
		if err != nil {
			return nil, err
		}
		h.Target = string(target)
		if err := checkTarget(h.Target); err != nil {
			return nil, r.errorf("%v", err)
		}
		if err := r.expect(")"); err != nil {
			return nil, err
		}
		return h, r.endObject()
	case Directory:
		r.dirs = append(r.dirs, openDir{path: path})
		return h, nil
	}
	return nil, r.errorf("unknown file type '%s'", typ)
}

func (r *Reader) regular(h *Header) error {
	tag, err := r.bytes(maxTag)
	if err != nil {
		return err
	}
	if string(tag) == "executable" {
		h.Executable = true
		if err := r.expect(""); err != nil {
			return err
		}
		if tag, err = r.bytes(maxTag); err != nil {
			return err
		}
	}
	if string(tag) != "contents" {
		return r.errorf("expected tag 'contents', got '%s'", tag)
	}
	size, err := r.number()
	if err != nil {
		return err
	}
	if size > math.MaxInt64-uint64(r.offset)-alignment {
		return r.errorf("file of %d bytes", size)
	}
	h.Size, h.ContentOffset = int64(size), r.offset
	r.left, r.size = h.Size, h.Size
	return nil
}

// finishFile reads the rest of the current file, if there is one.
func (r *Reader) finishFile() error {
	if r.size < 0 {
		return nil
	}
	for r.left > 0 {
		n, err := r.r.Discard(int(min(r.left, math.MaxInt32)))
		r.offset += int64(n)
		r.left -= int64(n)
		if err != nil {
			return r.readError(err)
		}
	}
	pad := padding(r.size)
	r.size = -1
	if err := r.zeros(int(pad)); err != nil {
		return err
	}
	if err := r.expect(")"); err != nil {
		return err
	}
	return r.endObject()
}

// endObject reads what ends the entry that the object before is in, if any.
func (r *Reader) endObject() error {
	if len(r.dirs) == 0 {
		return nil
	}
	return r.expect(")")
}

// Read reads contents of the current file. At their end the error is io.EOF.
func (r *Reader) Read(b []byte) (int, error) {
	if r.err != nil && r.err != io.EOF {
		return 0, r.err
	}
	if r.left <= 0 {
		return 0, io.EOF
	}
	n, err := r.r.Read(b[:min(int64(len(b)), r.left)])
	r.offset += int64(n)
	r.left -= int64(n)
	if err != nil {
		r.err = r.readError(err)
		return n, r.err
	}
	return n, nil
}

// expect reads strings that must come next.
func (r *Reader) expect(wants ...string) error {
	for _, want := range wants {
		got, err := r.bytes(max(len(want), maxTag))
		if err != nil {
			return err
		}
		if string(got) != want {
			return r.errorf("expected tag '%s', got '%s'", want, got)
		}
	}
	return nil
}

// bytes reads a string of at most most bytes, fewer than readBuffer. The result
// holds until the next read.
func (r *Reader) bytes(most int) ([]byte, error) {
	n, err := r.number()
	if err != nil {
		return nil, err
	}
	if n > uint64(most) {
		return nil, r.errorf("string of %d bytes, want at most %d", n, most)
	}
	b, err := r.take(int(n + uint64(padding(int64(n)))))
	if err != nil {
		return nil, err
	}
	for _, c := range b[n:] {
		if c != 0 {
			return nil, r.errorf("padding is not zero")
		}
	}
	return b[:n], nil
}

func (r *Reader) number() (uint64, error) {
	b, err := r.take(alignment)
	if err != nil {
		return 0, err
	}
	return binary.LittleEndian.Uint64(b), nil
}

func (r *Reader) zeros(n int) error {
	b, err := r.take(n)
	if err != nil {
		return err
	}
	for _, c := range b {
		if c != 0 {
			return r.errorf("padding is not zero")
		}
	}
	return nil
}

// take reads n bytes, which hold until the next read.
func (r *Reader) take(n int) ([]byte, error) {
	b, err := r.r.Peek(n)
	if errors.Is(err, bufio.ErrBufferFull) {
		if r.scratch == nil {
			r.scratch = make([]byte, maxTarget+alignment)
		}
		b = r.scratch[:n]
		_, err = io.ReadFull(r.r, b)
	} else if err == nil {
		_, err = r.r.Discard(n)
	}
	if err != nil {
		return nil, r.readError(err)
	}
	r.offset += int64(n)
	return b, nil
}

func (r *Reader) errorf(format string, args ...any) error {
	return &FormatError{Offset: r.offset, Msg: fmt.Sprintf(format, args...)}
}

func (r *Reader) readError(err error) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("read NAR: offset %d: %w", r.offset, err)
}
