package rows

import (
	"slices"
	"strings"

	"nixbench/tui/style"
)

// A Tree is a source over nodes that are unfolded on demand. The same node may
// stand in several places, as in a graph of references: a place is named by
// the keys on the way to it, joined by [Sep]. Which places are open survives
// [Tree.Rebuild], so that another order of the children does not fold anything.
type Tree[N any] struct {
	// KeyOf names a node; siblings have different keys.
	KeyOf func(N) string
	// RowOf draws a node; Depth, Guide and Fold are filled in by the tree.
	RowOf func(N) Row
	// TextOf is what filters and searches look at.
	TextOf func(N) string
	// HasChildren tells whether a node can be unfolded.
	HasChildren func(N) bool
	// Children returns what is below a node.
	Children func(N) []N
	// Guides draws lines from parents to children with the glyphs of these
	// styles; nil indents instead.
	Guides *style.Styles

	roots []N
	flat  []*place[N] // what is visible, in order
	open  map[string]bool
}

// Sep separates the keys in the name of a place.
const Sep = "\x00"

// A place is a node where it stands in the tree.
type place[N any] struct {
	node   N
	key    string // all keys from the root on
	parent *place[N]
	depth  int
	open   bool
	last   bool // no sibling follows
}

// SetRoots shows these nodes at the top level, with what was open left open.
func (t *Tree[N]) SetRoots(roots ...N) {
	t.roots = roots
	t.Rebuild()
}

// Rebuild asks for the children of all open nodes again, after another sort order.
func (t *Tree[N]) Rebuild() {
	t.flat = t.appendBelow(t.flat[:0], nil, t.roots)
}

// appendBelow appends places for nodes and what is open below them.
func (t *Tree[N]) appendBelow(flat []*place[N], parent *place[N], nodes []N) []*place[N] {
	for i, n := range nodes {
		p := &place[N]{node: n, key: t.KeyOf(n), parent: parent, last: i == len(nodes)-1}
		if parent != nil {
			p.key = parent.key + Sep + p.key
			p.depth = parent.depth + 1
		}
		flat = append(flat, p)
		if t.open[p.key] && t.HasChildren(n) {
			p.open = true
			flat = t.appendBelow(flat, p, t.Children(n))
		}
	}
	return flat
}

// Fold implements [Folder].
func (t *Tree[N]) Fold(i int, open bool) bool {
	if i >= len(t.flat) {
		return false
	}
	p := t.flat[i]
	if p.open == open || open && !t.HasChildren(p.node) {
		return false
	}
	if t.open == nil {
		t.open = map[string]bool{}
	}
	p.open = open
	if open {
		t.open[p.key] = true
		below := t.appendBelow(nil, p, t.Children(p.node))
		t.flat = slices.Insert(t.flat, i+1, below...)
		return true
	}
	delete(t.open, p.key)
	end := i + 1
	for end < len(t.flat) && t.flat[end].depth > p.depth {
		end++
	}
	t.flat = slices.Delete(t.flat, i+1, end)
	return true
}

// OpenTo opens what is needed for the place with these keys, from the root on,
// to be visible, and returns its name for [Rows.Select].
func (t *Tree[N]) OpenTo(keys ...string) string {
	if t.open == nil {
		t.open = map[string]bool{}
	}
	for i := 1; i < len(keys); i++ {
		t.open[strings.Join(keys[:i], Sep)] = true
	}
	t.Rebuild()
	return strings.Join(keys, Sep)
}

// CloseAll folds everything.
func (t *Tree[N]) CloseAll() {
	t.open = nil
	t.Rebuild()
}

// OpenAll unfolds everything, down to depth levels and until limit rows are visible.
func (t *Tree[N]) OpenAll(depth, limit int) {
	for i := 0; i < len(t.flat) && len(t.flat) < limit; i++ {
		if t.flat[i].depth < depth {
			t.Fold(i, true)
		}
	}
}

// Node returns the node in row i.
func (t *Tree[N]) Node(i int) N { return t.flat[i].node }

// Len implements [Source].
func (t *Tree[N]) Len() int { return len(t.flat) }

// Key implements [Source]: the keys from the root on.
func (t *Tree[N]) Key(i int) string { return t.flat[i].key }

// Text implements [Searcher].
func (t *Tree[N]) Text(i int) string { return t.TextOf(t.flat[i].node) }

// Parent implements [Folder].
func (t *Tree[N]) Parent(i int) int {
	parent := t.flat[i].parent
	for i--; i >= 0 && parent != nil; i-- {
		if t.flat[i] == parent {
			return i
		}
	}
	return -1
}

// Row implements [Source].
func (t *Tree[N]) Row(i int) Row {
	p := t.flat[i]
	r := t.RowOf(p.node)
	r.Depth = p.depth
	switch {
	case p.open:
		r.Fold = Open
	case t.HasChildren(p.node):
		r.Fold = Closed
	}
	if t.Guides != nil {
		r.Guide = t.guide(p)
	}
	return r
}

// guide draws the lines that lead to p.
func (t *Tree[N]) guide(p *place[N]) string {
	g := t.Guides.Glyphs()
	guide := ""
	if p.depth > 0 {
		guide = g.Tee + g.Branch + " "
		if p.last {
			guide = g.Elbow + g.Branch + " "
		}
	}
	for q := p.parent; q != nil && q.depth > 0; q = q.parent {
		if q.last {
			guide = "   " + guide
		} else {
			guide = g.Pipe + "  " + guide
		}
	}
	return guide
}
