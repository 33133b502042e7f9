// Package closure is the closure browser: what a store path needs, how large that is, and why.
package closure

import (
	tea "charm.land/bubbletea/v2"

	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
)

// Screen is the screen.
type Screen struct {
	tui.Base
	env *tui.Env
}

// New returns the screen.
func New(env *tui.Env) *Screen { return &Screen{env: env} }

// Update implements tui.Screen.
func (s *Screen) Update(tea.Msg) tea.Cmd { return nil }

// Draw implements tui.Screen.
func (s *Screen) Draw(w, h int) []string {
	return s.env.Styles.Box(w, h, style.Pane{Title: "closure", Focus: true}, nil)
}

// Actions implements tui.Screen.
func (s *Screen) Actions() []action.Action { return nil }

// Scopes implements tui.Screen.
func (s *Screen) Scopes() []keymap.Scope { return []keymap.Scope{keymap.Closure, keymap.Rows} }
