package local

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/pending"
)

// A drvBatch holds the pending derivations and which rows of the database are
// known without asking. It is safe for concurrent use.
type drvBatch struct {
	pending.Batch

	mu sync.Mutex
	// ids, guarded by mu, holds rows of the database. They may be gone: ids are not
	// used again, so that a reference to one fails.
	ids map[store.Path]int64
}

// id returns the row of p if it is remembered.
func (b *drvBatch) id(p store.Path) (int64, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	id, found := b.ids[p]
	return id, found
}

func (b *drvBatch) remember(ids map[store.Path]int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ids == nil {
		b.ids = make(map[store.Path]int64)
	}
	maps.Copy(b.ids, ids)
}

// forget drops what may have been collected.
func (b *drvBatch) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.ids)
	b.Forget()
}

// AddDerivation adds a store derivation and returns its path. Its inputs must
// be valid, or errors.Is(err, store.ErrInvalidPath), and its outputs where they
// have to be. The caller must not modify d afterwards.
//
// From then on it is valid for this Store, and never collected while this Store
// is open; it is on disk, and valid for others, after [Store.Flush], or as soon
// as another method needs it to be.
func (st *Store) AddDerivation(ctx context.Context, d *drv.Derivation) (store.Path, error) {
	p, add, err := pending.New(st.dir, d)
	if err == nil {
		err = st.addDerivation(ctx, p, add)
	}
	if err != nil {
		return "", fmt.Errorf("add derivation %s: %w", d.Name, err)
	}
	return p, nil
}

func (st *Store) addDerivation(ctx context.Context, p store.Path, add pending.Derivation) error {
	if st.drvs.Known(p) {
		return nil
	}
	if err := st.modulo.CheckAdded(p, add.Drv); err != nil {
		return err
	}
	if !st.ReadOnly() {
		// So that what is seen to be valid stays so.
		if err := st.addTempRoots(ctx, append([]store.Path{p}, add.Refs...)...); err != nil {
			return err
		}
	}
	has, err := st.has(ctx, p)
	if err != nil {
		return err
	}
	if has {
		st.drvs.Keep(p)
		return nil
	}
	if err := st.Writable(); err != nil {
		return err
	}
	for _, ref := range add.Refs {
		if err := st.checkInput(ctx, ref); err != nil {
			return err
		}
	}
	if st.drvs.Add(p, add) {
		return st.Flush(ctx)
	}
	return nil
}

// checkInput reports an error unless p is valid or pending.
func (st *Store) checkInput(ctx context.Context, p store.Path) error {
	if st.drvs.Known(p) {
		return nil
	}
	valid, err := st.isValid(ctx, p)
	if err == nil && !valid {
		err = fmt.Errorf("input %s: %w", p, store.ErrInvalidPath)
	}
	return err
}

// loadDerivation returns the derivation at p, pending or on disk, valid or not,
// if its text is what p says.
func (st *Store) loadDerivation(p store.Path) (*drv.Derivation, error) {
	if d, found := st.drvs.Get(p); found {
		return d.Drv, nil
	}
	return drv.ReadFile(p, st.RealPath(p))
}

// flushFor flushes if p is pending.
func (st *Store) flushFor(ctx context.Context, p store.Path) error {
	if !st.drvs.Has(p) {
		return nil
	}
	return st.Flush(ctx)
}

// Flush writes the derivations that were added to disk and makes them valid for
// all. After an error they are still pending.
func (st *Store) Flush(ctx context.Context) error { return st.drvs.Flush(ctx, st.writeDerivations) }

// writeDerivations writes a batch, in parts small enough that the locks of all
// its paths can be held at once.
func (st *Store) writeDerivations(ctx context.Context, batch map[store.Path]pending.Derivation) error {
	// Inputs before what refers to them, since each part must be complete.
	order, err := store.TopoSort(ctx, slices.Sorted(maps.Keys(batch)), func(_ context.Context, p store.Path) ([]store.Path, error) {
		return batch[p].Refs, nil
	})
	if err != nil {
		return err
	}
	dir, remove, err := st.tempDir(ctx)
	if err != nil {
		return err
	}
	defer remove()
	var objs []object
	checked := make(map[store.Path]*drv.Derivation, len(batch))
	for _, p := range order {
		if err := ctx.Err(); err != nil {
			return err
		}
		file := filepath.Join(dir, p.Base())
		if err := writeText(file, batch[p].Text); err != nil {
			return err
		}
		info, err := textInfo(p, batch[p].Text, batch[p].Refs)
		if err != nil {
			return err
		}
		objs = append(objs, object{info, file})
		checked[p] = batch[p].Drv
	}
	if err := st.syncTrees(st.realDir, dir); err != nil {
		return err
	}
	for part := range slices.Chunk(objs, maxLocks()) {
		if err := st.installLocked(ctx, part, checked); err != nil {
			return err
		}
	}
	return nil
}

// maxLocks returns how many locks may be held at once: a fraction of the
// descriptors that the process may have.
func maxLocks() int {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil {
		return 64
	}
	return int(min(max(limit.Cur/4, 16), pending.Max))
}
