package eval

import (
	"slices"

	"nixbench/engine/syntax"
)

// A unit is what was compiled at once: a text, the code of a function, or an
// attribute that is compiled late. Nodes do not know which expression they were
// made of. Debuggers find out by compiling the unit again, which makes the same
// nodes in the same order.
type unit struct {
	first  uint64 // index of its first node
	expr   syntax.Expr
	lambda *syntax.Lambda // instead of expr
	late   *lateContext
}

// unitOf returns the unit that a node belongs to.
func (t *nodeTable) unitOf(index uint64) (u unit, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i, found := slices.BinarySearchFunc(t.units, index, func(u unit, index uint64) int {
		switch {
		case u.first < index:
			return -1
		case u.first > index:
			return 1
		}
		return 0
	})
	if !found {
		i--
	}
	if i < 0 {
		return unit{}, false
	}
	return t.units[i], true
}

// source returns the expression that a node was made of and the text that it is
// in; nil if it is not one that is evaluated in a frame.
func (ev *Evaluator) source(index uint64) (syntax.Expr, *text) {
	u, ok := ev.nodes.unitOf(index)
	if !ok {
		return nil, nil
	}
	c := u.late.compiler()
	switch {
	case u.lambda != nil:
		c.code(u.lambda)
	default:
		c.root(u.expr)
	}
	if i := index - u.first; i < uint64(len(c.tagged)) {
		return c.tagged[i].expr, u.late.text
	}
	return nil, nil
}
