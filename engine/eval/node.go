// Expressions are evaluated by walking a tree of nodes, which the compiler makes
// of a resolved syntax tree. A node finds variables by frame and slot.

package eval

import "nixbench/engine/syntax"

// A node is an expression. Both methods take the frame in which it stands.
type node interface {
	// Eval returns the value; it is never a thunk.
	Eval(s *State, fr *Value) Value
	// Delay returns the value if it is at hand, else a thunk of it.
	Delay(s *State, fr *Value) Value
}

// A base is embedded in nodes that are delayed by making a thunk.
type base struct {
	tag uint64 // n of a thunk of this node
}

func (b *base) setTag(tag uint64) { b.tag = tag }

func (b *base) thunkTag() uint64 { return b.tag }

// Delay makes a thunk.
func (b *base) Delay(s *State, fr *Value) Value {
	c := s.alloc(1)
	capture(fr)
	s.stats.Thunks++
	return initThunk(c, fr, b.tag)
}

// A constNode is a literal or a global name.
type constNode struct {
	v Value
}

func (n *constNode) Eval(s *State, _ *Value) Value { return s.force(n.v) }
func (n *constNode) Delay(*State, *Value) Value    { return n.v }
func constant(v Value) *constNode                  { return &constNode{v} }

// An emptyNode is { }. It needs a thunk only because that shows as one until it is
// evaluated; the thunk keeps no frame.
type emptyNode struct{ base }

func (*emptyNode) Eval(*State, *Value) Value { return EmptyAttrs }

func (n *emptyNode) Delay(s *State, _ *Value) Value {
	s.stats.Thunks++
	return initThunk(s.alloc(1), nil, n.tag)
}

// A constantNode evaluates a builtin without arguments.
type constantNode struct {
	builtin *Builtin
}

func (n *constantNode) Eval(s *State, _ *Value) Value { return s.force(n.builtin.F0(s)) }
func (n *constantNode) Delay(*State, *Value) Value {
	panic("eval: unreachable: delay a builtin constant")
}

// Variables, by how many frames up they are. A slot that is not filled in yet
// belongs to a let, rec or formals whose values are being made: then the variable
// is delayed.

type (
	var0 struct {
		base
		i uintptr // cell of the frame
		use
	}
	var1 struct {
		base
		i uintptr
		use
	}
	var2 struct {
		base
		i uintptr
		use
	}
	varN struct {
		base
		depth int
		i     uintptr
		use
	}
)

// A use is where a variable stands, and what for.
type use struct {
	pos Pos
	// as is a step of the trace while the variable is forced: "in the left
	// operand of '=='". "" if that is no step.
	as string
}

func (s *State) evalSlot(c *Value, u *use) Value {
	v := *c
	if !v.lazy() {
		return v
	}
	if r := v.cell().load(); !r.lazy() {
		return r
	}
	return s.forceVar(v.cell(), u)
}

// forceVar forces the thunk that a variable refers to.
//
//go:noinline
func (s *State) forceVar(c *Value, u *use) Value {
	if u.as == "" {
		if s.wantedByBuiltin() {
			return s.forceFrom(c, 0)
		}
		return s.forceFrom(c, u.pos)
	}
	s.push(textFrame(u.pos, syntax.Hint(u.as)))
	v := s.forceFrom(c, u.pos)
	s.pop()
	return v
}

// wantedByBuiltin reports whether what is evaluated is an argument of a builtin: they
// have no place to want their arguments at.
func (s *State) wantedByBuiltin() bool {
	n := len(s.stack)
	if n > 1 && uint8(s.stack[n-1].n) == tagText && s.stack[n-1].pos() == 0 {
		n-- // the step of an argument that is told
	}
	return n > 0 && uint8(s.stack[n-1].n) == tagBuiltin
}

// forceFrom forces a cell for an expression at pos: the place of the error if
// the cell turns out to refer to itself, and of the call if it is one.
func (s *State) forceFrom(c *Value, pos Pos) Value {
	if n := c.loadN(); n == s.busy || n == s.busy|1 {
		if _, ok := s.callUnderWay(c); !ok {
			s.infiniteRecursion(c, pos)
		}
	}
	s.wanted = pos
	return s.forceCell(c)
}

