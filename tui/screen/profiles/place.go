package profiles

import (
	"encoding/json"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/tui/widget/panes"
)

// A place is where the user is, as it is kept.
type place struct {
	Profile    string      `json:"profile,omitempty"` // its link
	Generation int         `json:"generation,omitempty"`
	Base       int         `json:"base,omitempty"`
	Divider    panes.Shift `json:"divider,omitzero"`
}

// Place implements tui.Keeper.
func (s *Screen) Place() (title string, state any) {
	pl := place{Profile: s.link, Base: s.base, Generation: s.wanted, Divider: s.panes.Shift}
	if p, ok := s.profile(); ok {
		title = "profile " + text.SanitiseName(p.Name)
	}
	if g, ok := s.selected(); ok {
		pl.Generation = g.Number
		title += ", generation " + strconv.Itoa(g.Number)
	}
	return title, pl
}

// Return implements tui.Keeper.
func (s *Screen) Return(state json.RawMessage) tea.Cmd {
	var pl place
	if json.Unmarshal(state, &pl) != nil {
		return nil
	}
	s.panes.Shift = pl.Divider
	if pl.Profile == "" {
		return nil
	}
	s.wanted, s.wantedBase = pl.Generation, pl.Base
	if s.profiles == nil {
		s.link = pl.Profile
		return nil // the profiles are listed when the screen is shown
	}
	s.all = nil // so that the cursor goes to what is wanted
	return s.show(pl.Profile)
}
