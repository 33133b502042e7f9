package builtins

import (
	"archive/tar"
	"archive/zip"
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

// An unpacked is an archive that was unpacked to a temporary directory.
type unpacked struct {
	dir    string // what is in it: if that is a single directory, that directory
	newest int64  // time of the newest file, in seconds since 1970
	remove func() // tidies up
}

// unpack unpacks an archive: tar, plain or compressed by gzip, xz, zstd or bzip2,
// or zip.
func unpack(archive []byte) (*unpacked, error) {
	top, err := os.MkdirTemp("", "nixbench-tarball-")
	if err != nil {
		return nil, err
	}
	u := &unpacked{remove: func() { os.RemoveAll(top) }}
	if u.dir, u.newest, err = unpackTo(top, archive); err != nil {
		u.remove()
		return nil, err
	}
	return u, nil
}

// unpackTo unpacks an archive to an empty directory and returns what is in it.
func unpackTo(top string, archive []byte) (dir string, newest int64, err error) {
	root, err := os.OpenRoot(top)
	if err != nil {
		return "", 0, err
	}
	defer root.Close()
	u := unpacker{root: root}
	if bytes.HasPrefix(archive, []byte("PK\x03\x04")) {
		err = u.zip(archive)
	} else {
		err = u.tar(archive)
	}
	if err != nil {
		return "", 0, err
	}
	entries, err := os.ReadDir(top)
	if err != nil {
		return "", 0, err
	}
	if len(entries) == 1 && entries[0].IsDir() {
		return filepath.Join(top, entries[0].Name()), u.newest, nil
	}
	return top, u.newest, nil
}

// decompress returns the contents of a compressed file, told by its first bytes.
func decompress(archive []byte) (io.Reader, error) {
	r := bytes.NewReader(archive)
	switch {
	case bytes.HasPrefix(archive, []byte{0x1f, 0x8b}):
		return gzip.NewReader(r)
	case bytes.HasPrefix(archive, []byte("\xfd7zXZ\x00")):
		return xz.NewReader(r, xz.DefaultDictMax)
	case bytes.HasPrefix(archive, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return zstd.NewReader(r)
	case bytes.HasPrefix(archive, []byte("BZh")):
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
	r, err := decompress(archive)
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
