// Package archive unpacks archives that are not to be trusted: nothing is written
// outside the directory that they are unpacked to, and no more than a bound.
package archive

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/therootcompany/xz"
	"golang.org/x/sys/unix"
)

// Bounds are how much of an archive there may be.
type bounds struct {
	bytes   int64 // unpacked, and decompressed
	entries int
	depth   int // directories in each other
	// An archive may unpack to slack bytes, and to ratio more for each byte that it has.
	slack, ratio int64
	// free says how many bytes there is room for; nil is any number.
	free func() (int64, error)
}

// usual are wide enough for the sources of anything.
var usual = bounds{bytes: 16 << 30, entries: 4 << 20, depth: 1024, slack: 1 << 30, ratio: 250}

// most is what n bytes of an archive may unpack to.
func (b *bounds) most(n int64) int64 {
	if b.ratio == 0 || n > b.bytes/b.ratio {
		return b.bytes
	}
	return min(b.bytes, b.slack+n*b.ratio)
}

// ErrFormat reports what is no archive.
var ErrFormat = errors.New("unrecognized archive format")

// errTooLarge reports an archive beyond its bounds.
var errTooLarge = errors.New("archive unpacks to too much")

// Unpack unpacks an archive to the directory dir, which is empty: tar, plain or
// compressed by gzip, xz, zstd or bzip2, or zip. It returns the time of the newest
// file, in seconds since 1970. If it is not an archive, errors.Is(err, [ErrFormat]).
//
// An archive of more than 16 GiB, 4 million entries or 1,024 directories in each other is
// an error, and so is one that unpacks to more than 1 GiB and 250 times its size. If there
// is no room for a file, errors.Is finds ENOSPC, and it was not begun.
func Unpack(archive []byte, dir string) (newest int64, err error) {
	limits := usual
	limits.free = func() (int64, error) { return FreeSpace(dir) }
	return unpackWithin(archive, dir, limits)
}

// FreeSpace returns how many bytes are free where dir is.
func FreeSpace(dir string) (int64, error) {
	var info unix.Statfs_t
	if err := unix.Statfs(dir, &info); err != nil {
		return 0, &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return int64(info.Bavail) * int64(info.Bsize), nil //nolint:unconvert // not everywhere of that type
}

func unpackWithin(archive []byte, dir string, limits bounds) (newest int64, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return 0, err
	}
	defer root.Close()
	u := unpacker{root: root, limits: limits}
	if bytes.HasPrefix(archive, []byte("PK\x03\x04")) {
		u.limits.bytes = limits.most(int64(len(archive)))
		err = u.zip(archive)
	} else {
		err = u.tar(archive)
	}
	return u.newest, err
}

// Decompress returns the contents of a compressed file, told by its first bytes,
// or of one that is not compressed. Reading more than 1 GiB and 250 times what was read
// of the file is an error.
func Decompress(file io.Reader) (io.Reader, error) { return decompress(file, usual) }

func decompress(file io.Reader, limits bounds) (io.Reader, error) {
	compressed := &counted{r: file}
	contents, err := decompressor(compressed)
	if err != nil {
		return nil, err
	}
	limits.bytes = math.MaxInt64
	return &inflated{r: contents, file: compressed, limits: limits}, nil
}

// decompressor returns a reader of what file is compressed.
func decompressor(file io.Reader) (io.Reader, error) {
	r := bufio.NewReader(file)
	head, err := r.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return gzip.NewReader(r)
	case bytes.HasPrefix(head, []byte("\xfd7zXZ\x00")):
		return xz.NewReader(r, xz.DefaultDictMax)
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return zstd.NewReader(r)
	case bytes.HasPrefix(head, []byte("BZh")):
		return bzip2.NewReader(r), nil
	}
	return r, nil
}

// An unpacker writes files below a directory, and never outside it.
type unpacker struct {
	root    *os.Root
	limits  bounds
	size    int64
	entries int
	newest  int64
}

