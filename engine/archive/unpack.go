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
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/therootcompany/xz"
)

// maxUnpacked bounds what an archive unpacks to, in bytes.
const maxUnpacked = 16 << 30

// Unpack unpacks an archive to the directory dir, which is empty: tar, plain or
// compressed by gzip, xz, zstd or bzip2, or zip. It returns the time of the newest
// file, in seconds since 1970.
func Unpack(archive []byte, dir string) (newest int64, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return 0, err
	}
	defer root.Close()
	u := unpacker{root: root}
	if bytes.HasPrefix(archive, []byte("PK\x03\x04")) {
		err = u.zip(archive)
	} else {
		err = u.tar(archive)
	}
	return u.newest, err
}

// Decompress returns the contents of a compressed file, told by its first bytes,
// or of one that is not compressed.
func Decompress(file io.Reader) (io.Reader, error) {
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
	root   *os.Root
	size   int64
	newest int64
}

func (u *unpacker) tar(archive []byte) error {
	r, err := Decompress(bytes.NewReader(archive))
	if err != nil {
		return err
	}
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read tar archive: %v", err)
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
			err = u.file(name, h.FileInfo().Mode(), tr)
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
	return u.file(name, f.Mode(), r)
}

// place returns where an entry goes, and makes the directory for it.
func (u *unpacker) place(name string) (string, error) {
	clean := path.Clean(strings.TrimLeft(name, "/"))
	if !filepath.IsLocal(clean) {
		return "", fmt.Errorf("file %q is outside the archive", name)
	}
	return clean, u.root.MkdirAll(path.Dir(clean), 0o755)
}

// file writes a regular file. A later one of the same name replaces it.
func (u *unpacker) file(name string, mode fs.FileMode, r io.Reader) error {
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
	n, err := io.Copy(f, io.LimitReader(r, maxUnpacked-u.size+1))
	if u.size += n; u.size > maxUnpacked && err == nil {
		err = fmt.Errorf("archive unpacks to more than %d GiB", maxUnpacked>>30)
	}
	return errors.Join(err, f.Close())
}
