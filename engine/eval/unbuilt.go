package eval

import (
	"context"
	"errors"

	"nixbench/store"
)

// This file evaluates without building anything.

// ErrMustBuild reports that something has to be built for a value to be known.
var ErrMustBuild = errors.New("something has to be built first")

// buildsKey is the key of contexts that say whether builds are allowed.
type buildsKey struct{}

// AllowBuilds returns a context with which evaluations may build what they read, which is
// so by default, or may not: then they end with [ErrMustBuild] instead, and leave values as
// they were.
func AllowBuilds(ctx context.Context, allowed bool) context.Context {
	return context.WithValue(ctx, buildsKey{}, allowed)
}

// Glance is [Evaluator.Expand] that builds nothing.
func (ev *Evaluator) Glance(ctx context.Context, v Value) (snap Snapshot, err error) {
	return ev.Expand(AllowBuilds(ctx, false), v)
}

// A Foreteller is a [World] that knows whether Realise would build something.
type Foreteller interface {
	World
	MustBuild(ctx context.Context, elems StringContext) (bool, error)
}

// An idle World builds nothing, and notes that it should have.
type idle struct {
	World
	s    *State
	must *bool
}

// keepIdle lets s build nothing if its context says so. The result tells afterwards
// whether it should have.
func (s *State) keepIdle() (must *bool) {
	must = new(bool)
	if allowed, ok := s.ctx.Value(buildsKey{}).(bool); ok && !allowed {
		s.world = around(s.world, func(w World) World { return idle{w, s, must} })
	}
	return must
}

func (i idle) Realise(ctx context.Context, elems StringContext) (map[string]store.Path, error) {
	if w, ok := i.World.(Foreteller); ok {
		if must, err := w.MustBuild(ctx, elems); err == nil && !must {
			return i.World.Realise(ctx, elems)
		}
	}
	*i.must = true
	i.s.giveUp()
	return nil, nil
}
