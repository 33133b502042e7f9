package cache

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"nixbench/store"
	"nixbench/store/nar"
	"nixbench/store/narinfo"
	"nixbench/store/nixhash"
)

// This file is how archives are kept: compressed, each in a file of its own.

// A GoneError says that a cache does not have an archive that it should have.
type GoneError struct{ URL string }

func (e *GoneError) Error() string {
	return fmt.Sprintf("file '%s' does not exist in binary cache", e.URL)
}

// Dump writes the archive of p, of which no more is read than it is said to have. What it
// has is for others to check.
func (c *Cache) Dump(ctx context.Context, w io.Writer, p store.Path) error {
	info, err := c.Info(p)
	if err != nil {
		return err
	}
	if !filepath.IsLocal(info.URL) {
		return fmt.Errorf("read the archive of %s: its name '%s' leads out of the cache", p, info.URL)
	}
	f, err := c.open(info.URL)
	if errors.Is(err, fs.ErrNotExist) {
		return &GoneError{info.URL}
	} else if err != nil {
		return fmt.Errorf("read the archive of %s: %w", p, err)
	}
	defer f.Close()
	r, err := decompressor(info.Compression, f)
	if err != nil {
		return fmt.Errorf("read the archive of %s: %w", p, err)
	}
	defer r.Close()
	if _, err := io.Copy(w, io.LimitReader(store.StopReader(ctx, r), info.NarSize)); err != nil {
		return fmt.Errorf("read the archive of %s: %w", p, err)
	}
	return nil
}

// Add adds a path from its archive, which is read to its end, unless the cache has it. If
// the archive is not what info says, errors.As finds a [*store.HashMismatch].
func (c *Cache) Add(ctx context.Context, info *store.PathInfo, archive io.Reader) error {
	if have, err := c.Has(ctx, info.Path); have || err != nil {
		return err
	}
	for _, ref := range info.OtherReferences() {
		have, err := c.Has(ctx, ref)
		if err == nil && !have {
			err = fmt.Errorf("cannot add '%s' to the binary cache because the reference '%s' is not valid", info.Path, ref)
		}
		if err != nil {
			return err
		}
	}
	if err := c.opts.check(); err != nil {
		return err
	}
	said := &narinfo.Info{PathInfo: *info, Compression: cmp.Or(c.opts.Compression, usualCompression)}
	said.RegistrationTime, said.Ultimate = 0, false
	list := func() (*nar.Listing, error) { return nil, nil }
	if c.opts.Listings || c.opts.DebugInfo {
		archive, list = listed(archive)
	}
	err := c.addArchive(ctx, said, archive)
	listing, listErr := list()
	if err = cmp.Or(err, listErr); err == nil && listing != nil {
		err = c.describe(said, listing)
	}
	if err != nil {
		return fmt.Errorf("add %s: %w", info.Path, err)
	}
	for _, key := range c.opts.Keys {
		sig, err := key.Sign(&said.PathInfo)
		if err != nil {
			return err
		}
		said.AddSigs(sig)
	}
	return c.write(info.Path.Digest()+infoSuffix, said.Text())
}

// addArchive writes an archive, and fills in what info says of the file.
func (c *Cache) addArchive(ctx context.Context, info *narinfo.Info, archive io.Reader) error {
	f, err := c.temp()
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	file, contents := nixhash.New(nixhash.SHA256), nixhash.New(nixhash.SHA256)
	packed, err := c.opts.compressor(io.MultiWriter(f, file))
	if err == nil {
		_, err = io.Copy(io.MultiWriter(packed, contents), store.StopReader(ctx, archive))
		err = errors.Join(err, packed.Close(), f.Chmod(0o644))
	}
	if err == nil && (contents.Sum() != info.NarHash || contents.Size() != info.NarSize) {
		err = &store.HashMismatch{Path: info.Path, Want: info.NarHash, Got: contents.Sum()}
	}
	if err != nil {
		f.Close()
		return err
	}
	info.FileHash, info.FileSize = file.Sum(), file.Size()
	info.URL = archives + "/" + info.FileHash.Nix32() + ".nar" + extensions[info.Compression]
	return c.install(f, info.URL)
}
