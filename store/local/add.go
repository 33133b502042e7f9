package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

	"nixbench/store"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// AddText adds a flat file. Refs, in any order, must be valid.
func (st *Store) AddText(ctx context.Context, name string, contents []byte, refs []store.Path) (store.Path, error) {
	refs = slices.Clone(refs)
	slices.Sort(refs)
	refs = slices.Compact(refs)
	p, err := st.dir.TextPath(name, nixhash.Sum(nixhash.SHA256, contents), refs)
	if err == nil {
		err = st.addOnce(ctx, p, func(dir string) (*store.PathInfo, error) {
			if err := writeText(filepath.Join(dir, p.Base()), contents); err != nil {
				return nil, err
			}
			return textInfo(p, contents, refs)
		})
	}
	if err != nil {
		return "", fmt.Errorf("add text %s: %w", name, err)
	}
	return p, nil
}

// writeText makes a flat store object.
func writeText(file string, contents []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o444)
	if err != nil {
		return err
	}
	_, err = f.Write(contents)
	err = errors.Join(err, f.Chmod(0o444), f.Close())
	if err != nil {
		return err
	}
	return unix.UtimesNanoAt(unix.AT_FDCWD, file, storeTimes(), unix.AT_SYMLINK_NOFOLLOW)
}

// textInfo describes a flat store object that is named after its contents and
// references, which are sorted.
func textInfo(p store.Path, contents []byte, refs []store.Path) (*store.PathInfo, error) {
	h := nixhash.New(nixhash.SHA256)
	if err := nar.DumpContents(h, contents); err != nil {
		return nil, err
	}
	return &store.PathInfo{
		Path:       p,
		NarHash:    h.Sum(),
		NarSize:    h.Size(),
		References: refs,
		CA:         store.ContentAddress{Method: store.Text, Hash: nixhash.Sum(nixhash.SHA256, contents)}.String(),
	}, nil
}

// addOnce makes p valid if it is not. Make puts the object, canonical, into a
// directory under the base name of p and describes it.
func (st *Store) addOnce(ctx context.Context, p store.Path, make func(dir string) (*store.PathInfo, error)) error {
	if st.ReadOnly() {
		valid, err := st.isValid(ctx, p)
		if err == nil && !valid {
			err = st.writable()
		}
		return err
	}
	if err := st.addTempRoots(ctx, p); err != nil {
		return err
	}
	// What refers to pending derivations needs them valid; and so may p be.
	if err := st.Flush(ctx); err != nil {
		return err
	}
	if valid, err := st.isValid(ctx, p); err != nil || valid {
		return err
	}
	dir, remove, err := st.tempDir(ctx)
	if err != nil {
		return err
	}
	defer remove()
	info, err := make(dir)
	if err != nil {
		return err
	}
	return st.addMade(ctx, info, filepath.Join(dir, p.Base()))
}

// addMade makes what is at file a valid path, which is a temporary root.
func (st *Store) addMade(ctx context.Context, info *store.PathInfo, file string) error {
	if err := st.syncTrees(st.realDir, file); err != nil {
		return err
	}
	return st.installLocked(ctx, []object{{info, file}}, nil)
}

// AddTree adds a copy of the file system object at file, an absolute name, as
// far as the filter lets it; nil adds all. It is read once. With the method
// Flat or Text it must be a regular file, which is added without the permission
// to execute it.
func (st *Store) AddTree(ctx context.Context, name, file string, method store.IngestionMethod, algo nixhash.Algo, filter nar.Filter) (store.Path, error) {
	p, err := st.addTree(ctx, name, file, method, algo, filter)
	if err != nil {
		return "", fmt.Errorf("add %s: %w", file, err)
	}
	return p, nil
}

