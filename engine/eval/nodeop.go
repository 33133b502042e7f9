package eval

import (
	"math"
	"math/bits"

	"nixbench/engine/syntax"
)

// A notNode is !x.
type notNode struct {
	base
	x   node
	pos Pos
}

func (n *notNode) Eval(s *State, fr *Value) Value {
	return MakeBool(!s.evalBool(n.x, fr, n.pos, argumentOfNot))
}

func (s *State) evalBool(x node, fr *Value, pos Pos, ctx string) bool {
	s.push(textFrame(pos, syntax.Hint(ctx)))
	v := x.Eval(s, fr)
	if !v.is(rawBool) {
		s.wrongOperand(x, "a Boolean", v, pos)
	}
	s.pop()
	return v.n>>8 != 0
}

// A logicNode is x && y, x || y or x -> y.
type logicNode struct {
	base
	op         syntax.Op
	x, y       node
	xpos, ypos Pos
}

func (n *logicNode) Eval(s *State, fr *Value) Value {
	switch n.op {
	case syntax.OpAnd:
		if !s.evalBool(n.x, fr, n.xpos, leftOfAnd) {
			return False
		}
		return MakeBool(s.evalBool(n.y, fr, n.ypos, "in the right operand of '&&'"))
	case syntax.OpOr:
		if s.evalBool(n.x, fr, n.xpos, leftOfOr) {
			return True
		}
		return MakeBool(s.evalBool(n.y, fr, n.ypos, "in the right operand of '||'"))
	}
	if !s.evalBool(n.x, fr, n.xpos, leftOfImplies) {
		return True
	}
	return MakeBool(s.evalBool(n.y, fr, n.ypos, "in the right operand of '->'"))
}

// leftStep is the step of evaluating x.
func (n *logicNode) leftStep() string {
	switch n.op {
	case syntax.OpAnd:
		return leftOfAnd
	case syntax.OpOr:
		return leftOfOr
	}
	return leftOfImplies
}

// Steps of evaluating operands.
const (
	operandOfAdd  = "in an operand of '+'"
	argumentOfNot = "in the argument of '!'"
	leftOfAnd     = "in the left operand of '&&'"
	leftOfOr      = "in the left operand of '||'"
	leftOfImplies = "in the left operand of '->'"
	rightOfUpdate = "in the right operand of '//'"
)

var operandSteps = map[syntax.Op][2]string{
	syntax.OpEqual:    {"in the left operand of '=='", "in the right operand of '=='"},
	syntax.OpNotEqual: {"in the left operand of '!='", "in the right operand of '!='"},
	syntax.OpConcat:   {"in the left operand of '++'", "in the right operand of '++'"},
}

// An equalNode is x == y or x != y.
type equalNode struct {
	base
	x, y node
	not  bool
	pos  Pos
}

func (n *equalNode) Eval(s *State, fr *Value) Value {
	x := n.x.Eval(s, fr)
	y := n.y.Eval(s, fr)
	if x.is(rawInt) && y.is(rawInt) && s.depth < s.ev.maxDepth {
		return MakeBool((x.n == y.n) != n.not)
	}
	return MakeBool(s.equalAt(x, y, n.pos) != n.not)
}

// A lessNode is one of the orderings, made from <.
type lessNode struct {
	base
	x, y      node
	swap, not bool
	pos       Pos
}

func (n *lessNode) Eval(s *State, fr *Value) Value {
	if n.not { // Nix has !(y < x)
		s.push(n.notFrame())
	}
	s.enterOperator(lessThan, n.pos)
	var x, y Value
	if n.swap {
		y = n.y.Eval(s, fr)
		x = n.x.Eval(s, fr)
		x, y = y, x
	} else {
		x = n.x.Eval(s, fr)
		y = n.y.Eval(s, fr)
	}
	var r bool
	if x.is(rawInt) && y.is(rawInt) {
		r = int64(x.n) < int64(y.n)
	} else {
		nx, ny := n.x, n.y
		if n.swap {
			nx, ny = ny, nx
		}
		r = s.Less(s.operand(nx, fr, x), s.operand(ny, fr, y), "")
	}
	s.leaveOperator()
	if n.not {
		s.pop()
	}
	return MakeBool(r != n.not)
}

// notFrame is the step of the negation that Nix makes of the operator.
func (n *lessNode) notFrame() frame { return textFrame(n.pos, argumentOfNot) }

// operand returns what the builtin that Nix calls for an operator gets for v, the
// value of n.
func (s *State) operand(n node, fr *Value, v Value) Value {
	if v.is(rawList) {
		return s.handOver(n, fr, v)
	}
	return v
}

// enterOperator counts an operator as the call that Nix makes of it, and
// leaveOperator ends it.
func (s *State) enterOperator(b *Builtin, pos Pos) {
	s.depth++
	if s.depth > s.ev.maxDepth {
		s.pastLimit(nil, pos)
	}
	s.push(operatorFrame(b, pos))
}

func operatorFrame(b *Builtin, pos Pos) frame { return pointerFrame(b, uint64(pos)<<32|tagBuiltin) }

func (s *State) leaveOperator() {
	s.pop()
	s.depth--
}

// The operators that Nix makes calls of builtins of, for traces.
var (
	lessThan    = &Builtin{Name: "lessThan"}
	arithmetics = map[syntax.Op]*Builtin{
		syntax.OpSub: {Name: "sub"}, syntax.OpMul: {Name: "mul"}, syntax.OpDiv: {Name: "div"},
	}
	arithmeticOperands = map[syntax.Op][2]string{
		syntax.OpSub: {
			"while evaluating the first argument of the subtraction",
			"while evaluating the second argument of the subtraction",
		},
		syntax.OpMul: {
			"while evaluating the first argument of the multiplication",
			"while evaluating the second argument of the multiplication",
		},
		syntax.OpDiv: {
			"while evaluating the first operand of the division",
			"while evaluating the second operand of the division",
		},
	}
)

