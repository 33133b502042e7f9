package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"nixbench/engine/build"
	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/nar"
)

// This file uses the machine's store beside the one that is built into. It is
// only read. What is valid there is not built, but copied, with all that it
// refers to, as soon as something of ours is to refer to it: a build, a root, a
// profile, a derivation.

// bothStores reads the store that is built into and the machine's as one.
type bothStores struct{ *Engine }

var _ build.Reader = bothStores{}

func (b bothStores) Dir() store.Dir { return b.store.Dir() }

func (b bothStores) IsValid(ctx context.Context, p store.Path) (bool, error) {
	valid, err := b.store.IsValid(ctx, p)
	if valid || err != nil || b.machine == nil {
		return valid, err
	}
	return b.machine.IsValid(ctx, p)
}

func (b bothStores) QueryValid(ctx context.Context, paths []store.Path) ([]store.Path, error) {
	valid, err := b.store.QueryValid(ctx, paths)
	if err != nil || b.machine == nil || len(valid) == len(paths) {
		return valid, err
	}
	more, err := b.machine.QueryValid(ctx, paths)
	if err != nil {
		return nil, err
	}
	valid = append(valid, more...)
	slices.Sort(valid)
	return slices.Compact(valid), nil
}

func (b bothStores) ReadDerivations(ctx context.Context, paths []store.Path, use func(i int, d *drv.Derivation) error) error {
	if b.machine == nil {
		return b.store.ReadDerivations(ctx, paths, use)
	}
	var mu sync.Mutex // guards rest
	var rest []int
	err := b.store.ReadDerivations(ctx, paths, func(i int, d *drv.Derivation) error {
		if d != nil {
			return use(i, d)
		}
		mu.Lock()
		defer mu.Unlock()
		rest = append(rest, i)
		return nil
	})
	if err != nil {
		return err
	}
	others := make([]store.Path, len(rest))
	for i, at := range rest {
		others[i] = paths[at]
	}
	return b.machine.ReadDerivations(ctx, others, func(i int, d *drv.Derivation) error { return use(rest[i], d) })
}

func (b bothStores) Realisation(ctx context.Context, drvPath store.Path, output store.OutputName) (store.Realisation, bool, error) {
	r, ok, err := b.store.Realisation(ctx, drvPath, output)
	if ok || err != nil || b.machine == nil {
		return r, ok, err
	}
	return b.machine.Realisation(ctx, drvPath, output)
}

func (b bothStores) PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	st, err := b.StoreOf(ctx, p)
	if err != nil {
		return nil, err
	}
	return st.PathInfo(ctx, p)
}

func (b bothStores) Referrers(ctx context.Context, p store.Path) ([]store.Path, error) {
	referrers, err := b.store.Referrers(ctx, p)
	if err != nil || b.machine == nil {
		return referrers, err
	}
	more, err := b.machine.Referrers(ctx, p)
	if err != nil {
		return nil, err
	}
	referrers = append(referrers, more...)
	slices.Sort(referrers)
	return slices.Compact(referrers), nil
}

func (b bothStores) RealPath(p store.Path) string { return b.realPath(string(p)) }

// A profileStore is where the generations of profiles are: a user's profile
// may well lead to what only the machine's store has.
type profileStore struct {
	backend // of the engine: locks, roots
	both    bothStores
}

func (e *Engine) profileStore() profileStore { return profileStore{e.store, bothStores{e}} }

// IsValid reports whether either store has p.
func (s profileStore) IsValid(ctx context.Context, p store.Path) (bool, error) {
	return s.both.IsValid(ctx, p)
}

// adopt makes paths that only the machine's store has valid in ours, with all
// that they refer to. Those that neither has are passed over. Of all of them
// none is collected while the engine is open.
func (e *Engine) adopt(ctx context.Context, paths ...store.Path) error {
	if e.machine == nil || e.store.ReadOnly() {
		return nil
	}
	if paths = e.ours.without(paths); len(paths) == 0 {
		return nil
	}
	ctx, done := e.work.begin(ctx)
	defer done()
	infos, err := e.onlyMachine(ctx, paths, true)
	if err != nil {
		return fmt.Errorf("copy from %s: %w", e.machine.RealDir(), err)
	}
	acts := make([]event.Activity, len(infos))
	for i, info := range infos {
		acts[i] = event.Activity{
			ID: e.hub.NewID(), Kind: event.CopyPath, Name: info.Path.Name(), Subject: string(info.Path), Total: info.NarSize,
		}
		e.hub.Post(acts[i])
	}
	for i, info := range infos {
		if err = e.copyFromMachine(ctx, info, &acts[i]); err != nil {
			for _, act := range acts[i+1:] {
				act.State = event.Cancelled
				e.hub.Post(act)
			}
			return fmt.Errorf("copy %s from %s: %w", info.Path, e.machine.RealDir(), err)
		}
		e.ours.add(info.Path)
	}
	return nil
}

