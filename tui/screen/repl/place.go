package repl

import (
	"encoding/json"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/tui/widget/panes"
)

// A place is where the user is, as it is kept: what was typed and not evaluated, or the
// input whose result the cursor is on.
type place struct {
	Input   string      `json:"input,omitempty"`
	Divider panes.Shift `json:"divider,omitzero"`
	Vi      bool        `json:"vi,omitempty"`
}

// Place implements tui.Keeper.
func (s *Screen) Place() (title string, state any) {
	pl := s.rest()
	if ln, ok := s.line(); ok && !s.Typing() {
		pl.Input = ln.entry.input
	}
	return text.PlainLine(pl.Input), pl
}

// Rest implements tui.Rester: the next session has no results to browse.
func (s *Screen) Rest() any { return s.rest() }

func (s *Screen) rest() place {
	return place{Input: s.input.Value(), Divider: s.panes.Shift, Vi: s.input.Vi()}
}

// Return implements tui.Keeper.
func (s *Screen) Return(state json.RawMessage) tea.Cmd {
	var pl place
	if json.Unmarshal(state, &pl) != nil {
		return nil
	}
	s.panes.Shift = pl.Divider
	if pl.Vi {
		s.input.SetVi(true)
	}
	if pl.Input != "" {
		s.input.SetValue(pl.Input)
		s.panes.SetFocus(paneInput)
	}
	return nil
}
