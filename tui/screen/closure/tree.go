package closure

// This file shows a closure: as a tree, as a flat list, and in columns.

import (
	"strings"

	"nixbench/inspect/closure"
	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/table"
	"nixbench/tui/widget/rows"
)

func closureColumns() []rows.Column {
	return []rows.Column{
		{Title: "NAME", Min: 20, Flex: 1},
		{Title: "OWN", Min: 7, Right: true, Rank: 2},
		{Title: "CLOSURE", Min: 7, Right: true},
		{Title: "ADDS", Min: 7, Right: true},
		{Title: "REFS", Min: 4, Right: true, Rank: 1},
		{Title: "% ADDS", Min: 8, Rank: 3},
	}
}

// closureTable is a list of paths with the columns of a closure of that kind.
func closureTable(env *tui.Env, k kind) *rows.Rows {
	if k == kindBuild {
		return env.Table(table.BuildTime, buildColumns()...)
	}
	return env.Table(table.Closure, closureColumns()...)
}

// nodeName is the name of a node, without ".drv" where all have it.
func (f *frame) nodeName(n closure.Node) string {
	name := cleanName(f.data.g.Path(n))
	if f.kind == kindBuild {
		name = strings.TrimSuffix(name, ".drv")
	}
	return name
}

// closureSize is not known at once in large closures.
func (f *frame) closureSize(n closure.Node) (int64, bool) {
	if f.data.sizes == nil {
		return 0, false
	}
	return f.data.sizes[n], true
}

// sizeText is the closure size of a node in a list.
func (f *frame) sizeText(n closure.Node) string {
	if b, ok := f.closureSize(n); ok {
		return text.Size(b)
	}
	return ".."
}

func (f *frame) row(n closure.Node) rows.Row {
	if f.kind == kindBuild {
		return f.buildRow(n)
	}
	g := f.data.g
	return rows.Row{Base: f.markBase(g.Path(n)), Cells: []rows.Cell{
		f.label(n, themes.DrvName),
		rows.Text(themes.Muted, text.Size(g.OwnSize(n))),
		rows.Text(themes.Text, f.sizeText(n)),
		rows.Text(themes.Size, text.Size(g.AddedSize(n))),
		rows.Text(themes.Muted, text.ShortCount(len(g.References(n)))),
		rows.Cell{f.st.Bar(g.AddedSize(n), g.Total(), 8)},
	}}
}

func (f *frame) children(n closure.Node) []closure.Node {
	nodes := f.data.g.Children(n, f.data.sizeOrder(f.order))
	f.data.byTimes(nodes, f.order)
	return nodes
}

// arrange makes the lists of a closure anew: after it came, or for another
// order.
func (f *frame) arrange() {
	if f.data == nil {
		return
	}
	f.tree.SetRoots(f.data.g.Roots()...)
	if f.list.Source() != rows.Source(f.tree) {
		f.list.SetSource(f.tree)
	}
	f.list.Changed()
	f.flat.SetFilterFunc("", nil) // it is about the closure before
	if f.listed = false; f.view == viewFlat {
		f.fillFlat()
	} else {
		f.flat.SetSource(rows.NewList(nil))
	}
	f.fillColumns()
}

// fillFlat lists all paths, unless they are.
func (f *frame) fillFlat() {
	if f.listed || f.data == nil {
		return
	}
	f.listed = true
	f.flat.SetSource(f.nodeList(f.all()))
}

// columns is a closure as columns: what leads here, the references of the last
// of these, and those of the one under the cursor.
type columns struct {
	left, mid, right *rows.Rows
	trail            []closure.Node // from the root to the one whose references are listed
	keys             []string       // the trail by paths, which outlives a reload
	nodes            []closure.Node // of mid
	shown            closure.Node   // whose references right lists
}

func newColumns(env *tui.Env, k kind) columns {
	side := func() *rows.Rows {
		w := rows.New(env.Styles, rows.Column{Min: 14, Flex: 1}, rows.Column{Min: 7, Right: true})
		w.NoFolds = true
		return w
	}
	c := columns{left: side(), mid: closureTable(env, k), right: side(), shown: closure.None}
	c.mid.Empty = "it refers to nothing"
	c.right.Empty = "it refers to nothing"
	c.mid.NoFolds = true
	return c
}

