package engine

import (
	"fmt"
	"sync/atomic"

	"nixbench/engine/settings"
	"nixbench/store/local"
)

// builders are what builds, with the settings of their own.
type builders struct {
	settings *settings.Settings
	usual    builder
	keeper   builder // keeps the directories of failed builds too
	running  atomic.Int64
	before   atomic.Pointer[builders] // those with other settings; their builds may go on
}

// useBuilders makes the builders those of all that begins from now on.
// Engine.changing is held, or nothing can run yet.
func (e *Engine) useBuilders(set *settings.Settings, usual, keeper builder) {
	b := &builders{settings: set, usual: usual, keeper: keeper}
	b.before.Store(e.builders.Load())
	e.builders.Store(b)
	for next := b.before.Load(); next != nil; next = next.before.Load() {
		if next.running.Load() == 0 { // and will be: see beginBuild
			b.before.Store(next.before.Load())
		} else {
			b = next
		}
	}
}

// beginBuild returns the builders, which work until end is called.
func (e *Engine) beginBuild() (b *builders, end func()) {
	for {
		b := e.builders.Load()
		b.running.Add(1)
		if b == e.builders.Load() {
			return b, func() { b.running.Add(-1) }
		}
		b.running.Add(-1) // others have come, and may have forgotten it
	}
}

// ChangeSetting gives a setting another value, written as in nix.conf, for all builds
// and collections that begin from now on. What runs goes on as it was begun.
//
// Settings that are read only once are refused, with an error that says when.
func (e *Engine) ChangeSetting(name, value string) error {
	e.changing.Lock()
	defer e.changing.Unlock()
	set := e.Settings().Clone()
	if err := set.Set(name, value); err != nil {
		return err
	}
	switch about, ok := settings.AboutOf(settings.Canonical(name)); {
	case !ok || about.When == settings.Never:
		return fmt.Errorf("setting '%s' is one of Nix that means nothing here", name)
	case about.When == settings.AtEvaluator:
		return fmt.Errorf("setting '%s' is read when the session begins: start with --option %s %s", name, name, value)
	case about.When == settings.AtStart:
		return fmt.Errorf("setting '%s' is read when the store is opened: start with --option %s %s", name, name, value)
	}
	switch st := e.store.(type) {
	case *daemonStore:
		e.newDaemonBuilders(st, set)
	case *local.Store:
		e.newBuilders(st, set)
	default:
		e.useBuilders(set, noBuilder{e}, noBuilder{e})
	}
	return nil
}