// An arithNode is x - y, x * y or x / y.
type arithNode struct {
	base
	op      syntax.Op
	x, y    node
	builtin *Builtin
	pos     Pos
}

// Eval evaluates the operands as part of the call of the builtin, as the trace shows.
func (n *arithNode) Eval(s *State, fr *Value) Value {
	s.enterOperator(n.builtin, n.pos)
	x := n.x.Eval(s, fr)
	y := n.y.Eval(s, fr)
	var r Value
	if x.is(rawInt) && y.is(rawInt) && n.op == syntax.OpSub {
		r = MakeInt(x.int() - y.int())
	} else {
		r = s.Arith(n.op, s.operand(n.x, fr, x), s.operand(n.y, fr, y))
	}
	s.leaveOperator()
	return r
}

// Arith returns x op y, for the arithmetic operators but +, whose builtin
// is builtins.add; see [State.Add].
func (s *State) Arith(op syntax.Op, x, y Value) Value {
	slotX, slotY := x, y
	x, y = s.force(x), s.force(y)
	if x.is(rawInt) && y.is(rawInt) && op == syntax.OpMul {
		if r, ok := multiply(x.int(), y.int()); ok {
			return MakeInt(r)
		}
	}
	operands := arithmeticOperands[op]
	if op == syntax.OpDiv && s.ForceFloat(slotY, operands[1]) == 0 { // before x, as Nix
		s.Fail(ErrorOther, "division by zero")
	}
	if x.is(rawFloat) || y.is(rawFloat) {
		if op == syntax.OpMul {
			operands[0] = "while evaluating the first of the multiplication" // as Nix says it of floats
		}
		a := s.ForceFloat(slotX, operands[0])
		b := s.ForceFloat(slotY, operands[1])
		switch op {
		case syntax.OpSub:
			return MakeFloat(a - b)
		case syntax.OpMul:
			return MakeFloat(a * b)
		}
		return MakeFloat(a / b)
	}
	a := s.ForceInt(slotX, operands[0])
	b := s.ForceInt(slotY, operands[1])
	switch op {
	case syntax.OpSub:
		if r := a - b; (r < a) == (b > 0) {
			return MakeInt(r)
		}
		s.Fail(ErrorOther, "integer overflow in subtracting %d - %d", a, b)
	case syntax.OpMul:
		if r, ok := multiply(a, b); ok {
			return MakeInt(r)
		}
		s.Fail(ErrorOther, "integer overflow in multiplying %d * %d", a, b)
	}
	if a == math.MinInt64 && b == -1 {
		s.Fail(ErrorOther, "integer overflow in dividing %d / %d", a, b)
	}
	return MakeInt(a / b)
}

func multiply(a, b int64) (int64, bool) {
	abs := func(i int64) uint64 {
		if i < 0 {
			return -uint64(i)
		}
		return uint64(i)
	}
	hi, lo := bits.Mul64(abs(a), abs(b))
	if hi != 0 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), lo <= 1<<63
	}
	return int64(lo), lo < 1<<63
}

// A concatNode is x ++ y.
type concatNode struct {
	base
	x, y node
	pos  Pos
}

const whileConcat = "while evaluating one of the elements to concatenate"

func (n *concatNode) Eval(s *State, fr *Value) Value {
	x := n.x.Eval(s, fr)
	y := n.y.Eval(s, fr)
	if !x.is(rawList) {
		n.notList(s, x)
	}
	if !y.is(rawList) {
		n.notList(s, y)
	}
	nx, ny := int(x.n>>8), int(y.n>>8)
	if nx == 0 {
		return y
	}
	if ny == 0 {
		return x
	}
	s.stats.Concats++
	s.stats.ListElems += int64(nx + ny)
	elems := s.allocN(nx + ny)
	copy(elems, x.list())
	copy(elems[nx:], y.list())
	return MakeList(elems)
}

func (n *concatNode) notList(s *State, v Value) {
	s.Raise(ErrorType, syntax.Hintf("expected a list but found %s: %s", ShowType(v), s.showForError(v)),
		While(n.pos, whileConcat))
}

// An updateNode is x // y.
type updateNode struct {
	base
	x, y       node
	xpos, ypos Pos
}

// Eval evaluates the right operand first, as Nix does.
func (n *updateNode) Eval(s *State, fr *Value) Value {
	y := s.evalOperand(n.y, fr, n.ypos, rightOfUpdate)
	x := s.evalOperand(n.x, fr, n.xpos, "in the left operand of '//'")
	s.stats.Updates++
	return s.update(x, y)
}

// evalOperand evaluates an operand of //. One that is an update itself is no step
// of the trace.
func (s *State) evalOperand(x node, fr *Value, pos Pos, ctx string) Value {
	if u, ok := x.(*updateNode); ok {
		return u.Eval(s, fr)
	}
	return s.evalAttrs(x, fr, pos, ctx)
}

func (s *State) evalAttrs(x node, fr *Value, pos Pos, ctx string) Value {
	s.push(textFrame(pos, syntax.Hint(ctx)))
	v := x.Eval(s, fr)
	if !v.is(rawAttrs) {
		s.wrongOperand(x, "a set", v, 0)
	}
	s.pop()
	return v
}
