package closure

// This file sorts closures.

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/tui"
	"nixbench/tui/widget/palette"
)

// orders are the orders of a closure with their names, in the order of the menu.
var orders = [...]struct {
	by          closure.Order
	name, about string
}{
	{closure.ByAdded, "adds", "what goes if only this path goes"},
	{closure.ByClosure, "closure", "the path and all that it needs"},
	{closure.ByOwn, "own", "the path alone"},
	{closure.ByName, "name", "from A to Z"},
	{closure.ByReferences, "refs", "how many paths it refers to"},
	{closure.ByReferrers, "referrers", "how many paths refer to it"},
	{byTime, "time", "how long its build usually takes"},
	{byChain, "chain", "how long it takes to build it from nothing, with all slots free"},
}

func sortName(by closure.Order) string {
	for _, o := range orders {
		if o.by == by {
			return o.name
		}
	}
	return by.String()
}

// sort asks for all nodes in the chosen order.
func (s *Screen) sort(f *frame) tea.Cmd {
	d, by := *f.data, f.order // the sizes of f's come later
	return tui.Ask(s.env, &f.sorting, func(ctx context.Context) ([]closure.Node, error) { return d.all(by), ctx.Err() })
}

func (s *Screen) resorted(f *frame, nodes []closure.Node) tea.Cmd {
	if f.data == nil || len(nodes) != f.data.g.Len() {
		return nil
	}
	f.nodes = nodes
	f.arrange()
	f.search(f.query)
	return s.moved()
}

func (s *Screen) pickOrder() tea.Cmd {
	f := s.top()
	var items []palette.Item
	for _, o := range orders {
		if o.by >= byTime && f.kind != kindBuild {
			continue
		}
		it := palette.Item{Key: o.name, Title: o.name + ": " + o.about}
		if o.by == closure.ByClosure && f.data.sizes == nil {
			it.Disabled = "being added up"
		}
		items = append(items, it)
	}
	return s.env.Pick(palette.Options{Title: "sort by", Items: items, OnPick: func(key string) tea.Cmd {
		for _, o := range orders {
			if o.name == key {
				f.order = o.by
			}
		}
		return s.sort(f)
	}})
}
