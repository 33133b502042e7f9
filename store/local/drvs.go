package local

// Instantiation adds derivations by the thousand. They are kept in memory until
// there are many or someone needs one on disk, and then written, synced
// and registered together.

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nixhash"
)

// What is pending is written when it reaches one of these.
const (
	maxPending      = 1000
	maxPendingBytes = 16 << 20
)

// A pendingDrv is a derivation that is not on disk yet.
type pendingDrv struct {
	d    *drv.Derivation
	text []byte
	refs []store.Path
}

// A drvBatch holds the pending derivations and what is known without asking
// the database. It is safe for concurrent use.
type drvBatch struct {
	flushing sync.Mutex // held while a batch is written

	mu      sync.Mutex // mu guards the fields below
	pending map[store.Path]pendingDrv
	bytes   int
	// writing is the batch that is being written; it is still pending for
	// those who ask.
	writing map[store.Path]pendingDrv
	// kept holds the derivations that were valid after this process had made
	// them temporary roots: they stay so.
	kept map[store.Path]bool
	// ids holds rows of the database. They may be gone: ids are not used again,
	// so that a reference to one fails.
	ids map[store.Path]int64
}

func (b *drvBatch) init() {
	b.pending = make(map[store.Path]pendingDrv)
	b.kept = make(map[store.Path]bool)
	b.ids = make(map[store.Path]int64)
}

// has reports whether p is pending.
func (b *drvBatch) has(p store.Path) bool {
	_, found := b.get(p)
	return found
}

func (b *drvBatch) get(p store.Path) (pendingDrv, bool) {
	if !p.IsDerivation() {
		return pendingDrv{}, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if d, found := b.pending[p]; found {
		return d, true
	}
	d, found := b.writing[p]
	return d, found
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
	maps.Copy(b.ids, ids)
}

// forget drops what may have been collected.
func (b *drvBatch) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.ids)
	clear(b.kept)
}

// AddDerivation adds a store derivation and returns its path. Its inputs must
// be valid, or errors.Is(err, store.ErrInvalidPath), and its outputs where they
// have to be. The caller must not modify d afterwards.
//
// From then on it is valid for this Store, and never collected while this Store
// is open; it is on disk, and valid for others, after [Store.Flush], or as soon
// as another method needs it to be.
func (st *Store) AddDerivation(ctx context.Context, d *drv.Derivation) (store.Path, error) {
	text := d.ATerm()
	refs := d.References()
	p, err := st.dir.TextPath(d.Name+drv.Suffix, nixhash.Sum(nixhash.SHA256, text), refs)
	if err == nil {
		err = st.addDerivation(ctx, p, pendingDrv{d, text, refs})
	}
	if err != nil {
		return "", fmt.Errorf("add derivation %s: %w", d.Name, err)
	}
	return p, nil
}

func (st *Store) addDerivation(ctx context.Context, p store.Path, add pendingDrv) error {
	b := &st.drvs
	b.mu.Lock()
	known := b.kept[p] || b.pending[p].d != nil || b.writing[p].d != nil
	b.mu.Unlock()
	if known {
		return nil
	}
	if err := st.modulo.CheckOutputs(add.d); err != nil {
		return err
	}
	if !st.ReadOnly() {
		// So that what is seen to be valid stays so.
		if err := st.addTempRoots(ctx, append([]store.Path{p}, add.refs...)...); err != nil {
			return err
		}
	}
	valid, err := st.isValid(ctx, p)
	if err != nil {
		return err
	}
	if valid {
		b.mu.Lock()
		b.kept[p] = true
		b.mu.Unlock()
		return nil
	}
	if err := st.Writable(); err != nil {
		return err
	}
	for _, ref := range add.refs {
		if err := st.checkInput(ctx, ref); err != nil {
			return err
		}
	}
	b.mu.Lock()
	b.pending[p] = add
	b.bytes += len(add.text)
	full := len(b.pending) >= maxPending || b.bytes >= maxPendingBytes
	b.mu.Unlock()
	if full {
		return st.Flush(ctx)
	}
	return nil
}

// checkInput reports an error unless p is valid or pending.
func (st *Store) checkInput(ctx context.Context, p store.Path) error {
	b := &st.drvs
	b.mu.Lock()
	known := b.kept[p] || b.pending[p].d != nil || b.writing[p].d != nil
	b.mu.Unlock()
	if known {
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
	if d, found := st.drvs.get(p); found {
		return d.d, nil
	}
	text, err := os.ReadFile(st.RealPath(p))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p, err)
	}
	d, err := drv.ParseChecked(p, text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p, err)
	}
	return d, nil
}

// flushFor flushes if p is pending.
func (st *Store) flushFor(ctx context.Context, p store.Path) error {
	if !st.drvs.has(p) {
		return nil
	}
	return st.Flush(ctx)
}

// Flush writes the derivations that were added to disk and makes them valid for
// all. After an error they are still pending.
func (st *Store) Flush(ctx context.Context) error {
	b := &st.drvs
	b.mu.Lock()
	idle := len(b.pending) == 0 && b.writing == nil
	b.mu.Unlock()
	if idle {
		return nil
	}
	b.flushing.Lock()
	defer b.flushing.Unlock()
	b.mu.Lock()
	b.writing, b.pending, b.bytes = b.pending, make(map[store.Path]pendingDrv), 0
	batch := b.writing
	b.mu.Unlock()
	err := st.writeDerivations(ctx, batch)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.writing = nil
	if err != nil {
		for p, d := range batch {
			b.pending[p] = d
			b.bytes += len(d.text)
		}
		return fmt.Errorf("write derivations: %w", err)
	}
	for p := range batch {
		b.kept[p] = true
	}
	return nil
}

// writeDerivations writes a batch, in parts small enough that the locks of all
// its paths can be held at once.
func (st *Store) writeDerivations(ctx context.Context, batch map[store.Path]pendingDrv) error {
	if len(batch) == 0 {
		return nil
	}
	// Inputs before what refers to them, since each part must be complete.
	order, err := store.TopoSort(ctx, slices.Sorted(maps.Keys(batch)), func(_ context.Context, p store.Path) ([]store.Path, error) {
		return batch[p].refs, nil
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
		if err := writeText(file, batch[p].text); err != nil {
			return err
		}
		info, err := textInfo(p, batch[p].text, batch[p].refs)
		if err != nil {
			return err
		}
		objs = append(objs, object{info, file})
		checked[p] = batch[p].d
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
	return int(min(max(limit.Cur/4, 16), maxPending))
}
