package eval

import (
	"sort"

	"nixbench/engine/syntax"
)

// A unit is what was compiled at once: a text, the code of a function, or an
// attribute that is compiled late. Nodes do not know which expression they were
// made of. Debuggers find out by compiling the unit again, which makes the same
// nodes in the same order.
type unit struct {
	first    uint64 // index of its first node
	off      uint32 // of the expression or function, on the tape
	isLambda bool
	late     *lateContext
}

// unitOf returns the unit that a node belongs to.
func (t *nodeTable) unitOf(index uint64) (u unit, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := sort.Search(t.units.n, func(i int) bool { return t.units.at(i).first > index })
	if i == 0 {
		return unit{}, false
	}
	return *t.units.at(i - 1), true
}

// source returns where the expression that a node was made of is on the tape of
// its text; the text is nil if it is not one that is evaluated in a frame.
func (ev *Evaluator) source(index uint64) (off uint32, in *text) {
	u, ok := ev.nodes.unitOf(index)
	if !ok {
		return 0, nil
	}
	c := u.late.compiler()
	r, offsets := c.text.tape.Located()
	if u.isLambda {
		c.code(r.Function(u.off))
	} else {
		c.root(r.Expr(u.off))
	}
	i := index - u.first
	if i >= uint64(len(c.tagged)) || c.tagged[i].expr == nil {
		return 0, nil
	}
	return offsets[c.tagged[i].expr], u.late.text
}

// print returns the expression at an offset as Nix prints it.
func (t *text) print(off uint32) string { return syntax.Print(t.tape.Unfold(off), symbols) }

// find returns the tree of a text, and the expression in it at an offset.
func (t *text) find(off uint32) (root, part syntax.Expr) {
	r, offsets := t.tape.Located()
	root = r.Whole(0)
	for e, o := range offsets {
		if o == off {
			return root, e
		}
	}
	return root, nil
}
