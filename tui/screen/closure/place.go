package closure

import (
	"encoding/json"
	"slices"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/tui/widget/panes"
)

// A place is where the user is, as it is kept.
type place struct {
	Path    store.Path    `json:"path,omitempty"` // whose closure; "" for the list of places
	More    []store.Path  `json:"more,omitempty"` // other roots
	Name    string        `json:"name,omitempty"` // what the user calls it
	Cursor  store.Path    `json:"cursor,omitempty"`
	View    view          `json:"view,omitempty"`
	Order   closure.Order `json:"order,omitempty"`
	Divider panes.Shift   `json:"divider,omitzero"`
}

// Place implements tui.Keeper: the closure that is shown, or was before a list that
// was opened from it.
func (s *Screen) Place() (title string, state any) {
	pl := place{Divider: s.panes.Shift}
	for _, f := range slices.Backward(s.frames) {
		if f.kind != kindClosure {
			continue
		}
		pl.Path, pl.More, pl.Name, pl.View, pl.Order, pl.Cursor = f.path, f.more, f.name, f.view, f.order, f.cursor
		title = f.name
		if n, ok := f.node(); ok {
			pl.Cursor = f.data.g.Path(n)
		}
		if pl.Cursor != "" && pl.Cursor != f.path {
			title = cleanName(pl.Cursor) + " in " + f.name
		}
		break
	}
	return title, pl
}

// Return implements tui.Keeper.
func (s *Screen) Return(state json.RawMessage) tea.Cmd {
	var pl place
	if json.Unmarshal(state, &pl) != nil || pl.View >= numViews || pl.Order > closure.ByReferrers {
		return nil
	}
	s.panes.Shift = pl.Divider
	dir := s.env.Backend.Info().StoreDir
	for _, root := range pl.More {
		if _, err := dir.ParsePath(string(root)); err != nil {
			return nil
		}
	}
	p, err := dir.ParsePath(string(pl.Path))
	if err != nil {
		return nil
	}
	f := newClosure(s.env, kindClosure, p, text.SanitiseName(pl.Name))
	f.more = pl.More
	f.view, f.order, f.cursor, f.returned = pl.View, pl.Order, pl.Cursor, true
	s.push(f)
	if s.graph == nil {
		return nil // all frames are loaded with it
	}
	return tea.Batch(s.load(f), s.moved())
}
