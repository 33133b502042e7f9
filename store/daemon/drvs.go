package daemon

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// Instantiation adds derivations by the thousand. They are kept in memory until
// there are many or someone needs one to be valid, and then sent together.

// What is pending is sent when it reaches one of these.
const (
	maxPending      = 1000
	maxPendingBytes = 16 << 20
)

// A pendingDrv is a derivation that the daemon does not have yet.
type pendingDrv struct {
	d    *drv.Derivation
	text []byte
	refs []store.Path
}

// A drvBatch holds the pending derivations. It is safe for concurrent use.
type drvBatch struct {
	flushing sync.Mutex // held while a batch is sent

	mu      sync.Mutex // mu guards the fields below
	pending map[store.Path]pendingDrv
	writing map[store.Path]pendingDrv // the batch that is being sent, still pending for those who ask
	bytes   int
	kept    map[store.Path]bool // valid, and a temporary root
}

func (b *drvBatch) init() {
	b.pending = make(map[store.Path]pendingDrv)
	b.kept = make(map[store.Path]bool)
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

// has reports whether p is pending.
func (b *drvBatch) has(p store.Path) bool {
	_, found := b.get(p)
	return found
}

// known reports whether p is pending, or known to be valid.
func (b *drvBatch) known(p store.Path) bool {
	b.mu.Lock()
	kept := b.kept[p]
	b.mu.Unlock()
	return kept || b.has(p)
}

func (b *drvBatch) keep(p store.Path) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.kept[p] = true
}

// forget drops what may be collected from now on.
func (b *drvBatch) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.kept)
}

// AddDerivation adds a store derivation and returns its path. Its inputs must
// be valid, or the daemon refuses it, at the latest in [Store.Flush]. The caller
// must not modify d afterwards.
//
// From then on it is valid for this Store, and never collected while this Store
// is open; it is valid for others after Flush, or as soon as another method
// needs it to be.
func (st *Store) AddDerivation(ctx context.Context, d *drv.Derivation) (store.Path, error) {
	add := pendingDrv{d, d.ATerm(), d.References()}
	p, err := st.opts.Dir.TextPath(d.Name+drv.Suffix, nixhash.Sum(nixhash.SHA256, add.text), add.refs)
	if err == nil && !st.drvs.known(p) {
		err = st.addDerivation(ctx, p, add)
	}
	if err != nil {
		return "", fmt.Errorf("add derivation %s: %w", d.Name, err)
	}
	return p, nil
}

func (st *Store) addDerivation(ctx context.Context, p store.Path, add pendingDrv) error {
	b := &st.drvs
	b.mu.Lock()
	b.pending[p] = add
	b.bytes += len(add.text)
	full := len(b.pending) >= maxPending || b.bytes >= maxPendingBytes
	b.mu.Unlock()
	if full {
		return st.Flush(ctx)
	}
	return ctx.Err()
}

// Flush makes the derivations that were added valid for all. After an error they
// are still pending.
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
	err := st.sendDerivations(ctx, batch)
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

// sendDerivations makes a batch valid, inputs before what refers to them.
func (st *Store) sendDerivations(ctx context.Context, batch map[store.Path]pendingDrv) error {
	if len(batch) == 0 {
		return nil
	}
	all := slices.Sorted(maps.Keys(batch))
	if err := st.roots.Add(ctx, all...); err != nil {
		return err
	}
	valid := make(map[store.Path]bool)
	err := st.with(ctx, func(c *conn) error {
		if err := c.request(op(opQueryValidPaths).paths(all).number(0), st.opts.Report, st.quick()); err != nil {
			return err
		}
		for _, p := range c.dec.paths() {
			valid[p] = true
		}
		return c.dec.err
	})
	if err != nil {
		return err
	}
	todo := slices.DeleteFunc(all, func(p store.Path) bool { return valid[p] })
	if todo, err = store.TopoSort(ctx, todo, func(_ context.Context, p store.Path) ([]store.Path, error) {
		return batch[p].refs, nil
	}); err != nil || len(todo) == 0 {
		return err
	}
	e := op(opAddMultipleToStore).flag(false).flag(true)
	return st.with(ctx, func(c *conn) error {
		return st.upload(c, e, func(w io.Writer) error {
			if _, err := w.Write(new(encoder).number(uint64(len(todo))).b); err != nil {
				return err
			}
			for _, p := range todo {
				if err := writeDerivation(w, p, batch[p]); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	})
}

// writeDerivation writes what is known about a derivation, and its archive.
func writeDerivation(w io.Writer, p store.Path, d pendingDrv) error {
	h := nixhash.New(nixhash.SHA256)
	if err := nar.DumpContents(h, d.text); err != nil {
		return err
	}
	info := &store.PathInfo{
		Path: p, NarHash: h.Sum(), NarSize: h.Size(), References: d.refs,
		CA: store.ContentAddress{Method: store.Text, Hash: nixhash.Sum(nixhash.SHA256, d.text)}.String(),
	}
	if _, err := w.Write(new(encoder).path(p).details(info).b); err != nil {
		return err
	}
	return nar.DumpContents(w, d.text)
}

// ReadDerivation returns the derivation at p. If p is not valid,
// errors.Is(err, store.ErrInvalidPath).
func (st *Store) ReadDerivation(ctx context.Context, p store.Path) (*drv.Derivation, error) {
	if d, found := st.drvs.get(p); found {
		return d.d, nil
	}
	valid, err := st.IsValid(ctx, p)
	if err == nil && !valid {
		err = fmt.Errorf("read %s: %w", p, store.ErrInvalidPath)
	}
	if err != nil {
		return nil, err
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
