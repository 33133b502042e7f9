package repl

import "slices"

// This file lets what is typed be completed and explained while an input is carried
// out, which may take as long as a build does.

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
	s.aside.Store(&sitting{
		common: s.common, turn: make(chan struct{}, 1), handles: make(map[Handle]*handled),
		ev: s.ev, scope: s.scope, args: s.args, names: slices.Clip(s.names), trail: trail,
		loaded: slices.Clone(s.loaded), bound: slices.Clone(s.bound), watched: slices.Clone(s.watched), depth: s.depth,
	})
	return func() { s.aside.Store(nil) }
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