func (u *unpacker) tar(archive []byte) error {
	r, err := decompress(bytes.NewReader(archive), u.limits)
	if err != nil {
		return err
	}
	// What is skipped is bounded, too.
	for tr, first := tar.NewReader(&within{r, u.limits.bytes, u.limits}), true; ; first = false {
		h, err := tr.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case first && (errors.Is(err, tar.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF)):
			return ErrFormat
		case err != nil:
			return fmt.Errorf("read tar archive: %w", err)
		}
		u.newest = max(u.newest, h.ModTime.Unix())
		name, err := u.place(h.Name)
		if err != nil || name == "." {
			if err != nil {
				return err
			}
			continue
		}
		switch h.Typeflag {
		case tar.TypeDir:
			err = u.root.MkdirAll(name, 0o755)
		case tar.TypeReg:
			err = u.file(name, h.FileInfo().Mode(), h.Size, tr)
		case tar.TypeSymlink:
			err = u.root.Symlink(h.Linkname, name)
		case tar.TypeLink:
			err = u.root.Link(path.Clean(h.Linkname), name)
		case tar.TypeXGlobalHeader:
		default:
			err = fmt.Errorf("file %q is of a type that a store cannot hold", h.Name)
		}
		if err != nil {
			return err
		}
	}
}

func (u *unpacker) zip(archive []byte) error {
	zr, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return err
	}
	for _, f := range zr.File {
		u.newest = max(u.newest, f.Modified.Unix())
		name, err := u.place(f.Name)
		if err != nil {
			return err
		}
		if err := u.zipEntry(f, name); err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacker) zipEntry(f *zip.File, name string) error {
	if f.Mode().IsDir() {
		return u.root.MkdirAll(name, 0o755)
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	if f.Mode()&fs.ModeSymlink != 0 {
		target, err := io.ReadAll(io.LimitReader(r, 4096))
		if err != nil {
			return err
		}
		return u.root.Symlink(string(target), name)
	}
	return u.file(name, f.Mode(), int64(f.UncompressedSize64), r)
}

// place returns where an entry goes, and makes the directory for it.
func (u *unpacker) place(name string) (string, error) {
	if u.entries++; u.entries > u.limits.entries {
		return "", fmt.Errorf("%w: more than %d entries", errTooLarge, u.limits.entries)
	}
	clean := path.Clean(strings.TrimLeft(name, "/"))
	if strings.Count(clean, "/") >= u.limits.depth {
		return "", fmt.Errorf("%w: more than %d directories in each other", errTooLarge, u.limits.depth)
	}
	if !filepath.IsLocal(clean) {
		return "", fmt.Errorf("file %q is outside the archive", name)
	}
	return clean, u.root.MkdirAll(path.Dir(clean), 0o755)
}

// file writes a regular file, of so many bytes as it says. A later one of the same name
// replaces it.
func (u *unpacker) file(name string, mode fs.FileMode, size int64, r io.Reader) error {
	if size < 0 || size > u.limits.bytes-u.size {
		return u.limits.tooManyBytes()
	}
	if err := u.checkRoom(name, size); err != nil {
		return err
	}
	if err := u.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	perm := fs.FileMode(0o644)
	if mode&0o100 != 0 {
		perm = 0o755
	}
	f, err := u.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(r, u.limits.bytes-u.size+1))
	if u.size += n; u.size > u.limits.bytes && err == nil {
		err = u.limits.tooManyBytes()
	}
	return errors.Join(err, f.Close())
}

// checkRoom refuses a file that there is no room for. A small one is tried.
func (u *unpacker) checkRoom(name string, size int64) error {
	const small = 1 << 20
	if u.limits.free == nil || size <= small {
		return nil
	}
	if free, err := u.limits.free(); err == nil && size > free {
		return fmt.Errorf("unpack %q: %w: it has %d bytes, and %d are free", name, unix.ENOSPC, size, free)
	}
	return nil
}

func (b *bounds) tooManyBytes() error {
	return fmt.Errorf("%w: more than %d bytes", errTooLarge, b.bytes)
}

// A counted counts what is read of a file.
type counted struct {
	r io.Reader
	n int64
}

// Read reads from r.
func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// An inflated passes on what a file decompresses to, while that is in proportion to what
// was read of it.
type inflated struct {
	r      io.Reader
	file   *counted
	n      int64
	limits bounds
}

// Read reads from r.
func (i *inflated) Read(b []byte) (int, error) {
	n, err := i.r.Read(b)
	if i.n += int64(n); i.n > i.limits.most(i.file.n) {
		return 0, fmt.Errorf("%w: %d bytes of it unpack to more than %d", errTooLarge, i.file.n, i.limits.most(i.file.n))
	}
	return n, err
}

// A within passes on so many bytes as there may be.
type within struct {
	r      io.Reader
	left   int64
	limits bounds
}

func (w *within) Read(b []byte) (int, error) {
	if w.left <= 0 {
		return 0, w.limits.tooManyBytes()
	}
	n, err := w.r.Read(b[:min(int64(len(b)), w.left)])
	w.left -= int64(n)
	return n, err
}
