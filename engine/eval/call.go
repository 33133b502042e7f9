package eval

import "nixbench/engine/syntax"

// The functions apply… call without a word to the Tracer; callAt, Call and the like tell it.

// applyAt calls f with one argument. The trace tells that it was called there.
func (s *State) applyAt(f, x Value, call Pos) Value {
	f = s.callee(f, call)
	switch f.raw() {
	case rawLambda:
		l := s.lambdaOf(f)
		if l.params == 1 {
			return s.enter1(l, f, x, call)
		}
		return s.partial1(f, x, call)
	case rawBuiltin:
		if b := f.Builtin(); b.Arity == 1 {
			return s.callBuiltin1(b, x, call)
		}
		return s.partial1(f, x, call)
	case rawPartial, rawClosure:
		return s.apply1More(f, x, call)
	}
	return s.applyN(f, []Value{x}, call)
}

// callee evaluates what is called, which for Nix is part of the call.
func (s *State) callee(f Value, call Pos) Value {
	if f = f.peek(); !f.lazy() {
		return f
	}
	s.EnterAt(call)
	f = s.force(f)
	s.Leave()
	return f
}

// mayCall raises an error if a call, which is too short to be one here, would be too deep.
func (s *State) mayCall(call Pos) {
	if s.depth >= s.ev.maxDepth {
		s.EnterAt(call)
	}
}

// applyOneByOne calls f with one argument, what that returns with the next, and so on.
// For Nix, which has a call wait so, each is inside of the next.
func (s *State) applyOneByOne(f Value, args []Value, call Pos) Value {
	last := len(args) - 1
	if last > 0 {
		if s.takesAtOnce(f, len(args)) {
			return s.applyN(f.peek(), args, call)
		}
		s.EnterAt(call)
		f = s.applyOneByOne(f, args[:last], call)
		s.Leave()
	}
	return s.applyAt(f, args[last], call)
}

// takesAtOnce reports whether n calls inside of each other are as good as one with n arguments.
func (s *State) takesAtOnce(f Value, n int) bool {
	f = f.peek()
	return f.is(rawLambda) && s.lambdaOf(f).params == n && s.depth+n <= s.ev.maxDepth
}

// partial1 returns a function that has one of several arguments.
func (s *State) partial1(f, x Value, call Pos) Value {
	s.mayCall(call)
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
	f = s.callee(f, call)
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
				return s.partial(f, args, call)
			}
			f = s.enterN(l, f, args[:l.params], call)
			args = args[l.params:]
		case rawBuiltin:
			b := f.Builtin()
			n := int(b.Arity)
			if n > len(args) {
				return s.partial(f, args, call)
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
			s.EnterAt(call)
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
func (s *State) partial(f Value, args []Value, call Pos) Value {
	s.mayCall(call)
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
