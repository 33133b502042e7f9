package gc

import (
	"encoding/json"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/tui/widget/panes"
)

// A place is where the user is, as it is kept. Marks are not: what is to be deleted is
// said anew each time.
type place struct {
	Root    string      `json:"root,omitempty"` // key of the row
	Order   order       `json:"order,omitempty"`
	Kind    kindFilter  `json:"kind,omitempty"`
	Divider panes.Shift `json:"divider,omitzero"`
}

// Place implements tui.Keeper.
func (s *Screen) Place() (title string, state any) {
	pl := place{Root: s.wantedRoot, Order: s.order, Kind: s.kind, Divider: s.panes.Shift}
	if _, r, ok := s.selected(); ok {
		pl.Root = s.roots.SelectedKey()
		title = "root " + text.SanitiseName(s.rootName(r))
	}
	return title, pl
}

// Return implements tui.Keeper.
func (s *Screen) Return(state json.RawMessage) tea.Cmd {
	var pl place
	if json.Unmarshal(state, &pl) != nil || pl.Order >= numOrders || pl.Kind >= numKinds {
		return nil
	}
	s.panes.Shift, s.order, s.kind, s.wantedRoot = pl.Divider, pl.Order, pl.Kind, pl.Root
	s.view = viewRoots
	s.arrange()
	return nil
}
