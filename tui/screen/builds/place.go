package builds

import (
	"encoding/json"

	tea "charm.land/bubbletea/v2"

	"nixbench/tui/widget/panes"
)

// A place is how builds are shown, as it is kept; which builds there are does not last.
type place struct {
	Graph   bool        `json:"graph,omitempty"`
	Order   order       `json:"order,omitempty"`
	Logs    bool        `json:"logs,omitempty"`
	Divider panes.Shift `json:"divider,omitzero"`
}

// Place implements tui.Keeper; there is no title, as there is nothing to come back to.
func (s *Screen) Place() (title string, state any) {
	return "", place{s.graph, s.order, s.together, s.panes.Shift}
}

// Return implements tui.Keeper.
func (s *Screen) Return(state json.RawMessage) tea.Cmd {
	var pl place
	if json.Unmarshal(state, &pl) != nil || pl.Order >= numOrders {
		return nil
	}
	s.graph, s.order, s.together, s.panes.Shift = pl.Graph, pl.Order, pl.Logs, pl.Divider
	s.show()
	return nil
}
