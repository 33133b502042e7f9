package engine

import (
	"fmt"

	"nixbench/engine/settings"
	"nixbench/store/local"
)

// builders are what builds, with the settings of their own.
type builders struct {
	settings *settings.Settings
	usual    builder
	keeper   builder   // keeps the directories of failed builds too
	before   *builders // those with other settings; their builds may go on
}

// useBuilders makes the builders those of all that begins from now on.
func (e *Engine) useBuilders(set *settings.Settings, usual, keeper builder) {
	e.builders.Store(&builders{set, usual, keeper, e.builders.Load()})
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