// A pathSet is paths that stay valid for as long as the store is open, since
// temporary roots keep them. The zero value is empty; it is safe for
// concurrent use.
type pathSet struct {
	mu    sync.Mutex // mu guards paths
	paths map[store.Path]bool
}

func (s *pathSet) add(p store.Path) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.paths == nil {
		s.paths = make(map[store.Path]bool)
	}
	s.paths[p] = true
}

func (s *pathSet) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.paths)
}

// without returns those of paths that are not in the set.
func (s *pathSet) without(paths []store.Path) []store.Path {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rest []store.Path
	for _, p := range paths {
		if !s.paths[p] {
			rest = append(rest, p)
		}
	}
	return rest
}

// onlyMachine returns what of the closure of paths is valid in the machine's
// store and not in ours, each after what it refers to. If keep is true, what is
// valid in ours and stands at the edge is kept from being collected.
func (e *Engine) onlyMachine(ctx context.Context, paths []store.Path, keep bool) ([]*store.PathInfo, error) {
	infos := make(map[store.Path]*store.PathInfo)
	var found []store.Path
	refs := func(ctx context.Context, p store.Path) ([]store.Path, error) {
		if keep {
			if err := e.store.AddTempRoot(ctx, p); err != nil {
				return nil, err
			}
		}
		if valid, err := e.store.IsValid(ctx, p); valid || err != nil {
			if keep && err == nil {
				e.ours.add(p)
			}
			return nil, err
		}
		info, err := e.machine.PathInfo(ctx, p)
		if errors.Is(err, store.ErrInvalidPath) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		infos[p] = info
		found = append(found, p)
		return info.References, nil
	}
	if _, err := store.Requisites(ctx, refs, paths...); err != nil {
		return nil, err
	}
	sorted, err := store.TopoSort(ctx, found, func(_ context.Context, p store.Path) ([]store.Path, error) {
		return infos[p].References, nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]*store.PathInfo, len(sorted))
	for i, p := range sorted {
		out[i] = infos[p]
	}
	return out, nil
}

// copyFromMachine copies one path, whose references ours has, and tells of it.
func (e *Engine) copyFromMachine(ctx context.Context, info *store.PathInfo, act *event.Activity) error {
	act.State, act.Started = event.Running, time.Now()
	e.hub.Post(*act)
	err := e.copyPath(ctx, info, func(done int64) {
		act.Done = done
		e.hub.Post(*act)
	})
	if err == nil {
		act.Done, act.Outputs = act.Total, []string{act.Subject}
	}
	e.finish(ctx, act, err)
	return err
}

// copyPath copies one path. Derivations are written in a batch with others.
func (e *Engine) copyPath(ctx context.Context, info *store.PathInfo, progress func(done int64)) error {
	if info.Path.IsDerivation() {
		d, err := e.machine.ReadDerivation(ctx, info.Path)
		if err != nil {
			return err
		}
		p, err := e.store.AddDerivation(ctx, d)
		if err == nil && p != info.Path {
			err = fmt.Errorf("its contents are those of %s", p)
		}
		return err
	}
	copied := *info
	copied.Ultimate = false // it was not built here
	copied.RegistrationTime = 0
	return store.Pipe(func(w io.Writer) error {
		return nar.Dump(&copyMeter{w: w, report: progress}, e.machine.RealPath(info.Path), nil)
	}, func(r io.Reader) error { return e.store.AddNAR(ctx, &copied, r) })
}

// copyStep is how many bytes are copied between two reports.
const copyStep = 1 << 20

// A copyMeter tells of what passes through it.
type copyMeter struct {
	w      io.Writer
	report func(done int64)

	done, reported int64
}

func (m *copyMeter) Write(b []byte) (int, error) {
	n, err := m.w.Write(b)
	m.done += int64(n)
	if m.done-m.reported >= copyStep {
		m.reported = m.done
		m.report(m.done)
	}
	return n, err
}
