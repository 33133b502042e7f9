package repl

import (
	"context"
	"errors"
	"slices"
)

// This file lets what is typed be completed and explained, and results be looked at,
// while an input is carried out, which may take as long as a build does.

// beside returns the sitting that answers without waiting for the input that is carried
// out: one with what was bound before it, which binds nothing itself; s if there is no
// input.
func (s *sitting) beside() *sitting {
	if a := s.aside.Load(); a != nil {
		return a
	}
	return s
}

// openAside makes the sitting of [sitting.beside] for the time of an input and returns
// what ends it. A sitting with a debugger has none: evaluations stop in the middle there.
func (s *sitting) openAside() (closeIt func()) {
	if s.opts.Debugger || s.attached || s.stopped {
		return func() {}
	}
	trail := s.trail
	trail.steps = slices.Clip(trail.steps)
	s.lent = true
	s.lend(&sitting{
		common: s.common, turn: make(chan struct{}, 1), handles: s.handles,
		ev: s.ev, scope: s.scope, args: s.args, names: slices.Clip(s.names), trail: trail,
		loaded: slices.Clone(s.loaded), bound: slices.Clone(s.bound), watched: slices.Clone(s.watched), depth: s.depth,
	})
	return func() { s.lend(nil) }
}

// beginLook waits until values may be looked at, beside the input if one is carried out or
// begins meanwhile. It returns the sitting to do it with and the function that ends it.
func (s *sitting) beginLook(ctx context.Context) (at *sitting, end func(), err error) {
	endTurn, err := besideInput(s, func(beside *sitting) (func(), error) {
		at = beside
		return beside.beginBeside(ctx)
	})
	if err != nil {
		return nil, nil, err
	}
	endLook, err := s.handles.look(ctx)
	if err != nil {
		endTurn()
		return nil, nil, err
	}
	return at, func() { endLook(); endTurn() }, nil
}

// errLent reports that an input has begun meanwhile: it is to be asked beside it.
var errLent = errors.New("an input has begun")

// besideInput calls f with the sitting that answers without waiting for an input, again if
// it says errLent.
func besideInput[T any](s *sitting, f func(*sitting) (T, error)) (T, error) {
	for {
		v, err := f(s.beside())
		if !errors.Is(err, errLent) {
			return v, err
		}
	}
}

// beginBeside is begin for what may be asked beside an input: it says errLent if one begins
// before the turn comes.
func (s *sitting) beginBeside(ctx context.Context) (end func(), err error) {
	select {
	case s.turn <- struct{}{}:
		return s.begun(ctx)
	case <-s.lending():
		return nil, errLent
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// lending returns a channel that is closed while there is a sitting beside this one; nil for
// one that is beside another.
func (s *sitting) lending() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// lend makes a sitting the one beside this; nil for none.
func (s *sitting) lend(a *sitting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.aside.Store(a)
	if a != nil {
		close(s.opened)
	} else {
		s.opened = make(chan struct{})
	}
}

// ownScopes makes the scopes the sitting's own before a name is defined in one: those of the
// sitting beside it stay as they are.
func (s *sitting) ownScopes() {
	if !s.lent {
		return
	}
	s.lent = false
	s.scope = s.scope.Clone()
	if s.trail.scope != nil {
		s.trail.scope = s.trail.scope.Clone()
	}
}
