package closure

// This file shows a closure as a map of areas. What a path adds is as large as its
// area: the areas in it are what goes with it, so that they come to exactly that. Each
// path is in the area of its dominator, the nearest path that all ways to it go by.

import (
	"cmp"
	"slices"

	"nixbench/inspect/closure"
	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui/action"
	"nixbench/tui/style"
	"nixbench/tui/widget/panes"
	"nixbench/tui/widget/treemap"
)

// areas is the map of a closure.
type areas struct {
	m     *treemap.Map
	in    closure.Node // whose inside is shown; None: all roots
	shown closure.Node // what the items were made for
	of    *loaded
}

// dominated are the nodes by what dominates them: those of n are list[start[n+1]:
// start[n+2]], what adds most first, and those without a dominator come first.
type dominated struct {
	start []int32
	list  []closure.Node
}

func newDominated(g *closure.Graph) *dominated {
	d := &dominated{start: make([]int32, g.Len()+2), list: make([]closure.Node, g.Len())}
	for n := range closure.Node(g.Len()) {
		d.start[g.Dominator(n)+2]++ // None is -1
	}
	for i := 1; i < len(d.start); i++ {
		d.start[i] += d.start[i-1]
	}
	next := slices.Clone(d.start)
	for n := range closure.Node(g.Len()) {
		at := &next[g.Dominator(n)+1]
		d.list[*at] = n
		*at++
	}
	for i := range d.start[:g.Len()+1] {
		slices.SortFunc(d.list[d.start[i]:d.start[i+1]], func(a, b closure.Node) int {
			if x, y := g.AddedSize(a), g.AddedSize(b); x != y {
				return cmp.Compare(y, x)
			}
			return cmp.Compare(a, b)
		})
	}
	return d
}

// of are the nodes that n dominates and no other that n does; of None, those that
// nothing does.
func (d *dominated) of(n closure.Node) []closure.Node { return d.list[d.start[n+1]:d.start[n+2]] }

// fillAreas shows what goes with a node; where there is only one root, its inside is the top.
func (f *frame) fillAreas() {
	a := &f.areas
	if a.of != f.data {
		a.of, a.shown = f.data, -2
		if int(a.in) >= f.data.g.Len() {
			a.in = closure.None
		}
	}
	if a.in == closure.None && len(f.data.dom().of(closure.None)) == 1 {
		a.in = f.data.dom().of(closure.None)[0]
	}
	if a.shown == a.in {
		return
	}
	a.shown = a.in
	g := f.data.g
	var items []treemap.Item
	if a.in != closure.None {
		items = append(items, treemap.Item{
			Key: string(g.Path(a.in)), Label: f.nodeName(a.in) + " itself", Size: g.OwnSize(a.in), Token: themes.Muted,
			Lines: []string{text.Size(g.OwnSize(a.in)) + "  " + text.Percent(g.OwnSize(a.in), g.Total())},
		})
	}
	inside := f.data.dom().of(a.in)
	shown, rest := inside[:min(len(inside), mostAreas)], int64(0)
	for _, n := range inside[len(shown):] {
		rest += g.AddedSize(n)
	}
	for _, n := range shown {
		it := treemap.Item{Key: string(g.Path(n)), Label: f.nodeName(n), Size: g.AddedSize(n), Token: themes.DrvName}
		it.Lines = []string{text.Size(it.Size) + "  " + text.Percent(it.Size, g.Total())}
		if inside := len(f.data.dom().of(n)); inside > 0 {
			it.Token = themes.Info
			it.Lines = append(it.Lines, text.Plural(inside, "path")+" in it")
		}
		items = append(items, it)
	}
	a.m.SetItems(items, len(inside)-len(shown), rest)
}

// mostAreas is how many areas are told apart; a screen has room for fewer.
const mostAreas = 2000

// areaNode is the node under the cursor of the map.
func (f *frame) areaNode() (closure.Node, bool) {
	f.fillAreas()
	key, ok := f.areas.m.Selected()
	if !ok {
		return closure.None, false
	}
	return f.data.g.Node(pathOf(key))
}

// goToArea puts the cursor on a node, in the area that it is in.
func (f *frame) goToArea(n closure.Node) {
	if n != f.areas.in || f.data.g.Dominator(n) == closure.None {
		f.areas.in = f.data.g.Dominator(n)
	}
	f.fillAreas()
	f.areas.m.Select(string(f.data.g.Path(n))) // one of the many small ones has no area
}

// moveArea moves the cursor of the map.
func (f *frame) moveArea(in action.Intent) {
	f.fillAreas()
	m := f.areas.m
	switch in.ID {
	case action.RowDown:
		m.Move(0, 1)
	case action.RowUp:
		m.Move(0, -1)
	case action.FoldOpen:
		m.Move(1, 0)
	case action.FoldClose:
		m.Move(-1, 0)
	case action.FoldFlip:
		f.intoArea()
	case action.Top:
		m.Step(-f.data.g.Len())
	case action.Bottom:
		m.Step(f.data.g.Len())
	case action.PageDown, action.HalfDown:
		m.Step(1)
	case action.PageUp, action.HalfUp:
		m.Step(-1)
	}
}

// intoArea shows what is in the area under the cursor; false: there is nothing.
func (f *frame) intoArea() bool {
	n, ok := f.areaNode()
	if !ok || n == f.areas.in || len(f.data.dom().of(n)) == 0 {
		return false
	}
	f.areas.in = n
	f.fillAreas()
	f.areas.m.Step(-f.data.g.Len())
	return true
}

// inArea tells that an area is shown and not all; where there is only one root, its
// inside is all.
func (f *frame) inArea() bool {
	in := f.areas.in
	return in != closure.None && (f.data.g.Dominator(in) != closure.None || len(f.data.dom().of(closure.None)) > 1)
}

// outOfArea shows the area that the shown one is in; false: it is all.
func (f *frame) outOfArea() bool {
	if !f.onMap() || !f.inArea() {
		return false
	}
	from := f.areas.in
	f.areas.in = f.data.g.Dominator(from)
	f.fillAreas()
	f.areas.m.Select(string(f.data.g.Path(from)))
	return true
}

// onMap tells that the closure is shown as a map.
func (f *frame) onMap() bool { return f.isClosure() && f.data != nil && f.view == viewMap }

func (s *Screen) drawAreas(at panes.Place, p style.Pane) []string {
	f := s.top()
	f.fillAreas()
	p.Bare = true
	if in := f.areas.in; f.inArea() {
		p.Title = "in " + f.nodeName(in) + "   adds " + text.Bytes(f.data.g.AddedSize(in)) + "   (backspace: out)"
	}
	return s.panes.Block(paneMain, at, p, f.areas.m.Draw(p.InnerWidth(at.W), p.InnerHeight(at.H), "nothing here has a size"), f.areas.m)
}
