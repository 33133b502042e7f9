package daemon

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
	"nixbench/store/pending"
)

// AddDerivation adds a store derivation and returns its path. Its inputs must
// be valid, or the daemon refuses it, at the latest in [Store.Flush]. The caller
// must not modify d afterwards.
//
// From then on it is valid for this Store, and never collected while this Store
// is open; it is valid for others after Flush, or as soon as another method
// needs it to be.
func (st *Store) AddDerivation(ctx context.Context, d *drv.Derivation) (store.Path, error) {
	p, add, err := pending.New(st.opts.Dir, d)
	if err == nil && !st.drvs.Known(p) {
		if st.drvs.Add(p, add) {
			err = st.Flush(ctx)
		} else {
			err = ctx.Err()
		}
	}
	if err != nil {
		return "", fmt.Errorf("add derivation %s: %w", d.Name, err)
	}
	return p, nil
}

// Flush makes the derivations that were added valid for all. After an error they
// are still pending.
func (st *Store) Flush(ctx context.Context) error { return st.drvs.Flush(ctx, st.sendDerivations) }

// sendDerivations makes a batch valid, inputs before what refers to them.
func (st *Store) sendDerivations(ctx context.Context, batch map[store.Path]pending.Derivation) error {
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
		return batch[p].Refs, nil
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
func writeDerivation(w io.Writer, p store.Path, d pending.Derivation) error {
	h := nixhash.New(nixhash.SHA256)
	if err := nar.DumpContents(h, d.Text); err != nil {
		return err
	}
	info := &store.PathInfo{
		Path: p, NarHash: h.Sum(), NarSize: h.Size(), References: d.Refs,
		CA: store.ContentAddress{Method: store.Text, Hash: nixhash.Sum(nixhash.SHA256, d.Text)}.String(),
	}
	if _, err := w.Write(new(encoder).path(p).details(info).b); err != nil {
		return err
	}
	return nar.DumpContents(w, d.Text)
}

// ReadDerivation returns the derivation at p. If p is not valid,
// errors.Is(err, store.ErrInvalidPath).
func (st *Store) ReadDerivation(ctx context.Context, p store.Path) (*drv.Derivation, error) {
	if d, found := st.drvs.Get(p); found {
		return d.Drv, nil
	}
	valid, err := st.IsValid(ctx, p)
	if err == nil && !valid {
		err = fmt.Errorf("read %s: %w", p, store.ErrInvalidPath)
	}
	if err != nil {
		return nil, err
	}
	return drv.ReadFile(p, st.RealPath(p))
}

// ReadDerivations calls use with the position and the derivation of each of paths, in that
// order; nil for one that is not valid.
func (st *Store) ReadDerivations(ctx context.Context, paths []store.Path, use func(i int, d *drv.Derivation) error) error {
	valid, err := st.QueryValid(ctx, paths)
	if err != nil {
		return err
	}
	for i, p := range paths {
		if err := ctx.Err(); err != nil {
			return err
		}
		var d *drv.Derivation
		if added, found := st.drvs.Get(p); found {
			d = added.Drv
		} else if _, ok := slices.BinarySearch(valid, p); ok {
			if d, err = drv.ReadFile(p, st.RealPath(p)); err != nil {
				return err
			}
		}
		if err := use(i, d); err != nil {
			return err
		}
	}
	return nil
}
