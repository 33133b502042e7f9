package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"

	"nixbench/engine/archive"
	"nixbench/store"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// This file adds what is at a URL to the store, as a fixed-output derivation would make
// it.
//
// Behaviour: Nix, prefetchFile in prefetch.cc.

// PrefetchOptions say what is made of what is fetched. The zero value is a file as it is,
// by its SHA-256.
type PrefetchOptions struct {
	Name       string // of the store path; "" is that of the file at the URL
	Algo       nixhash.Algo
	Expected   nixhash.Hash // if not zero it must come out, and nothing is fetched that is there
	Unpack     bool         // what is in the archive, of an only entry that
	Executable bool
}

// A DownloadError reports that what is at a URL cannot be had.
type DownloadError struct{ URL, Why string }

func (err *DownloadError) Error() string {
	return fmt.Sprintf("unable to download '%s': %s", err.URL, err.Why)
}

// Prefetch adds what is at a URL, of a file of this machine, and returns where it is and
// the hash by which it is named. It returns a [*DownloadError] if there is none.
func (e *Engine) Prefetch(ctx context.Context, address string, opts PrefetchOptions) (store.Path, nixhash.Hash, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", nixhash.Hash{}, &DownloadError{address, err.Error()}
	}
	if err := nameOfURL(&opts, u, address); err != nil {
		return "", nixhash.Hash{}, err
	}
	return e.prefetch(ctx, u, address, opts)
}

// Download adds the file at a URL by its SHA-256, under any name. It returns a
// [*DownloadError] if there is none.
// Behaviour: downloadFile in Nix's tarball.cc, without what that remembers.
func (e *Engine) Download(ctx context.Context, address, name string) (store.Path, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return "", &DownloadError{address, err.Error()}
	case u.Scheme == "":
		return "", fmt.Errorf("URL '%s' doesn't have a scheme", address)
	}
	p, _, err := e.prefetch(ctx, u, address, PrefetchOptions{Name: name})
	return p, err
}

func (e *Engine) prefetch(ctx context.Context, u *url.URL, address string, opts PrefetchOptions) (store.Path, nixhash.Hash, error) {
	method := store.Flat
	if opts.Unpack || opts.Executable {
		method = store.NAR
	}
	if opts.Algo == 0 {
		opts.Algo = nixhash.SHA256
	}
	if !opts.Expected.IsZero() {
		opts.Algo = opts.Expected.Algo()
		p, err := e.store.Dir().FixedPath(opts.Name, method, opts.Expected, nil, false)
		if err != nil {
			return "", nixhash.Hash{}, err
		}
		if _, err := e.StoreOf(ctx, p); err == nil {
			return p, opts.Expected, nil
		}
	}
	if u.Scheme != "file" {
		return "", nixhash.Hash{}, &DownloadError{address, fmt.Sprintf("nothing here fetches %q URLs", u.Scheme)}
	}
	dir, err := os.MkdirTemp("", "nix-")
	if err != nil {
		return "", nixhash.Hash{}, err
	}
	defer os.RemoveAll(dir)
	file, err := fetched(dir, u.Path, address, opts)
	if err != nil {
		return "", nixhash.Hash{}, err
	}
	return e.addFetched(ctx, file, address, method, opts)
}

// nameOfURL gives what is fetched a name, if it has none.
func nameOfURL(opts *PrefetchOptions, u *url.URL, address string) error {
	given := opts.Name != ""
	if !given {
		if opts.Name = path.Base(u.Path); opts.Name == "/" || opts.Name == "." || u.Path[len(u.Path)-1] == '/' {
			return fmt.Errorf("cannot figure out file name for '%s'", address)
		}
	}
	if problem := store.NameProblem(opts.Name); problem != "" && given {
		return errors.New(problem)
	} else if problem != "" {
		return fmt.Errorf("file name '%s' was extracted from URL '%s': %s", opts.Name, address, problem)
	}
	return nil
}

// fetched returns the name of what is to be added: a copy in dir of the file called name,
// or of what it unpacks to.
func fetched(dir, name, address string, opts PrefetchOptions) (string, error) {
	contents, err := readOrList(name)
	var unopened *fs.PathError
	if errors.As(err, &unopened) && unopened.Op == "open" {
		return "", &DownloadError{address, "Could not read a file:// file (37) Could not open file " + name}
	} else if err != nil {
		return "", &DownloadError{address, err.Error()}
	}
	mode := os.FileMode(0o600)
	if opts.Executable {
		mode = 0o700
	}
	file := filepath.Join(dir, "tmp")
	if !opts.Unpack {
		return file, os.WriteFile(file, contents, mode)
	}
	unpacked := filepath.Join(dir, "unpacked")
	if err := os.Mkdir(unpacked, 0o755); err != nil {
		return "", err
	}
	if _, err := archive.Unpack(contents, unpacked); errors.Is(err, archive.ErrFormat) {
		return "", errors.New("failed to open archive: Unrecognized archive format")
	} else if err != nil {
		return "", fmt.Errorf("unpack '%s': %v", address, err)
	}
	entries, err := os.ReadDir(unpacked)
	switch {
	case err != nil:
		return "", err
	case len(entries) == 0:
		return "", fmt.Errorf("archive '%s' is empty", address)
	case len(entries) == 1:
		return filepath.Join(unpacked, entries[0].Name()), nil
	}
	return unpacked, nil
}

// readOrList returns what is in a file, or the names in a directory that are not hidden, a
// line each, in the directory's own order: curl's answer to a file:// URL.
func readOrList(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.IsDir() {
		return io.ReadAll(f)
	}
	names, err := f.Readdirnames(-1)
	var list []byte
	for _, name := range names {
		if name[0] != '.' {
			list = append(append(list, name...), '\n')
		}
	}
	return list, err
}

// addFetched adds what was fetched, unless another hash is expected.
func (e *Engine) addFetched(ctx context.Context, file, address string, method store.IngestionMethod, opts PrefetchOptions) (store.Path, nixhash.Hash, error) {
	sum, err := hashOfFile(ctx, file, method, opts.Algo)
	if err == nil && !opts.Expected.IsZero() && sum != opts.Expected {
		err = fmt.Errorf("hash mismatch for '%s'", address)
	}
	if err != nil {
		return "", nixhash.Hash{}, err
	}
	p, err := e.AddFile(ctx, opts.Name, file, method, opts.Algo)
	return p, sum, err
}

// hashOfFile returns the hash of a file, or with the method NAR of its archive.
func hashOfFile(ctx context.Context, file string, method store.IngestionMethod, algo nixhash.Algo) (nixhash.Hash, error) {
	h := nixhash.New(algo)
	if method == store.NAR {
		err := nar.Dump(store.StopWriter(ctx, h), file, nil)
		return h.Sum(), err
	}
	f, err := os.Open(file)
	if err == nil {
		defer f.Close()
		_, err = io.Copy(store.StopWriter(ctx, h), f)
	}
	return h.Sum(), err
}
