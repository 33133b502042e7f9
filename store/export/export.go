// Package export reads and writes what nix-store --export prints: objects of a
// store with what is known of them, one after the other.
//
// Format: for each object the number 1, its archive, the number 0x4558494e, its
// path, the paths it refers to, its deriver or "", and the number 0; at the end
// the number 0. Numbers have 64 bits, strings and lists are as in archives.
package export

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"nixbench/store"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

const (
	magic = 0x4558494e
	// maxString bounds a path, and maxRefs their number, so that hostile input
	// takes no memory.
	maxString = 4096
	maxRefs   = 1 << 20
	// inMemory is the size in bytes of the largest archive that needs no file
	// while it is read.
	inMemory = 4 << 20
)

// A Source is where objects are read from.
type Source interface {
	PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error)
	// Dump writes the archive of a valid path.
	Dump(ctx context.Context, w io.Writer, p store.Path) error
}

// Write writes the objects of paths, each after those of them that it refers to.
// An object whose hash is not the one that is known is an error.
func Write(ctx context.Context, w io.Writer, from Source, paths []store.Path) error {
	infos := make(map[store.Path]*store.PathInfo, len(paths))
	sorted, err := store.TopoSort(ctx, paths, func(ctx context.Context, p store.Path) ([]store.Path, error) {
		info, err := from.PathInfo(ctx, p)
		if err != nil {
			return nil, err
		}
		infos[p] = info
		return info.References, nil
	})
	if err != nil {
		return err
	}
	out := &encoder{w: bufio.NewWriterSize(w, 1<<16)}
	for _, p := range sorted {
		out.number(1)
		if err := writeObject(ctx, out, from, infos[p]); err != nil {
			return err
		}
	}
	out.number(0)
	return errors.Join(out.err, out.w.Flush())
}

func writeObject(ctx context.Context, out *encoder, from Source, info *store.PathInfo) error {
	h := nixhash.New(nixhash.SHA256)
	if err := from.Dump(ctx, io.MultiWriter(out.w, h), info.Path); err != nil {
		return err
	}
	if got := h.Sum(); got != info.NarHash {
		return fmt.Errorf("hash of path '%s' has changed from '%s' to '%s'!", info.Path, info.NarHash, got) //nolint:staticcheck // Nix's words
	}
	out.number(magic)
	out.text(string(info.Path))
	out.number(uint64(len(info.References)))
	for _, ref := range info.References {
		out.text(string(ref))
	}
	out.text(string(info.Deriver))
	out.number(0)
	return out.err
}

// An encoder writes numbers and strings until an error.
type encoder struct {
	w   *bufio.Writer
	err error
}

func (e *encoder) number(n uint64) {
	if e.err == nil {
		_, e.err = e.w.Write(binary.LittleEndian.AppendUint64(nil, n))
	}
}

func (e *encoder) text(s string) {
	e.number(uint64(len(s)))
	if e.err == nil {
		_, e.err = e.w.WriteString(s)
	}
	if pad := -len(s) & 7; e.err == nil {
		_, e.err = e.w.Write(make([]byte, pad))
	}
}

// Read reads what Write wrote and calls add with each object, described as far as
// it is known: its path, archive and references. An error of add ends it.
func Read(ctx context.Context, r io.Reader, dir store.Dir, add func(info *store.PathInfo, archive io.Reader) error) error {
	in := &decoder{r: bufio.NewReaderSize(r, 1<<16)}
	for {
		switch n := in.number(); {
		case in.err != nil:
			return in.err
		case n == 0:
			return nil
		case n != 1:
			return errors.New("input doesn't look like something created by 'nix-store --export'")
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := readObject(in, dir, add); err != nil {
			return err
		}
	}
}

func readObject(in *decoder, dir store.Dir, add func(*store.PathInfo, io.Reader) error) error {
	spool := &spool{}
	defer spool.close()
	h := nixhash.New(nixhash.SHA256)
	if err := nar.Copy(io.MultiWriter(h, spool), in.r); err != nil {
		return err
	}
	if in.number() != magic && in.err == nil {
		return errors.New("Nix archive cannot be imported; wrong format") //nolint:staticcheck // Nix's words
	}
	info := &store.PathInfo{NarHash: h.Sum(), NarSize: h.Size()}
	info.Path = in.path(dir)
	n := in.number()
	if n > maxRefs {
		return fmt.Errorf("read exported path: %d references are too many", n)
	}
	for range n {
		if in.err != nil {
			return in.err
		}
		info.References = append(info.References, in.path(dir))
	}
	if deriver := in.text(); deriver != "" && in.err == nil {
		info.Deriver, in.err = dir.ParsePath(deriver)
	}
	if in.number() == 1 {
		in.text() // a signature, as there was once
	}
	if in.err != nil {
		return in.err
	}
	info.References = store.SortUnique(info.References)
	archive, err := spool.reader()
	if err != nil {
		return err
	}
	return add(info, archive)
}

// A decoder reads numbers and strings until an error; then they are zero.
type decoder struct {
	r   *bufio.Reader
	err error
}

func (d *decoder) number() uint64 {
	var b [8]byte
	d.fill(b[:])
	if d.err != nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b[:])
}

func (d *decoder) fill(b []byte) {
	if d.err == nil {
		if _, err := io.ReadFull(d.r, b); err != nil {
			d.err = fmt.Errorf("read export: %w", noEOF(err))
		}
	}
}

// noEOF returns the error of an end that comes too early.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (d *decoder) text() string {
	n := d.number()
	if d.err == nil && n > maxString {
		d.err = fmt.Errorf("read export: a string of %d bytes is too long", n)
	}
	if d.err != nil {
		return ""
	}
	b := make([]byte, (n+7)&^7)
	d.fill(b)
	if d.err == nil && !bytes.Equal(b[n:], make([]byte, len(b)-int(n))) {
		d.err = errors.New("read export: non-zero padding")
	}
	if d.err != nil {
		return ""
	}
	return string(b[:n])
}

func (d *decoder) path(dir store.Dir) store.Path {
	s := d.text()
	if d.err != nil {
		return ""
	}
	p, err := dir.ParsePath(s)
	d.err = err
	return p
}

// A spool keeps an archive until it is known what it is of: in memory, or if it
// is large in a file.
type spool struct {
	buf  bytes.Buffer
	file *os.File
}

func (s *spool) Write(b []byte) (int, error) {
	if s.file == nil && s.buf.Len()+len(b) > inMemory {
		f, err := os.CreateTemp("", "nixbench-import-")
		if err != nil {
			return 0, err
		}
		os.Remove(f.Name()) // it is there for as long as it is open
		s.file = f
		if _, err := f.Write(s.buf.Bytes()); err != nil {
			return 0, err
		}
		s.buf = bytes.Buffer{}
	}
	if s.file != nil {
		return s.file.Write(b)
	}
	return s.buf.Write(b)
}

func (s *spool) reader() (io.Reader, error) {
	if s.file == nil {
		return &s.buf, nil
	}
	_, err := s.file.Seek(0, io.SeekStart)
	return s.file, err
}

func (s *spool) close() {
	if s.file != nil {
		s.file.Close()
	}
}
