package eval

import "nixbench/engine/syntax"

// The functions apply… call without a word to the Tracer; callAt, Call and the like tell it.

// applyAt calls f with one argument. The trace tells that it was called there.
func (s *State) applyAt(f, x Value, call Pos) Value {
	f = s.force(f)
	switch f.raw() {
	case rawLambda:
		l := s.lambdaOf(f)
		if l.params == 1 {
			return s.enter1(l, f, x, call)
		}
		return s.partial1(f, x)
	case rawBuiltin:
		if b := f.Builtin(); b.Arity == 1 {
			return s.callBuiltin1(b, x, call)
		}
		return s.partial1(f, x)
	case rawPartial, rawClosure:
		return s.apply1More(f, x, call)
	}
	return s.applyN(f, []Value{x}, call)
}

// partial1 returns a function that has one of several arguments.
func (s *State) partial1(f, x Value) Value {
	s.countArgs(f, 1)
	c := s.alloc(2)
	*c, *at(c, 1) = f, x
	return makePartial(c, 1)
}

// apply1More calls a function that has some of its arguments with one more.
func (s *State) apply1More(f, x Value, call Pos) Value {
	c := f.header()
	n := int(f.n >> 8)
	if n == 1 {
		s.countArgs(*c, -1)
		return s.apply2(*c, *at(c, 1), x, call)
	}
	return s.applyN(f, []Value{x}, call)
}

// apply2 calls f with two arguments.
func (s *State) apply2(f, x, y Value, call Pos) Value {
	f = s.force(f)
	if f.is(rawLambda) {
		switch l := s.lambdaOf(f); l.params {
		case 2:
			fr := s.newFrame(l.frame)
			setUp(fr, f.frame())
			*at(fr, l.arg) = x
			*at(fr, l.arg+1) = y
			return s.enter(l, l.compiled(), fr, call)
		case 1:
			return s.applyAt(s.enter1(l, f, x, call), y, call)
		}
	}
	if f.is(rawBuiltin) {
		if b := f.Builtin(); b.Arity == 2 {
			return s.callBuiltin2(b, x, y, call)
		}
	}
	return s.applyN(f, []Value{x, y}, call)
}

// enter1 calls a function that takes one argument at once.
func (s *State) enter1(l *lambda, f, x Value, call Pos) Value {
	code := l.compiled()
	fr := s.newFrame(l.frame)
	setUp(fr, f.frame())
	if l.formals != nil {
		l.bind(s, code, fr, x, call)
	} else {
		*at(fr, l.arg) = x
	}
	return s.enter(l, code, fr, call)
}

// applyN calls f, which is forced, with any number of arguments.
// It does not keep args.
func (s *State) applyN(f Value, args []Value, call Pos) Value {
	base := len(s.args)
	for len(args) > 0 {
		switch f.raw() {
		case rawLambda:
			l := s.lambdaOf(f)
			if l.params > len(args) {
				return s.partial(f, args)
			}
			f = s.enterN(l, f, args[:l.params], call)
			args = args[l.params:]
		case rawBuiltin:
			b := f.Builtin()
			n := int(b.Arity)
			if n > len(args) {
				return s.partial(f, args)
			}
			f = s.callBuiltin(b, args[:n], call)
			args = args[n:]
		case rawPartial, rawClosure:
			c := f.header()
			had := cells(at(c, 1), int(f.n>>8))
			s.countArgs(*c, -len(had))
			f, args = *c, s.pushArgs(had, args)
		case rawAttrs:
			functor := get(f, symFunctor)
			if functor == nil {
				s.notFunction(f, call)
			}
			s.push(textFrame(call, "while calling a functor (an attribute set with a '__functor' attribute)"))
			s.Enter()
			pos := Attrs{f}.Pos(symFunctor)
			f = s.callAt2(*functor, f, args[0], pos)
			s.Leave()
			s.pop()
			args = args[1:]
		default:
			s.notFunction(f, call)
		}
	}
	s.popArgs(base)
	return f
}

// countArgs counts arguments that a function has been given before it is called with all: each
// is a call for Nix. Once it is called all are counted, which takes back those from before.
func (s *State) countArgs(f Value, n int) {
	if f.is(rawLambda) {
		s.stats.Calls += int64(n)
	}
}

// pushArgs returns the arguments that a function has and those that it gets, in
// memory that is good until they are popped.
func (s *State) pushArgs(had, more []Value) []Value {
	base := len(s.args)
	s.args = append(append(s.args, had...), more...)
	return s.args[base:]
}

func (s *State) popArgs(base int) {
	clear(s.args[base:])
	s.args = s.args[:base]
}

func (s *State) enterN(l *lambda, f Value, args []Value, call Pos) Value {
	if len(args) == 1 {
		return s.enter1(l, f, args[0], call)
	}
	fr := s.newFrame(l.frame)
	setUp(fr, f.frame())
	copy(cells(at(fr, l.arg), len(args)), args)
	return s.enter(l, l.compiled(), fr, call)
}

// partial returns a function that waits for further arguments.
func (s *State) partial(f Value, args []Value) Value {
	s.countArgs(f, len(args))
	c := s.allocN(len(args) + 1)
	c[0] = f
	copy(c[1:], args)
	return makePartial(&c[0], len(args))
}

//go:noinline
func (s *State) notFunction(f Value, call Pos) {
	s.Raise(ErrorType, syntax.Hintf("attempt to call something which is not a function but %s: %s",
		ShowType(f), s.showForError(f)), At(call))
}

func (s *State) callBuiltin(b *Builtin, args []Value, call Pos) Value {
	switch b.Arity {
	case 1:
		return s.callBuiltin1(b, args[0], call)
	case 2:
		return s.callBuiltin2(b, args[0], args[1], call)
	}
	s.enterBuiltin(b, call)
	v := b.F3(s, s.arg(b, 0, args[0]), s.arg(b, 1, args[1]), s.arg(b, 2, args[2]))
	s.leaveBuiltin()
	return s.force(v)
}

// arg forces an argument if the builtin is strict in it.
func (s *State) arg(b *Builtin, i int, v Value) Value {
	switch b.Strict >> i & Coerced {
	case 0:
		return v
	case Coerced:
		s.deeper()
		forced := s.force(v)
		s.depth--
		return inSlot(v, forced)
	case Told:
		s.push(textFrame(0, syntax.Hint(b.Step)))
		forced := s.force(v)
		s.pop()
		return inSlot(v, forced)
	}
	return inSlot(v, s.force(v))
}

// inSlot returns what a builtin gets for an argument and the value of it: of a list
// that was evaluated in a cell the cell, as in [State.handOver].
func inSlot(arg, forced Value) Value {
	if forced.is(rawList) && arg.is(rawRef) {
		return arg
	}
	return forced
}

// deeper counts a call that has no place.
func (s *State) deeper() {
	if s.depth++; s.depth > s.ev.maxDepth {
		s.tooDeep(0)
	}
}

func (s *State) callBuiltin1(b *Builtin, x Value, call Pos) Value {
	s.enterBuiltin(b, call)
	v := b.F1(s, s.arg(b, 0, x))
	s.leaveBuiltin()
	return s.force(v)
}

func (s *State) callBuiltin2(b *Builtin, x, y Value, call Pos) Value {
	s.enterBuiltin(b, call)
	v := b.F2(s, s.arg(b, 0, x), s.arg(b, 1, y))
	s.leaveBuiltin()
	return s.force(v)
}

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