func (st *Store) addTree(ctx context.Context, name, file string, method store.IngestionMethod, algo nixhash.Algo, filter nar.Filter) (store.Path, error) {
	if err := store.CheckName(name); err != nil {
		return "", err
	}
	if algo == 0 {
		algo = nixhash.SHA256
	}
	in := &spool{ctx: ctx, st: st}
	defer in.close()
	narHash := nixhash.New(nixhash.SHA256)
	ca := store.ContentAddress{Method: method}
	sink := io.MultiWriter(narHash, in)
	switch method {
	case store.Flat, store.Text:
		h := nixhash.New(algo)
		if err := dumpFlat(sink, h, file); err != nil {
			return "", err
		}
		ca.Hash = h.Sum()
	case store.NAR:
		h := narHash
		if algo != nixhash.SHA256 {
			h = nixhash.New(algo)
			sink = io.MultiWriter(sink, h)
		}
		if err := nar.Dump(sink, file, filter); err != nil {
			return "", err
		}
		ca.Hash = h.Sum()
	default:
		return "", fmt.Errorf("ingestion method %s: the experimental feature git-hashing is not enabled", method)
	}
	p, err := ca.Path(st.dir, name, nil, false)
	if err != nil {
		return "", err
	}
	info := &store.PathInfo{Path: p, NarHash: narHash.Sum(), NarSize: narHash.Size(), CA: ca.String()}
	return p, st.addSpooled(ctx, info, in)
}

// addSpooled makes the object that was spooled valid, if it is not yet.
func (st *Store) addSpooled(ctx context.Context, info *store.PathInfo, in *spool) error {
	if err := in.finish(); err != nil {
		return err
	}
	if in.file == "" {
		return st.addOnce(ctx, info.Path, func(dir string) (*store.PathInfo, error) {
			return info, nar.Restore(&in.buf, filepath.Join(dir, info.Path.Base()), nar.RestoreOptions{})
		})
	}
	if err := st.addTempRoots(ctx, info.Path); err != nil {
		return err
	}
	if valid, err := st.IsValid(ctx, info.Path); err != nil || valid {
		return err
	}
	return st.addMade(ctx, info, in.file)
}

// dumpFlat writes the archive of a regular file as one that is not executable
// to sink, and its contents to contents.
func dumpFlat(sink, contents io.Writer, file string) error {
	f, err := os.OpenFile(file, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is not a regular file")
	}
	w := nar.NewWriter(sink)
	if err := w.WriteHeader(&nar.Header{Type: nar.Regular, Size: info.Size()}); err != nil {
		return err
	}
	if _, err := io.Copy(io.MultiWriter(w, contents), f); err != nil {
		return err
	}
	return w.Close()
}

// A ctxWriter writes until ctx is done.
type ctxWriter struct {
	ctx context.Context // of the one call that writes
	w   io.Writer
}

// Write writes to w.
func (c ctxWriter) Write(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(b)
}

// spoolSize is how much of an archive is kept in memory, in bytes. Nothing is
// written to disk for a smaller object that is valid already.
const spoolSize = 16 << 20

// A spool takes an archive of which the path is known only at its end: it keeps
// it in memory or, if it becomes large, restores it into a temporary directory.
type spool struct {
	ctx context.Context // of the one call that the spool lives for
	st  *Store
	buf bytes.Buffer

	file     string // where the object is restored, "" while in memory
	remove   func() error
	pipe     *io.PipeWriter
	restored chan error
}

// Write adds to the archive.
func (s *spool) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	if s.pipe == nil && s.buf.Len()+len(b) > spoolSize {
		if err := s.spill(); err != nil {
			return 0, err
		}
	}
	if s.pipe != nil {
		return s.pipe.Write(b)
	}
	return s.buf.Write(b)
}

// spill goes over from memory to disk.
func (s *spool) spill() error {
	if err := s.st.writable(); err != nil {
		return err
	}
	dir, remove, err := s.st.tempDir(s.ctx)
	if err != nil {
		return err
	}
	s.file, s.remove = filepath.Join(dir, "x"), remove
	r, w := io.Pipe()
	s.pipe, s.restored = w, make(chan error, 1)
	head := bytes.NewReader(s.buf.Bytes())
	go func() { // finish and close wait for it
		err := nar.Restore(io.MultiReader(head, r), s.file, nar.RestoreOptions{})
		r.CloseWithError(cmpErr(err, io.ErrClosedPipe))
		s.restored <- err
	}()
	return nil
}

// cmpErr returns err, or other if it is nil.
func cmpErr(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// finish says that the archive is complete. An object on disk is too when it
// returns.
func (s *spool) finish() error {
	if s.pipe == nil {
		return nil
	}
	s.pipe.Close()
	s.pipe = nil
	s.buf = bytes.Buffer{}
	return <-s.restored
}

// close deletes what was not moved away.
func (s *spool) close() {
	if s.pipe != nil {
		s.pipe.CloseWithError(errors.New("it was not finished"))
		<-s.restored
	}
	if s.remove != nil {
		s.remove()
	}
}
