package cache

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"math/bits"

	"github.com/ulikunitz/xz/lzma"
)

// This file reads and writes lzip: members of a header, a stream of LZMA with a marker at its
// end, and a trailer.
//
// Format: Lzip's manual, "File format".

const (
	lzipMagic   = "LZIP\x01"
	lzipTrailer = 20 // bytes: a CRC32, and the sizes of what is in the member and of the member
)

// lzmaProperties are those that lzip always has, as the first byte of LZMA's header.
const lzmaProperties = 0x5d

var errLzip = errors.New("no member of lzip")

// A lzipReader reads members in a row.
type lzipReader struct {
	r      *bufio.Reader
	member io.Reader // nil before the first one
	sum    hash.Hash32
	size   uint64 // of what was read of the member
	err    error  // once there is one
}

func (z *lzipReader) Read(b []byte) (n int, err error) {
	if z.member == nil && z.err == nil {
		z.err = z.begin()
	}
	if z.err != nil {
		return 0, z.err
	}
	n, err = z.member.Read(b)
	z.size += uint64(n)
	z.sum.Write(b[:n])
	if err == io.EOF {
		if err = z.end(); err == nil {
			err = z.begin()
		}
	}
	z.err = err
	return n, err
}

// begin reads the header of a member; io.EOF if there is none.
func (z *lzipReader) begin() error {
	var header [len(lzipMagic) + 1]byte
	if _, err := io.ReadFull(z.r, header[:]); err == io.EOF && z.member != nil {
		return io.EOF
	} else if err != nil || string(header[:len(lzipMagic)]) != lzipMagic {
		return errLzip
	}
	packed := header[len(lzipMagic)]
	window := uint32(1) << (packed & 0x1f)
	window -= window / 16 * uint32(packed>>5)
	member, err := lzma.ReaderConfig{DictCap: maxWindow}.NewReader(&headed{lzmaHeader(window), z.r})
	z.member, z.sum, z.size = member, crc32.NewIEEE(), 0
	return err
}

// end reads and compares the trailer of a member.
func (z *lzipReader) end() error {
	var b [lzipTrailer]byte
	if _, err := io.ReadFull(z.r, b[:]); err != nil {
		return io.ErrUnexpectedEOF
	}
	if binary.LittleEndian.Uint32(b[:]) != z.sum.Sum32() || binary.LittleEndian.Uint64(b[4:]) != z.size {
		return errors.New("a member of lzip is not what its trailer says")
	}
	return nil
}

// lzmaHeader is that of a stream whose size is not said.
func lzmaHeader(window uint32) []byte {
	header := binary.LittleEndian.AppendUint32([]byte{lzmaProperties}, window)
	return append(header, bytes.Repeat([]byte{0xff}, 8)...)
}

// A headed reads a header before what follows, of which no more is taken than is asked for.
type headed struct {
	header []byte
	*bufio.Reader
}

func (h *headed) Read(b []byte) (int, error) {
	if len(h.header) > 0 {
		n := copy(b, h.header)
		h.header = h.header[n:]
		return n, nil
	}
	return h.Reader.Read(b)
}

func (h *headed) ReadByte() (byte, error) {
	if len(h.header) > 0 {
		c := h.header[0]
		h.header = h.header[1:]
		return c, nil
	}
	return h.Reader.ReadByte()
}

// A lzipWriter writes one member.
type lzipWriter struct {
	w      io.Writer
	member *lzma.Writer
	sum    hash.Hash32
	size   uint64 // of what is in the member
	packed uint64 // written, in bytes
	skip   int    // how much of LZMA's header is still to come, which is left out
}

// newLzipWriter returns one that looks window bytes back, a power of two.
func newLzipWriter(w io.Writer, window int) (*lzipWriter, error) {
	z := &lzipWriter{w: w, sum: crc32.NewIEEE(), skip: lzma.HeaderLen}
	header := lzipMagic + string(byte(bits.Len(uint(window))-1))
	n, err := io.WriteString(w, header)
	z.packed = uint64(n)
	if err == nil {
		z.member, err = lzma.WriterConfig{DictCap: window, EOSMarker: true}.NewWriter((*lzipStream)(z))
	}
	return z, err
}

// A lzipStream takes what LZMA writes, and leaves out its header.
type lzipStream lzipWriter

func (z *lzipStream) Write(b []byte) (int, error) {
	skipped := min(z.skip, len(b))
	z.skip -= skipped
	n, err := z.w.Write(b[skipped:])
	z.packed += uint64(n)
	return skipped + n, err
}

func (z *lzipWriter) Write(b []byte) (int, error) {
	n, err := z.member.Write(b)
	z.size += uint64(n)
	z.sum.Write(b[:n])
	return n, err
}

// Close ends the member.
func (z *lzipWriter) Close() error {
	if err := z.member.Close(); err != nil {
		return err
	}
	trailer := binary.LittleEndian.AppendUint32(nil, z.sum.Sum32())
	trailer = binary.LittleEndian.AppendUint64(trailer, z.size)
	trailer = binary.LittleEndian.AppendUint64(trailer, z.packed+lzipTrailer)
	_, err := z.w.Write(trailer)
	return err
}
