package tuitest

import (
	tea "charm.land/bubbletea/v2"

	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
)

// blank is a screen without anything.
type blank struct{ tui.Base }

func (blank) Update(tea.Msg) tea.Cmd   { return nil }
func (blank) Draw(int, int) []string   { return nil }
func (blank) Actions() []action.Action { return nil }
func (blank) Scopes() []keymap.Scope   { return nil }

// Blanks are five screens without anything.
func Blanks(*tui.Env) [tui.NumScreens]tui.Screen {
	var out [tui.NumScreens]tui.Screen
	for i := range out {
		out[i] = blank{}
	}
	return out
}
