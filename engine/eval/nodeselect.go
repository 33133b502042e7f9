package eval

import (
	"strings"

	"nixbench/engine/syntax"
)

// An attrName is a component of an attribute path.
type attrName struct {
	sym  Sym
	node node  // computes the name, if not nil
	text *text // that node was made of
	off  uint32
	pos  Pos
}

// A selection is what x.a.b selects. Traces refer to it.
type selection struct {
	path []attrName // nil if it is only sym
	sym  Sym
	pos  Pos
	// fr is where the names are computed, if some are.
	fr *Value
}

const whileSelecting = "while selecting an attribute"

// describe returns the first n components of the attribute path as traces show
// them: names that can be computed as what they are.
func (n *selection) describe(s *State, upTo int) string {
	if n.path == nil {
		return ShowSym(n.sym)
	}
	var b strings.Builder
	for i := range n.path[:upTo] {
		if i > 0 {
			b.WriteByte('.')
		}
		a := &n.path[i]
		name := a.sym
		if a.node != nil {
			if err := s.aside(func() { name = a.name(s, n.fr) }); err != nil {
				b.WriteString("\"${" + a.text.print(a.off) + "}\"")
				continue
			}
		}
		b.WriteString(syntax.Told(ShowSym(name)))
	}
	return b.String()
}

// len returns the number of components.
func (n *selection) len() int { return max(1, len(n.path)) }

// frame is the step of selecting, after so many components, the last of which
// was defined at pos.
func (n *selection) frame(done int, pos Pos) frame {
	return pointerFrame(n, uint64(pos)<<32|uint64(done)<<8|tagSelect)
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
		n.fail(s, v, name, 0, 0)
	}
	c := get(v, name)
	if c == nil {
		n.fail(s, v, name, 0, 0)
	}
	r := *c
	if !r.lazy() {
		return r
	}
	if r := r.cell().load(); !r.lazy() {
		return r
	}
	return n.forceAttr(s, Attrs{v}.Pos(name), 1, r)
}

// forceAttr forces an attribute that was selected by so many components, as a
// step of the trace. pos is where it was defined.
func (n *selection) forceAttr(s *State, pos Pos, done int, v Value) Value {
	s.push(n.frame(done, pos))
	at := pos
	if done < n.len() || pos == 0 {
		at = n.pos
	}
	r := s.forceFrom(v.cell(), at)
	s.pop()
	return r
}

// fail raises the error that v, which so many components led to, is not a set
// with an attribute of that name.
//
//go:noinline
func (n *selection) fail(s *State, v Value, name Sym, done int, pos Pos) {
	s.push(n.frame(done, pos))
	if !v.is(rawAttrs) {
		s.wrongType("a set", v, 0, n.pos, whileSelecting)
	}
	s.Raise(ErrorMissingAttr, syntax.Hintf("attribute '%s' missing", ShowSym(name)),
		Suggest(suggestions(Attrs{v}.Names(), SymName(name))), Framed())
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
	x        node
	def      node // nil without "or"
	computed bool // some names are
	counted  bool // what is selected is counted
}

func (n *selectN) Eval(s *State, fr *Value) Value {
	v := n.x.Eval(s, fr)
	sel := &n.selection
	if n.computed {
		sel = &selection{path: n.path, pos: n.pos, fr: fr}
	}
	var set Value // that v was selected from
	var name Sym
	for i := range n.path {
		s.stats.Lookups++
		from := name
		if name = n.path[i].sym; n.path[i].node != nil {
			s.push(sel.frame(i, definedAt(set, from)))
			name = n.path[i].name(s, fr)
			s.pop()
		}
		if v.lazy() {
			v = sel.forceAttr(s, definedAt(set, from), i, v)
		}
		var c *Value
		if v.is(rawAttrs) {
			c = get(v, name)
		}
		if c == nil {
			if n.def != nil {
				s.push(sel.frame(i, definedAt(set, from)))
				v = n.def.Eval(s, fr)
				s.pop()
				return v
			}
			sel.fail(s, v, name, i, definedAt(set, from))
		}
		if n.counted {
			s.countSelection(v, name)
		}
		set, v = v, c.peek()
	}
	if v.lazy() {
		return sel.forceAttr(s, definedAt(set, name), sel.len(), v)
	}
	return v
}

// definedAt returns where an attribute was defined, if there is a set.
func definedAt(set Value, name Sym) Pos {
	if set.n == 0 {
		return 0
	}
	return Attrs{set}.Pos(name)
}

// A hasAttr is x ? a.b.
type hasAttr struct {
	base
	x    node
	path []attrName
	pos  Pos // of x
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
			v = s.ForceFor(*c, n.pos)
		}
	}
	return True
}

// A ifNode is if cond then a else b.
type ifNode struct {
	base
	cond, then, els node
	pos             Pos // of cond
}

func (n *ifNode) Eval(s *State, fr *Value) Value {
	s.push(n.step())
	c := n.cond.Eval(s, fr)
	if !c.is(rawBool) {
		s.wrongOperand(n.cond, "a Boolean", c, n.pos)
	}
	s.pop()
	if c.n>>8 != 0 {
		return n.then.Eval(s, fr)
	}
	return n.els.Eval(s, fr)
}

// step is the step of evaluating the condition.
func (n *ifNode) step() frame { return textFrame(n.pos, "while evaluating a branch condition") }

const assertCondition = "in the condition of the assert statement"

// An assertNode is assert cond; body.
type assertNode struct {
	base
	cond, body node
	equal      *equalNode // cond, if it is a comparison
	text       *text
	off        uint32 // of cond
	condPos    Pos
	pos        Pos
}

func (n *assertNode) Eval(s *State, fr *Value) Value {
	if !s.evalBool(n.cond, fr, n.condPos, assertCondition) {
		n.fail(s, fr)
	}
	return n.body.Eval(s, fr)
}

func (n *assertNode) fail(s *State, fr *Value) {
	text := n.text.print(n.off)
	if n.equal != nil {
		s.push(textFrame(n.pos, syntax.Hintf("while evaluating the condition of the assertion '%s'", text)))
		s.assertEqual(n.equal.x.Eval(s, fr), n.equal.y.Eval(s, fr), n.equal.pos)
		s.pop()
	}
	s.Raise(ErrorAssert, syntax.Hintf("assertion '%s' failed", text), At(n.pos), Framed())
}
