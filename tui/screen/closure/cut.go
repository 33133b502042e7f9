package closure

// This file tells which references are to go for a path to leave the closure.

import (
	"cmp"
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/inspect/why"
	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
)

func (s *Screen) findCut() tea.Cmd {
	w := s.top().why
	return tui.Ask(s.env, &w.cutting, func(ctx context.Context) (*why.Cut, error) { return w.chains.Cut(ctx) })
}

// cutShown is how many paths that would leave are named.
const cutShown = 200

func (s *Screen) showCut(w *explanation, cut *why.Cut, err error) tea.Cmd {
	if err != nil {
		return s.env.Fail(err)
	}
	f, c := w.f, w.chains
	if len(cut.References) == 0 {
		return s.env.Notify("there is no reference to cut: it is the start itself")
	}
	lines := []line{
		{{Text: "without "}, {Text: text.Plural(len(cut.References), "reference"), Token: themes.Warning}, {Text: " " + f.nodeName(c.From()) + " would not depend on "}, {Text: f.nodeName(c.To()), Token: themes.Live}},
		muted("no smaller set does; of those as small it is the nearest to " + f.nodeName(c.To())), nil,
	}
	for _, r := range cut.References {
		lines = append(lines, line{{Text: "  " + f.nodeName(r.From), Token: themes.DrvName}, {Text: " -> ", Token: themes.Muted}, {Text: f.nodeName(r.To), Token: themes.DrvName}})
	}
	lines = append(lines, nil, line{{Text: text.Plural(len(cut.Gone), "path") + " would leave the closure, "}, {Text: text.Bytes(cut.Size), Token: themes.Size}})
	gone := slices.Clone(cut.Gone)
	slices.SortStableFunc(gone, func(a, b closure.Node) int { return cmp.Compare(c.Graph().OwnSize(b), c.Graph().OwnSize(a)) })
	for _, n := range gone[:min(len(gone), cutShown)] {
		lines = append(lines, line{{Text: "  "}, {Text: text.Size(c.Graph().OwnSize(n)), Token: themes.Size}, {Text: "  " + f.nodeName(n), Token: themes.Gone}})
	}
	if more := len(cut.Gone) - cutShown; more > 0 {
		lines = append(lines, muted("  and "+text.Plural(more, "more path")))
	}
	return s.env.View(tui.ViewOptions{Title: "which references are to go", Lines: lines})
}
