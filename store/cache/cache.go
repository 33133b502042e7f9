package cache

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nixbench/store"
	"nixbench/store/narinfo"
)

const (
	infoFile   = "nix-cache-info"
	archives   = "nar"
	logs       = "log"
	infoSuffix = ".narinfo"
)

// Options say how a cache is written. The zero value is usual.
type Options struct {
	// Compression is that of archives, of those that [narinfo.Compressions] lists; "" is "xz".
	// Level is how hard it tries, nil or -1 usually. Parallel asks for all cores, which xz has
	// anyway, and most others have not.
	Compression string
	Level       *int
	Parallel    bool
	// Keys sign what is added.
	Keys []*narinfo.SecretKey
	// Listings writes beside each archive what is in it, and DebugInfo which of it is
	// debugging information of which build.
	Listings, DebugInfo bool
	// Existing takes the cache as it is: nothing is made of it, and one that is not there
	// has nothing.
	Existing bool
}

// A Cache is a binary cache in a directory. Its methods are safe for concurrent use.
type Cache struct {
	dir      string
	store    store.Dir
	opts     Options
	priority int  // what it says of itself
	listed   bool // likewise
}

// Open opens the cache in dir, an absolute name, for paths of a store directory. What is
// missing of it is made.
func Open(dir string, storeDir store.Dir, opts Options) (*Cache, error) {
	c := &Cache{dir: dir, store: storeDir, opts: opts}
	if !opts.Existing {
		if err := c.makeDirs(); err != nil {
			return nil, err
		}
	}
	text, err := c.read(infoFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && opts.Existing:
		return c, nil
	case errors.Is(err, fs.ErrNotExist):
		return c, c.write(infoFile, []byte("StoreDir: "+string(c.store)+"\n"))
	case err != nil:
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); name {
		case "StoreDir":
			if value != string(storeDir) {
				return nil, fmt.Errorf("binary cache '%s' is for Nix stores with prefix '%s', not '%s'", c.URL(), value, storeDir)
			}
		case "Priority":
			c.priority, _ = strconv.Atoi(value)
		case "WantMassQuery":
			c.listed = value == "1"
		}
	}
	return c, nil
}

// Priority is what the cache says of itself: those with lower numbers are asked first.
func (c *Cache) Priority() int { return c.priority }

// WantsMassQuery reports whether the cache may be asked about what nobody needs yet.
func (c *Cache) WantsMassQuery() bool { return c.listed }

func (c *Cache) makeDirs() error {
	for _, name := range []string{archives, traces, logs} {
		if err := os.MkdirAll(filepath.Join(c.dir, name), 0o755); err != nil {
			return err
		}
	}
	return nil
}

// URL returns what messages call the cache.
func (c *Cache) URL() string { return "file://" + c.dir }

// A missingError reports that a cache does not have a path.
type missingError struct{ path store.Path }

func (e *missingError) Error() string { return fmt.Sprintf("path '%s' is not valid", e.path) }
func (e *missingError) Unwrap() error { return store.ErrInvalidPath }

// A CorruptError says that what a cache says of a path cannot be read.
type CorruptError struct{ File, Reason string }

func (e *CorruptError) Error() string {
	return fmt.Sprintf("NAR info file '%s' is corrupt: %s", e.File, e.Reason)
}

func corrupt(file string, err error) error {
	var syntax *narinfo.SyntaxError
	if errors.As(err, &syntax) {
		return &CorruptError{file, syntax.Message()}
	}
	return &CorruptError{file, err.Error()}
}

// Info returns all that is said of p. If the cache does not have it, errors.Is(err,
// [store.ErrInvalidPath]).
func (c *Cache) Info(p store.Path) (*narinfo.Info, error) {
	info, err := c.readInfo(p.Digest() + infoSuffix)
	if err == nil && info == nil || info != nil && info.Path != p { // there may be another that has its digest
		return nil, &missingError{p}
	}
	return info, err
}

// readInfo reads a file that says what is known of a path; nil if there is none.
func (c *Cache) readInfo(file string) (*narinfo.Info, error) {
	text, err := c.read(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	info, err := narinfo.Parse(c.store, text)
	if err != nil {
		return nil, corrupt(file, err)
	}
	return info, nil
}

// PathInfo returns what is said of p. If the cache does not have it, errors.Is(err,
// [store.ErrInvalidPath]).
func (c *Cache) PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	info, err := c.Info(p)
	if err != nil {
		return nil, err
	}
	return &info.PathInfo, nil
}

