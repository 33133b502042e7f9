package eval

import "nixbench/engine/syntax"

// A Tracer is told of calls as they begin and end, in the goroutine that makes
// them. An evaluator with a Tracer has no help from other goroutines, and compiles
// calls to nodes that tell it of them; one without pays next to nothing.
type Tracer interface {
	// Call is told of a call before the function is evaluated, if it has not been.
	// A call is what Nix has as one: with any number of arguments, be they fewer
	// than the function takes or more, and of things that are no functions.
	// Behaviour: callFunction in Nix's eval.cc. It may evaluate.
	Call(s *State, c TracedCall)
	// Return ends the call that was told of last, also if an error unwinds it.
	Return(s *State)

	// Enter is told of what runs inside a call, with a number of arguments; of a
	// function that takes several at once, these may be some of them. It must not
	// evaluate.
	Enter(s *State, c Callee, args int)
	// Leave ends what was entered last, also if an error unwinds it.
	Leave(s *State)
}

// A TracedCall is a call.
type TracedCall struct {
	Callee         // the zero Callee if it is not known yet, or can not be called
	Args   []Value // must not be kept
	Pos    Pos     // of the call; 0 if it is not in a text
}

// A Callee is what is called. Callees can be compared and be keys of maps.
type Callee struct {
	// Builtin is nil unless it is one.
	Builtin *Builtin
	// Functor is true for a set with a __functor.
	Functor bool

	lambda *lambda
	had    int // arguments that it was given before, each by a lambda of Nix
	at     Pos // of the __functor
}

// calleeOf returns what a call of f would call, as far as that is known.
func calleeOf(s *State, f Value) Callee {
	switch f = f.peek(); f.raw() {
	case rawLambda:
		return Callee{lambda: s.lambdaOf(f)}
	case rawBuiltin:
		return Callee{Builtin: f.Builtin()}
	case rawPartial, rawClosure:
		c := calleeOf(s, *f.header())
		if c.lambda != nil {
			c.had = int(f.n >> 8)
		}
		return c
	case rawAttrs:
		if get(f, symFunctor) != nil {
			return Callee{Functor: true, at: Attrs{f}.Pos(symFunctor)}
		}
	}
	return Callee{}
}

// Name returns the name of a builtin, or that which the function is bound to;
// "" if there is none.
func (c Callee) Name() string {
	switch {
	case c.Builtin != nil:
		return c.Builtin.Name
	case c.lambda != nil:
		return SymName(c.lambda.boundTo())
	}
	return ""
}

// Pos returns where a function or a __functor is written, 0 for builtins.
func (c Callee) Pos() Pos {
	switch l := c.lambda; {
	case l == nil:
		return c.at
	case c.had == 0:
		return l.at
	default:
		text := l.late.text.tape.Head(l.off)
		for range c.had {
			text = text.Body.(*syntax.Lambda)
		}
		return text.At
	}
}

// Whole returns the function as it is before it is given any arguments.
func (c Callee) Whole() Callee {
	c.had = 0
	return c
}

// Next returns the function that c is with one argument more.
func (c Callee) Next() Callee {
	c.had++
	return c
}

// CellSize is how many bytes a value takes.
const CellSize = int64(valueSize)

// Exprs returns how many expressions can be delayed in what has been compiled.
func (ev *Evaluator) Exprs() int { return ev.nodes.len() }

// SymbolStats returns how many symbols the process has, and the bytes of their
// names.
func SymbolStats() (number, size int) {
	number = symbols.Len()
	for i := range number {
		size += len(symbols.Name(Sym(i + 1)))
	}
	return number, size
}

// Spent returns what the evaluation has done so far.
func (s *State) Spent() Stats {
	spent := s.stats
	spent.Bytes -= int64(s.left) * int64(valueSize)
	return spent
}

// tracedRoom estimates how much Go stack it takes to tell of a call.
const tracedRoom = 1200

// A tracedCall is a call for evaluators with a Tracer.
type tracedCall struct {
	base
	fn   node
	args []node
	pos  Pos
}

func (n *tracedCall) Eval(s *State, fr *Value) Value {
	f := n.fn.Eval(s, fr)
	base := len(s.args)
	for _, a := range n.args {
		s.args = append(s.args, a.Delay(s, fr))
	}
	v := s.trace(f, s.args[base:], n.pos)
	s.popArgs(base)
	return v
}

// trace calls f and tells of it.
func (s *State) trace(f Value, args []Value, call Pos) Value {
	c := calleeOf(s, f)
	if c.Builtin != nil && c.Builtin.own {
		return s.applyN(s.force(f), args, call)
	}
	s.enterThunk(tracedRoom)
	s.tracer.Call(s, TracedCall{c, args, call})
	defer s.tracer.Return(s)
	v := s.applyTraced(s.force(f), args, call)
	s.room += tracedRoom
	return v
}

// traceOneByOne is trace for a function that Nix gives each argument in a call of its
// own, the last in the outermost.
func (s *State) traceOneByOne(f Value, args []Value, call Pos) Value {
	last := len(args) - 1
	if last == 0 {
		return s.trace(f, args, call)
	}
	s.enterThunk(tracedRoom)
	s.tracer.Call(s, TracedCall{Pos: call})
	defer s.tracer.Return(s)
	v := s.applyTraced(s.traceOneByOne(f, args[:last], call), args[last:], call)
	s.room += tracedRoom
	return v
}

// traceStep runs f in a step whose text is evaluated if f fails. What that calls is told
// before the calls around the step end.
func (s *State) traceStep(step frame, f func() Value) (v Value) {
	s.Try(func() {
		s.push(step)
		v = f()
		s.pop()
	}, func(*Error) bool { return false })
	return v
}

// applyTraced is applyN that tells what runs.
func (s *State) applyTraced(f Value, args []Value, call Pos) Value {
	base, had := len(s.args), 0
	for len(args) > 0 {
		n := 1
		switch f.raw() {
		case rawPartial, rawClosure:
			c := f.header()
			had = int(f.n >> 8)
			s.countArgs(*c, -had)
			f, args = *c, s.pushArgs(cells(at(c, 1), had), args)
			continue
		case rawLambda:
			n = s.lambdaOf(f).params
		case rawBuiltin:
			n = int(f.Builtin().Arity)
		}
		whole := n <= len(args)
		n = min(n, len(args))
		if c := calleeOf(s, f); c == (Callee{}) || c.Builtin != nil && !whole {
			f = s.applyN(f, args[:n], call)
		} else {
			if c.lambda != nil {
				c.had = had
			}
			f = s.enterTraced(c, f, args[:n], n-had, call)
		}
		args, had = args[n:], 0
	}
	s.popArgs(base)
	return f
}

func (s *State) enterTraced(c Callee, f Value, args []Value, given int, call Pos) Value {
	s.tracer.Enter(s, c, given)
	defer s.tracer.Leave(s)
	return s.applyN(f, args, call)
}
