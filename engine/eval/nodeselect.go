package eval

import (
	"strings"

	"nixbench/engine/syntax"
)

// An attrName is a component of an attribute path.
type attrName struct {
	sym  Sym
	node node // computes the name, if not nil
	pos  Pos
}

// A selection is what x.a.b selects. Traces refer to it.
type selection struct {
	path []attrName // nil if it is only sym
	sym  Sym
	pos  Pos
}

// describe returns the attribute path as traces show it.
func (n *selection) describe() string {
	if n.path == nil {
		return SymName(n.sym)
	}
	var b strings.Builder
	for i, a := range n.path {
		if i > 0 {
			b.WriteByte('.')
		}
		if a.node != nil {
			b.WriteString("\"${…}\"")
		} else {
			b.WriteString(ShowSym(a.sym))
		}
	}
	return b.String()
}

// name returns the name of a component.
func (a *attrName) name(s *State, fr *Value) Sym {
	if a.node == nil {
		return a.sym
	}
	v := a.node.Eval(s, fr)
	return Intern(s.stringNoCtx(v, a.pos, "while evaluating an attribute name"))
}

// pick selects the name that n is from v, and forces it.
func (n *selection) pick(s *State, v Value) Value {
	s.stats.Lookups++
	name := n.sym
	if !v.is(rawAttrs) {
		s.wrongType("a set", v, 0, n.pos, "while selecting an attribute")
	}
	c := get(v, name)
	if c == nil {
		n.missing(s, v, name)
	}
	r := *c
	if !r.lazy() {
		return r
	}
	if r := r.cell().load(); !r.lazy() {
		return r
	}
	return n.forceAttr(s, v, name, r)
}

// forceAttr forces a selected attribute, as a step of the trace.
func (n *selection) forceAttr(s *State, set Value, name Sym, v Value) Value {
	pos := Attrs{set}.Pos(name)
	s.push(pointerFrame(n, uint64(pos)<<32|tagSelect))
	if k := v.cell().loadN(); k == s.busy || k == s.busy|1 {
		if pos == 0 {
			pos = n.pos
		}
		s.infiniteRecursion(pos)
	}
	r := s.forceCell(v.cell())
	s.pop()
	return r
}

//go:noinline
func (n *selection) missing(s *State, v Value, name Sym) {
	s.Raise(ErrorMissingAttr, "attribute '"+ShowSym(name)+"' missing",
		At(n.pos), Suggest(suggestions(Attrs{v}.Names(), SymName(name))))
}

// A select1 is x.a.
type select1 struct {
	base
	selection
	x node
}

func (n *select1) Eval(s *State, fr *Value) Value {
	return n.selection.pick(s, n.x.Eval(s, fr))
}

// A selectN is any other selection.
type selectN struct {
	base
	selection
	x   node
	def node // nil without "or"
}

func (n *selectN) Eval(s *State, fr *Value) Value {
	v := n.x.Eval(s, fr)
	var set Value // that v was selected from
	var name Sym
	for i := range n.path {
		s.stats.Lookups++
		from := name
		name = n.path[i].name(s, fr)
		var c *Value
		if v.is(rawAttrs) {
			c = get(v, name)
		}
		if c == nil {
			if n.def != nil {
				return n.def.Eval(s, fr)
			}
			n.fail(s, v, name, set, from)
		}
		r := c.peek()
		if r.lazy() {
			r = n.forceAttr(s, v, name, r)
		}
		set, v = v, r
	}
	return v
}

// fail raises the error that v is not a set with an attribute of that name. If v
// was itself selected, from a set, that is a step of the trace.
func (n *selectN) fail(s *State, v Value, name Sym, set Value, from Sym) {
	if set.n != 0 {
		s.push(pointerFrame(&n.selection, uint64(Attrs{set}.Pos(from))<<32|tagSelect))
	}
	if !v.is(rawAttrs) {
		s.wrongType("a set", v, 0, n.pos, "while selecting an attribute")
	}
	n.missing(s, v, name)
}

// A hasAttr is x ? a.b.
type hasAttr struct {
	base
	x    node
	path []attrName
}

func (n *hasAttr) Eval(s *State, fr *Value) Value {
	v := n.x.Eval(s, fr)
	for i := range n.path {
		name := n.path[i].name(s, fr)
		if !v.is(rawAttrs) {
			return False
		}
		c := get(v, name)
		if c == nil {
			return False
		}
		if i < len(n.path)-1 {
			v = s.force(*c)
		}
	}
	return True
}

// A ifNode is if cond then a else b.
type ifNode struct {
	base
	cond, then, els node
	pos             Pos
}

func (n *ifNode) Eval(s *State, fr *Value) Value {
	s.push(textFrame(n.pos, "while evaluating a branch condition"))
	c := n.cond.Eval(s, fr)
	if !c.is(rawBool) {
		s.wrongType("a Boolean", c, n.pos, 0, "")
	}
	s.pop()
	if c.n>>8 != 0 {
		return n.then.Eval(s, fr)
	}
	return n.els.Eval(s, fr)
}

// An assertNode is assert cond; body.
type assertNode struct {
	base
	cond, body node
	equal      *equalNode // cond, if it is a comparison
	text       syntax.Expr
	pos        Pos
}

func (n *assertNode) Eval(s *State, fr *Value) Value {
	s.push(textFrame(n.pos, "in the condition of the assert statement"))
	c := n.cond.Eval(s, fr)
	if !c.is(rawBool) {
		s.wrongType("a Boolean", c, n.pos, 0, "")
	}
	s.pop()
	if c.n>>8 == 0 {
		n.fail(s, fr)
	}
	return n.body.Eval(s, fr)
}

func (n *assertNode) fail(s *State, fr *Value) {
	text := syntax.Print(n.text, symbols)
	if n.equal != nil {
		s.push(textFrame(n.pos, "while evaluating the condition of the assertion '"+text+"'"))
		s.assertEqual(n.equal.x.Eval(s, fr), n.equal.y.Eval(s, fr))
		s.pop()
	}
	s.Raise(ErrorAssert, "assertion '"+text+"' failed", At(n.pos))
}