// Has reports whether the cache has p.
func (c *Cache) Has(ctx context.Context, p store.Path) (bool, error) {
	_, err := c.PathInfo(ctx, p)
	if errors.Is(err, store.ErrInvalidPath) {
		return false, nil
	}
	return err == nil, err
}

// QueryValid returns those of paths that the cache has, sorted.
func (c *Cache) QueryValid(ctx context.Context, paths []store.Path) (have []store.Path, err error) {
	for _, p := range store.SortUnique(paths) {
		there, err := c.Has(ctx, p)
		if err != nil {
			return nil, err
		}
		if there {
			have = append(have, p)
		}
	}
	return have, nil
}

// References returns what p refers to.
func (c *Cache) References(ctx context.Context, p store.Path) ([]store.Path, error) {
	info, err := c.PathInfo(ctx, p)
	if err != nil {
		return nil, err
	}
	return info.References, nil
}

// PathFromHashPart returns the path of a digest. If the cache does not have it, errors.Is(err,
// [store.ErrInvalidPath]).
func (c *Cache) PathFromHashPart(ctx context.Context, digest string) (store.Path, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	info, err := c.readInfo(digest + infoSuffix)
	if err != nil {
		return "", err
	}
	if info == nil || info.Path.Digest() != digest {
		return "", store.ErrInvalidPath
	}
	return info.Path, nil
}

// AddSignatures adds signatures to a path, and returns how many are new.
func (c *Cache) AddSignatures(ctx context.Context, p store.Path, sigs []string) (added int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	info, err := c.Info(p)
	if err != nil {
		return 0, err
	}
	if added = info.AddSigs(sigs...); added == 0 {
		return 0, nil
	}
	return added, c.write(p.Digest()+infoSuffix, info.Text())
}

// OpenLog opens the log of a derivation. If there is none, errors.Is(err, fs.ErrNotExist).
func (c *Cache) OpenLog(drvPath store.Path) (io.ReadCloser, error) {
	f, err := c.open(filepath.Join(logs, drvPath.Base()))
	if err != nil {
		return nil, err // not a nil *os.File in an interface
	}
	return f, nil
}

// AddLog keeps the log of a derivation.
func (c *Cache) AddLog(ctx context.Context, drvPath store.Path, log io.Reader) error {
	return c.writeFrom(filepath.Join(logs, drvPath.Base()), store.StopReader(ctx, log))
}

// open opens a file of the cache to read it. What is no file might never end.
func (c *Cache) open(name string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(c.dir, name), os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("open %s: not a regular file", f.Name())
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// maxText bounds what is read of files that say something of archives, in bytes.
const maxText = 64 << 20

// read returns what a small file of the cache has.
func (c *Cache) read(name string) ([]byte, error) {
	f, err := c.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxText))
}

// All returns the paths that the cache has, sorted.
func (c *Cache) All(ctx context.Context) ([]store.Path, error) {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return nil, err
	}
	var paths []store.Path
	for _, entry := range entries {
		digest, ok := strings.CutSuffix(entry.Name(), infoSuffix)
		if !ok || len(digest) != store.DigestLen {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		info, err := c.readInfo(entry.Name())
		if err != nil {
			return nil, err
		}
		if info != nil { // nil if it was deleted meanwhile
			paths = append(paths, info.Path)
		}
	}
	slices.Sort(paths)
	return paths, nil
}

// write writes a file of the cache in one step: what is in it is durable before it has its
// name.
func (c *Cache) write(name string, contents []byte) error {
	return c.writeFrom(name, bytes.NewReader(contents))
}

// writeFrom is write for what r has.
func (c *Cache) writeFrom(name string, r io.Reader) error {
	f, err := c.temp()
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Chmod(0o644)); err != nil {
		f.Close()
		return err
	}
	return c.install(f, name)
}

// temp makes a file to be installed.
func (c *Cache) temp() (*os.File, error) {
	return os.CreateTemp(filepath.Join(c.dir, archives), ".tmp-*")
}

// install makes an open temporary file, which it closes, a file of the cache.
func (c *Cache) install(f *os.File, name string) error {
	err := f.Sync()
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	file := filepath.Join(c.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
