package eval

import "nixbench/engine/syntax"

// Nodes of calls, by number of arguments.
type (
	call1 struct {
		base
		fn, arg node
		pos     Pos
		vars    varArgs
	}
	call2 struct {
		base
		fn, a, b node
		pos      Pos
		vars     varArgs
	}
	callN struct {
		base
		fn   node
		args []node
		pos  Pos
		vars varArgs
	}
)

// varArgs says which arguments of a call are variables, a bit each. They are forced
// where the function wants them, not where they are handed over.
type varArgs uint8

func varsOf(args ...node) (vars varArgs) {
	for i, a := range args {
		if isVariable(a) {
			vars |= 1 << i
		}
	}
	return vars
}

func isVariable(n node) bool {
	switch n.(type) {
	case *var0, *var1, *var2, *varN:
		return true
	}
	return false
}

func (n *call1) Eval(s *State, fr *Value) Value {
	f := n.fn.Eval(s, fr)
	switch f.raw() {
	case rawLambda:
		l := s.lambdaOf(f)
		if l.params != 1 {
			break
		}
		if l.formals != nil {
			if n.vars != 0 {
				return s.enter1(l, f, n.arg.Delay(s, fr), n.pos)
			}
			return s.enter1(l, f, n.evalArg(s, fr), n.pos)
		}
		if code := l.compiled(); len(code.strict) > 0 && n.vars == 0 {
			in := s.newFrame(l.frame)
			setUp(in, f.frame())
			s.begin(l, code, in, n.pos)
			*at(in, l.arg) = s.operand(n.arg, fr, n.arg.Eval(s, fr))
			return s.run(l, code, in)
		}
		return s.enter1(l, f, n.arg.Delay(s, fr), n.pos)
	case rawBuiltin:
		b := f.Builtin()
		if b.Arity != 1 {
			break
		}
		s.enterBuiltin(b, n.pos)
		v := b.F1(s, b.argOf(s, 0, n.arg, fr))
		s.leaveBuiltin()
		return s.force(v)
	}
	return s.applyN(f, []Value{n.arg.Delay(s, fr)}, n.pos)
}

// evalArg evaluates the argument of a function with formals.
func (n *call1) evalArg(s *State, fr *Value) Value {
	s.depth++ // for Nix, this is part of the call
	s.push(textFrame(n.pos, callSiteText))
	x := n.arg.Eval(s, fr)
	s.pop()
	s.depth--
	return s.operand(n.arg, fr, x)
}

// argOf evaluates or delays an argument, as the builtin wants it.
func (b *Builtin) argOf(s *State, i int, n node, fr *Value) Value {
	switch b.Strict >> i & Coerced {
	case 0:
		return n.Delay(s, fr)
	case Coerced:
		s.deeper()
		v := n.Eval(s, fr)
		s.depth--
		return s.operand(n, fr, v)
	case Told:
		s.push(textFrame(0, syntax.Hint(b.Step)))
		v := n.Eval(s, fr)
		s.pop()
		return s.operand(n, fr, v)
	}
	return s.operand(n, fr, n.Eval(s, fr))
}

// handOver returns what a builtin gets for a list, the value of n: of a variable the
// slot, evaluated, since a list is shown as the variable's where it is in itself.
func (s *State) handOver(n node, fr *Value, v Value) Value {
	if isVariable(n) {
		return n.Delay(s, fr)
	}
	return v
}

func (n *call2) Eval(s *State, fr *Value) Value {
	f := n.fn.Eval(s, fr)
	switch f.raw() {
	case rawLambda:
		l := s.lambdaOf(f)
		if l.params != 2 {
			break
		}
		code := l.compiled()
		in := s.newFrame(l.frame)
		setUp(in, f.frame())
		s.begin(l, code, in, n.pos)
		x, y := at(in, l.arg), at(in, l.arg+1)
		for _, i := range code.strict {
			arg, slot := n.a, x
			if i == 1 {
				arg, slot = n.b, y
			}
			if n.vars>>i&1 == 0 {
				*slot = s.operand(arg, fr, arg.Eval(s, fr))
			} else if *slot = arg.Delay(s, fr); slot.lazy() {
				break // the others are forced after it
			}
		}
		if x.n == 0 {
			*x = n.a.Delay(s, fr)
		}
		if y.n == 0 {
			*y = n.b.Delay(s, fr)
		}
		return s.run(l, code, in)
	case rawBuiltin:
		b := f.Builtin()
		if b.Arity != 2 {
			break
		}
		s.enterBuiltin(b, n.pos)
		x := b.argOf(s, 0, n.a, fr)
		v := b.F2(s, x, b.argOf(s, 1, n.b, fr))
		s.leaveBuiltin()
		return s.force(v)
	}
	return s.applyN(f, []Value{n.a.Delay(s, fr), n.b.Delay(s, fr)}, n.pos)
}

func (n *callN) Eval(s *State, fr *Value) Value {
	f := n.fn.Eval(s, fr)
	args := n.args
	switch f.raw() {
	case rawLambda:
		l := s.lambdaOf(f)
		if l.params != len(args) {
			break
		}
		code := l.compiled()
		in := s.newFrame(l.frame)
		setUp(in, f.frame())
		s.begin(l, code, in, n.pos)
		for _, i := range code.strict {
			slot := at(in, l.arg+uintptr(i))
			if n.vars>>i&1 == 0 {
				*slot = s.operand(args[i], fr, args[i].Eval(s, fr))
			} else if *slot = args[i].Delay(s, fr); slot.lazy() {
				break // the others are forced after it
			}
		}
		for i, a := range args {
			if x := at(in, l.arg+uintptr(i)); x.n == 0 {
				*x = a.Delay(s, fr)
			}
		}
		return s.run(l, code, in)
	case rawBuiltin:
		b := f.Builtin()
		if b.Arity != 3 || len(args) != 3 {
			break
		}
		s.enterBuiltin(b, n.pos)
		x := b.argOf(s, 0, args[0], fr)
		y := b.argOf(s, 1, args[1], fr)
		v := b.F3(s, x, y, b.argOf(s, 2, args[2], fr))
		s.leaveBuiltin()
		return s.force(v)
	}
	base := len(s.args)
	for _, a := range args {
		s.args = append(s.args, a.Delay(s, fr))
	}
	v := s.applyN(f, s.args[base:], n.pos)
	s.popArgs(base)
	return v
}
