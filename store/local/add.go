package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

	"nixbench/store"
	"nixbench/store/githash"
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
		err = st.addOnce(ctx, p, refs, func(dir string) (*store.PathInfo, error) {
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
// directory under the base name of p and describes it; it refers to refs at the most.
func (st *Store) addOnce(ctx context.Context, p store.Path, refs []store.Path, make func(dir string) (*store.PathInfo, error)) error {
	if st.ReadOnly() {
		valid, err := st.isValid(ctx, p)
		if err == nil && !valid {
			err = st.Writable()
		}
		return err
	}
	if err := st.addTempRoots(ctx, p); err != nil {
		return err
	}
	st.CollectIfFull(ctx)
	// What refers to pending derivations needs them valid; and so may p be.
	for _, pending := range append([]store.Path{p}, refs...) {
		if err := st.flushFor(ctx, pending); err != nil {
			return err
		}
	}
	if has, err := st.has(ctx, p); err != nil || has {
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
	if algo == 0 {
		algo = nixhash.SHA256
	}
	in := &spool{stopped: ctx.Err, early: st.earlySync(), tempDir: func() (string, func() error, error) { return st.TempDir(ctx) }}
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
	case store.Git:
		// Not in the order of the archive, so it is read twice.
		if err := nar.Dump(sink, file, filter); err != nil {
			return "", err
		}
		var err error
		if ca.Hash, err = githash.Sum(ctx, file, algo, githash.Filter(filter)); err != nil {
			return "", err
		}
	default:
		return "", fmt.Errorf("unknown ingestion method %s", method)
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
		return st.addOnce(ctx, info.Path, info.References, func(dir string) (*store.PathInfo, error) {
			return info, nar.Restore(&in.buf, filepath.Join(dir, info.Path.Base()), nar.RestoreOptions{})
		})
	}
	if err := st.addTempRoots(ctx, info.Path); err != nil {
		return err
	}
	if err := st.flushFor(ctx, info.Path); err != nil {
		return err
	}
	if has, err := st.has(ctx, info.Path); err != nil || has {
		return err
	}
	return st.addMade(ctx, info, in.file)
}

// dumpFlat writes the archive of a regular file as one that is not executable
// to sink, and its contents to contents.
func dumpFlat(sink, contents io.Writer, file string) error {
	f, size, err := nar.OpenFlat(file)
	if err != nil {
		return err
	}
	defer f.Close()
	w := nar.NewWriter(sink)
	if err := w.WriteHeader(&nar.Header{Type: nar.Regular, Size: size}); err != nil {
		return err
	}
	if _, err := io.Copy(io.MultiWriter(w, contents), f); err != nil {
		return err
	}
	return w.Close()
}