// fillColumns lists the columns for the trail.
func (f *frame) fillColumns() {
	c := &f.cols
	c.trail = c.trail[:0]
	for _, k := range c.keys { // as far as it still holds
		n, ok := f.data.g.Node(pathOf(k))
		if !ok || len(c.trail) > 0 && !refers(f.data.g, c.trail[len(c.trail)-1], n) {
			break
		}
		c.trail = append(c.trail, n)
	}
	if len(c.trail) == 0 || !f.data.g.IsRoot(c.trail[0]) {
		c.trail = append(c.trail[:0], f.data.root)
	}
	c.keys = c.keys[:0]
	for _, n := range c.trail {
		c.keys = append(c.keys, string(f.data.g.Path(n)))
	}
	last := c.trail[len(c.trail)-1]
	c.nodes = f.children(last)
	c.mid.SetSource(f.nodeList(c.nodes))
	siblings := f.data.g.Roots()
	if len(c.trail) > 1 {
		siblings = f.children(c.trail[len(c.trail)-2])
	}
	c.left.SetSource(f.sideList(siblings))
	c.left.Select(string(f.data.g.Path(last)))
	c.shown = closure.None
	f.fillSides()
}

func refers(g *closure.Graph, from, to closure.Node) bool {
	for _, n := range g.References(from) {
		if n == to {
			return true
		}
	}
	return false
}

// fillSides lists the references of the node under the cursor.
func (f *frame) fillSides() {
	if !f.isClosure() || f.data == nil || f.view != viewColumns {
		return
	}
	n, ok := f.node()
	if !ok {
		n = closure.None
		f.cols.right.SetSource(rows.NewList(nil))
	}
	if n == f.cols.shown {
		return
	}
	f.cols.shown = n
	f.cols.right.SetSource(f.sideList(f.children(n)))
	f.cols.right.MoveTop()
}

func (f *frame) nodeList(nodes []closure.Node) rows.Source {
	return &rows.Func{
		N:      func() int { return len(nodes) },
		KeyOf:  func(i int) string { return string(f.data.g.Path(nodes[i])) },
		RowOf:  func(i int) rows.Row { return f.row(nodes[i]) },
		TextOf: func(i int) string { return f.nodeName(nodes[i]) },
	}
}

func (f *frame) sideList(nodes []closure.Node) rows.Source {
	return &rows.Func{
		N:     func() int { return len(nodes) },
		KeyOf: func(i int) string { return string(f.data.g.Path(nodes[i])) },
		RowOf: func(i int) rows.Row {
			return rows.Row{Cells: []rows.Cell{
				f.label(nodes[i], themes.DrvName),
				rows.Text(themes.Size, text.Size(f.data.g.AddedSize(nodes[i]))),
			}}
		},
		TextOf: func(i int) string { return f.nodeName(nodes[i]) },
	}
}

// walk goes along references in the columns; false: the intent is another.
func (f *frame) walk(in action.Intent) bool {
	c := &f.cols
	switch in.ID {
	case action.FoldOpen, action.FoldFlip:
		if n, ok := f.node(); ok && len(f.data.g.References(n)) > 0 {
			c.keys = append(c.keys, string(f.data.g.Path(n)))
			f.fillColumns()
			c.mid.MoveTop()
		}
	case action.FoldClose:
		if len(c.keys) > 1 {
			from := c.keys[len(c.keys)-1]
			c.keys = c.keys[:len(c.keys)-1]
			f.fillColumns()
			c.mid.Select(from)
		}
	default:
		return false
	}
	f.fillSides()
	return true
}

// goTo puts the cursor on a node, unfolding what leads to it.
func (f *frame) goTo(n closure.Node) {
	way := f.data.way(n)
	keys := make([]string, len(way))
	for i, m := range way {
		keys[i] = string(f.data.g.Path(m))
	}
	switch f.view {
	case viewTree:
		key := f.tree.OpenTo(keys...)
		f.list.Changed()
		f.list.Select(key)
	case viewFlat:
		f.flat.Select(keys[len(keys)-1])
	case viewColumns:
		if len(keys) > 1 {
			f.cols.keys = append(f.cols.keys[:0], keys[:len(keys)-1]...)
			f.fillColumns()
			f.cols.mid.Select(keys[len(keys)-1])
		}
		f.fillSides()
	case viewMap:
		f.goToArea(n)
	}
}

// setView shows the closure in another way, with the cursor on the same path.
func (f *frame) setView(v view) {
	n, ok := f.node()
	if f.view = v; v == viewFlat {
		f.fillFlat()
	}
	f.fillSides()
	if ok {
		f.goTo(n)
	}
	f.search(f.query)
}