func (b *base) delaySlot(s *State, fr, c *Value) Value {
	v := *c
	switch {
	case v.lazy():
		if r := v.peek(); !r.is(rawList) && !r.is(rawLambda) {
			return r
		}
		return v // lists and functions are told apart by the variables that they are values of
	case v.n == 0:
		return b.Delay(s, fr)
	}
	return v
}

func (n *var0) Eval(s *State, fr *Value) Value  { return s.evalSlot(at(fr, n.i), &n.use) }
func (n *var0) Delay(s *State, fr *Value) Value { return n.delaySlot(s, fr, at(fr, n.i)) }
func (n *var1) Eval(s *State, fr *Value) Value  { return s.evalSlot(at(up(fr), n.i), &n.use) }
func (n *var1) Delay(s *State, fr *Value) Value { return n.delaySlot(s, fr, at(up(fr), n.i)) }
func (n *var2) Eval(s *State, fr *Value) Value  { return s.evalSlot(at(up(up(fr)), n.i), &n.use) }
func (n *var2) Delay(s *State, fr *Value) Value { return n.delaySlot(s, fr, at(up(up(fr)), n.i)) }
func (n *varN) Eval(s *State, fr *Value) Value  { return s.evalSlot(at(upN(fr, n.depth), n.i), &n.use) }
func (n *varN) Delay(s *State, fr *Value) Value {
	return n.delaySlot(s, fr, at(upN(fr, n.depth), n.i))
}

func upN(fr *Value, depth int) *Value {
	for ; depth > 0; depth-- {
		fr = up(fr)
	}
	return fr
}

// A withVar looks a name up in the enclosing with scopes, innermost first.
type withVar struct {
	base
	name   Sym
	scopes []withRef
	use
}

type withRef struct {
	depth int
	i     uintptr
	use   // at the with expression
}

func (n *withVar) Eval(s *State, fr *Value) Value {
	for i := range n.scopes {
		w := &n.scopes[i]
		slot := at(upN(fr, w.depth), w.i)
		v := s.evalSlot(slot, &w.use)
		if !v.is(rawAttrs) {
			s.wrongArgument("a set", *slot, 0, w.pos, "while evaluating the first subexpression of a with expression")
		}
		if c := get(v, n.name); c != nil {
			return s.evalSlot(c, &n.use)
		}
	}
	s.Raise(ErrorUndefined, syntax.Hintf("undefined variable '%s'", ShowSym(n.name)), At(n.pos), Framed())
	return Value{}
}

// A stepNode evaluates x as a step of the trace. Variables have it as their use.
type stepNode struct {
	x   node
	pos Pos
	as  string
}

func (n *stepNode) Eval(s *State, fr *Value) Value {
	s.push(textFrame(n.pos, syntax.Hint(n.as)))
	v := n.x.Eval(s, fr)
	s.pop()
	return v
}

func (n *stepNode) Delay(s *State, fr *Value) Value { return n.x.Delay(s, fr) }

// A curPos is __curPos.
type curPos struct {
	base
	pos Pos
}

func (n *curPos) Eval(s *State, _ *Value) Value { return s.PosValue(n.pos) }

// posShape is the layout of positions as sets.
var posShape = NewShape("file", "line", "column")

// identity returns its argument.
var identity = MakeBuiltin(&Builtin{Name: "identity", Arity: 1, F1: func(_ *State, v Value) Value { return v }})

// PosValue returns a position as the language sees it: a set of file, line and
// column, or null.
func (s *State) PosValue(pos Pos) Value {
	p := s.ev.positions.Position(pos)
	if p.Name == DerivationInternal {
		p.Name = "/derivation-internal.nix" // which is a file in Nix
	}
	if p.Line == 0 || p.File == nil || p.Name == "" || p.Name[0] != '/' {
		return Null
	}
	vals := [3]Value{}
	vals[posShape.find(symFile)] = MakeString(PlainPath(ShowPath(p.Name)))
	// Nix computes these when they are wanted.
	vals[posShape.find(symLine)] = s.Thunk(identity, MakeInt(int64(p.Line)))
	vals[posShape.find(symColumn)] = s.Thunk(identity, MakeInt(int64(p.Column)))
	return s.AttrsOf(posShape, vals[:]...)
}
