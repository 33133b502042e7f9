// Package repl is the prompt: what was asked and what came of it, the input,
// and beside them the documentation and what can be used.
package repl

import (
	tea "charm.land/bubbletea/v2"

	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/style"
)

// Screen is the REPL screen.
type Screen struct {
	tui.Base
	env *tui.Env
}

// New returns the screen; inputs are carried out first, one after another.
func New(env *tui.Env, inputs []string) *Screen { return &Screen{env: env} }

// Update implements tui.Screen.
func (s *Screen) Update(tea.Msg) tea.Cmd { return nil }

// Draw implements tui.Screen.
func (s *Screen) Draw(w, h int) []string {
	return s.env.Styles.Box(w, h, style.Pane{Title: "transcript", Focus: true}, nil)
}

// Actions implements tui.Screen.
func (s *Screen) Actions() []action.Action { return nil }

// Scopes implements tui.Screen.
func (s *Screen) Scopes() []keymap.Scope { return []keymap.Scope{keymap.ReplBrowse, keymap.Rows} }
