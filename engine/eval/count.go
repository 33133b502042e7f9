// NIX_SHOW_STATS counts what Nix would do, as far as it is asked to: for that, nodes
// are compiled that count, and others pay nothing.

package eval

import (
	"maps"

	"nixbench/engine/syntax"
)

// A countNode evaluates x and counts the parts for which Nix makes no thunk, before or,
// if after is set, when x has a value other than null.
// Behaviour: maybeThunk in Nix's eval.cc.
type countNode struct {
	base
	x       node
	avoided int64
	after   bool
	calls   int64 // of builtins that x is for Nix
}

func (n *countNode) Eval(s *State, fr *Value) Value {
	s.stats.Builtins += n.calls
	if !n.after {
		s.stats.Avoided += n.avoided
		return n.x.Eval(s, fr)
	}
	v := n.x.Eval(s, fr)
	if !v.is(rawNull) {
		s.stats.Avoided += n.avoided
	}
	return v
}

// counting returns a node that evaluates x and counts the avoided thunks: x itself if
// there are none or nobody wants to know.
func (c *compiler) counting(x node, avoided int64) node {
	if !c.ev.opts.Count || avoided == 0 {
		return x
	}
	return &countNode{x: x, avoided: avoided}
}

// countingCall is counting for the first operand of what is the call of a builtin for Nix.
func (c *compiler) countingCall(x node, avoided int64) node {
	if !c.ev.opts.Count {
		return x
	}
	return &countNode{x: x, avoided: avoided, calls: 1}
}

// countingAfter is counting for what is made when x has been evaluated.
func (c *compiler) countingAfter(x node, avoided int64) node {
	if n, ok := c.counting(x, avoided).(*countNode); ok {
		n.after = true
		return n
	}
	return x
}

// avoided returns for how many of the expressions Nix counts that it makes no thunk: it
// does not count those of empty lists.
func avoided(es ...syntax.Expr) (n int64) {
	for _, e := range es {
		switch e := e.(type) {
		case *syntax.Int, *syntax.Float, *syntax.Str, *syntax.Path:
			n++
		case *syntax.Var:
			if e.Ref.Kind != syntax.InWith {
				n++
			}
		}
	}
	return n
}

// avoidedBindings is avoided for those of a set, or of a let or rec, in which a variable
// is delayed if its own value is made later.
func (c *compiler) avoidedBindings(a *syntax.Attrs, recursive bool) (n int64) {
	if !c.ev.opts.Count {
		return 0
	}
	base := len(c.order)
	order := c.bySymbol(a.Attrs)
	early := func(e syntax.Expr, made int) bool {
		v, ok := e.(*syntax.Var)
		if !ok || !recursive || v.Ref.Kind != syntax.Local || v.Ref.Depth != 0 {
			return false
		}
		for _, i := range order[made:] {
			if a.Attrs[i].Slot == v.Ref.Slot {
				return true
			}
		}
		return false
	}
	for _, e := range a.Froms {
		if !early(e, 0) {
			n += avoided(e)
		}
	}
	for made, i := range order {
		switch at := &a.Attrs[i]; {
		case at.Kind == syntax.InheritedFrom:
		case at.Kind == syntax.Inherited, a.Overrides == 0 && !early(at.Value, made):
			n += avoided(at.Value)
		}
	}
	c.order = c.order[:base]
	return n
}

// A countDefault counts the default of an argument that Nix makes no thunk for.
type countDefault struct{ node }

func (n countDefault) Delay(s *State, fr *Value) Value {
	if v, ok := n.node.(*var0); !ok || at(fr, v.i).n != 0 {
		s.stats.Avoided++
	}
	return n.node.Delay(s, fr)
}

// countSelection counts the selection of an attribute of set by where it is defined.
func (s *State) countSelection(set Value, name Sym) {
	if !set.is(rawAttrs) {
		return
	}
	if _, pos, ok := set.lookup(name); ok {
		s.ev.selected(pos)
	}
}

// CountSelection counts the selection of an attribute, which the set has, if the
// selections are counted.
func (s *State) CountSelection(set Attrs, name string) {
	if s.ev.selections == nil {
		return
	}
	if pos := set.Pos(Intern(name)); pos != 0 {
		s.ev.selected(pos)
	}
}

func (ev *Evaluator) selected(pos Pos) {
	ev.mu.Lock()
	ev.selections[pos]++
	ev.mu.Unlock()
}

// Selections returns how often attributes were selected, by where they are defined, if
// [Options.CountSelections] is set.
func (ev *Evaluator) Selections() map[Pos]int64 {
	ev.mu.Lock()
	defer ev.mu.Unlock()
	return maps.Clone(ev.selections)
}

// Nodes that count what they select.
type (
	countSelect1 struct{ select1 }
	countWith    struct{ withVar }
	countInherit struct{ inheritNode }
)

func (n *countSelect1) Eval(s *State, fr *Value) Value {
	set := n.x.Eval(s, fr)
	s.countSelection(set, n.sym)
	return n.pick(s, set)
}

func (n *countInherit) Eval(s *State, from *Value) Value {
	s.countSelection(s.evalSlot(from, &n.from), n.sel.sym)
	return n.inheritNode.Eval(s, from)
}

func (n *countWith) Eval(s *State, fr *Value) Value {
	for i := range n.scopes {
		w := &n.scopes[i]
		set := s.evalSlot(at(upN(fr, w.depth), w.i), &w.use)
		if !set.is(rawAttrs) {
			break
		}
		if get(set, n.name) != nil {
			s.countSelection(set, n.name)
			break
		}
	}
	return n.withVar.Eval(s, fr)
}
