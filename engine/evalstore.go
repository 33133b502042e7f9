package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"nixbench/engine/build"
	"nixbench/store"
	"nixbench/store/drv"
)

// This file lets evaluations write to a store of their own, as --eval-store says.
// Derivations stay there, and are read from there; the sources that a build needs are
// copied to the store that is built into, and what an evaluation has built for itself is
// copied to its own.

// openEvalStore opens the store that opts say evaluations write to, if that is another.
func (e *Engine) openEvalStore(ctx context.Context, opts Options) error {
	if opts.EvalStoreURI == "" || opts.EvalStoreURI == cmp.Or(opts.StoreURI, e.settings.Store) {
		return nil
	}
	opts.StoreURI, opts.EvalStoreURI = opts.EvalStoreURI, ""
	opts.Location, opts.Settings = nil, e.settings
	evals, err := Open(ctx, opts)
	if err != nil {
		return err
	}
	evals.buildsIn, e.evalsIn = e, evals
	return nil
}

// An evalReader reads a store that is built into, and of the store of evaluations the
// derivations and what is content-addressed, as sources are.
type evalReader struct {
	build.Reader
	evals *Engine
}

// hasSource tells whether the store of evaluations has a derivation or source.
func (r evalReader) hasSource(ctx context.Context, p store.Path) (bool, error) {
	info, err := bothStores{r.evals}.PathInfo(ctx, p)
	if errors.Is(err, store.ErrInvalidPath) {
		return false, nil
	}
	return err == nil && (p.IsDerivation() || info.CA != ""), err
}

// IsValid reports whether either has p.
func (r evalReader) IsValid(ctx context.Context, p store.Path) (bool, error) {
	if valid, err := r.Reader.IsValid(ctx, p); valid || err != nil {
		return valid, err
	}
	return r.hasSource(ctx, p)
}

// QueryValid returns those of paths that either has, sorted without duplicates.
func (r evalReader) QueryValid(ctx context.Context, paths []store.Path) ([]store.Path, error) {
	valid, err := r.Reader.QueryValid(ctx, paths)
	if err != nil {
		return nil, err
	}
	var sources []store.Path
	for _, p := range paths {
		if _, found := slices.BinarySearch(valid, p); found {
			continue
		}
		has, err := r.hasSource(ctx, p)
		if err != nil {
			return nil, err
		}
		if has {
			sources = append(sources, p)
		}
	}
	return store.SortUnique(append(valid, sources...)), nil
}

// PathInfo returns what either knows about p.
func (r evalReader) PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	info, err := r.Reader.PathInfo(ctx, p)
	if errors.Is(err, store.ErrInvalidPath) {
		return bothStores{r.evals}.PathInfo(ctx, p)
	}
	return info, err
}

// ReadDerivation returns a derivation of either.
func (r evalReader) ReadDerivation(ctx context.Context, p store.Path) (*drv.Derivation, error) {
	if valid, err := r.Reader.IsValid(ctx, p); valid || err != nil {
		return r.Reader.ReadDerivation(ctx, p)
	}
	return r.evals.ReadDerivation(ctx, p)
}

// ReadDerivations is ReadDerivation for several.
func (r evalReader) ReadDerivations(ctx context.Context, paths []store.Path, use func(i int, d *drv.Derivation) error) error {
	valid, err := r.Reader.QueryValid(ctx, paths)
	if err != nil {
		return err
	}
	for i, p := range paths {
		from := build.Reader(bothStores{r.evals})
		if _, ours := slices.BinarySearch(valid, p); ours {
			from = r.Reader
		}
		err := from.ReadDerivations(ctx, []store.Path{p}, func(_ int, d *drv.Derivation) error { return use(i, d) })
		if err != nil {
			return err
		}
	}
	return nil
}

// takeSources copies what builds need and only the store of evaluations has.
func (e *Engine) takeSources(ctx context.Context, plan *build.Plan) error {
	var needed []store.Path
	for _, b := range plan.Build {
		d, err := e.ReadDerivation(ctx, b.DrvPath)
		if err != nil {
			return err
		}
		needed = append(needed, d.InputSrcs...)
	}
	return e.takeFromEvals(ctx, needed)
}

// takeDerivations copies the derivations of targets, with all that they refer to: a
// daemon builds only what its store has.
func (e *Engine) takeDerivations(ctx context.Context, targets []store.DerivedPath) error {
	paths := make([]store.Path, len(targets))
	for i, target := range targets {
		paths[i] = target.Path
	}
	return e.takeFromEvals(ctx, paths)
}

// takeFromEvals copies those of paths that the store of evaluations has and e's has not,
// with what they refer to.
func (e *Engine) takeFromEvals(ctx context.Context, paths []store.Path) error {
	have, err := bothStores{e}.QueryValid(ctx, paths)
	if err != nil {
		return err
	}
	lacking := without(paths, have)
	if lacking, err = (bothStores{e.evalsIn}).QueryValid(ctx, lacking); err != nil || len(lacking) == 0 {
		return err
	}
	closure, err := store.Requisites(ctx, store.References(bothStores{e.evalsIn}), lacking...)
	if err != nil {
		return err
	}
	return e.evalsIn.CopyPaths(ctx, e, closure, CopyOptions{Unsigned: true})
}

// realiseFor builds targets for an evaluation, whose store gets what comes of them.
func (e *Engine) realiseFor(ctx context.Context, targets []store.DerivedPath) (*Result, error) {
	if e.buildsIn == nil {
		return e.Realise(ctx, targets)
	}
	result, err := e.buildsIn.Realise(ctx, targets)
	if err != nil || result.Err() != nil {
		return result, err
	}
	var made []store.Path
	for _, outcome := range result.Outcomes {
		for _, p := range outcome.Outputs {
			made = append(made, p)
		}
	}
	closure, err := store.Requisites(ctx, store.References(bothStores{e.buildsIn}), made...)
	if err != nil {
		return nil, err
	}
	return result, e.buildsIn.CopyPaths(ctx, e, closure, CopyOptions{})
}

// reader is what building reads of the store.
func (s buildStore) reader() build.Reader {
	if s.engine.evalsIn == nil {
		return s.Store
	}
	return evalReader{s.Store, s.engine.evalsIn}
}

// IsValid and the others are those of the reader.
func (s buildStore) IsValid(ctx context.Context, p store.Path) (bool, error) {
	return s.reader().IsValid(ctx, p)
}

// QueryValid returns those of paths that are valid.
func (s buildStore) QueryValid(ctx context.Context, paths []store.Path) ([]store.Path, error) {
	return s.reader().QueryValid(ctx, paths)
}

// ReadDerivation returns a derivation that is built.
func (s buildStore) ReadDerivation(ctx context.Context, p store.Path) (*drv.Derivation, error) {
	return s.reader().ReadDerivation(ctx, p)
}

// ReadDerivations is ReadDerivation for several.
func (s buildStore) ReadDerivations(ctx context.Context, paths []store.Path, use func(i int, d *drv.Derivation) error) error {
	return s.reader().ReadDerivations(ctx, paths, use)
}
