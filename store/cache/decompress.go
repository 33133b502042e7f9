package cache

import (
	"bufio"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/therootcompany/xz"
	"github.com/ulikunitz/xz/lzma"
)

// This file decompresses archives.

// maxWindow bounds what decompressing takes of memory, in bytes.
const maxWindow = 128 << 20

// A CompressedError says, in Nix's words, that an archive is not compressed as it is said to be.
type CompressedError struct {
	Msg string
	Err error
}

func (e *CompressedError) Error() string { return fmt.Sprintf("%s: %v", e.Msg, e.Err) }
func (e *CompressedError) Unwrap() error { return e.Err }

// Message says it as Nix does.
func (e *CompressedError) Message() string { return e.Msg }

// decompressor returns a reader of what r is compressed. It has to be closed.
func decompressor(compression string, r io.Reader) (io.ReadCloser, error) {
	in := bufio.NewReader(r)
	switch compression {
	case "none":
		return io.NopCloser(in), nil
	case "br":
		return io.NopCloser(brotliReader{brotli.NewReader(in)}), nil
	}
	out, err := filter(compression, in)
	if err != nil {
		return nil, err
	}
	first := bufio.NewReader(out)
	if _, err := first.Peek(1); err != nil && err != io.EOF {
		out.Close()
		return nil, unrecognised(err)
	}
	return struct {
		io.Reader
		io.Closer
	}{first, out}, nil
}

func unrecognised(err error) error { return &CompressedError{"input compression not recognized", err} }

// filter returns a reader of what in is compressed with what Nix has libarchive for.
func filter(compression string, in *bufio.Reader) (out io.ReadCloser, err error) {
	var r io.Reader
	switch compression {
	case "gzip":
		r, err = gzip.NewReader(in)
	case "bzip2":
		r = bzip2.NewReader(in)
	case "xz":
		r, err = xz.NewReader(in, maxWindow)
	case "zstd":
		var z *zstd.Decoder
		z, err = zstd.NewReader(in, zstd.WithDecoderMaxMemory(maxWindow), zstd.WithDecoderConcurrency(1))
		if err == nil {
			return z.IOReadCloser(), nil
		}
	case "lzma":
		r, err = lzma.ReaderConfig{DictCap: maxWindow}.NewReader(in)
	case "compress":
		r, err = newLZWReader(in)
	case "lzip":
		r = &lzipReader{r: in}
	case "lz4":
		r = lz4.NewReader(in)
	default:
		return nil, fmt.Errorf("nothing here reads the compression '%s'", compression)
	}
	if err != nil {
		return nil, unrecognised(err)
	}
	return io.NopCloser(r), nil
}

// A brotliReader says of what is wrong what Nix does.
type brotliReader struct{ r *brotli.Reader }

func (b brotliReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		err = &CompressedError{"error while decompressing brotli file", err}
	}
	return n, err
}
