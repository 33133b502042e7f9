package eval

// A Tracer is told of calls as they begin and end, in the goroutine that makes
// them. It must not evaluate. An evaluator with a Tracer has no help from other
// goroutines; one without pays nothing for it on calls of functions.
type Tracer interface {
	Enter(s *State, c TracedCall)
	// Leave ends the call that was entered last. It is not called for calls that
	// an error unwinds: see [TracedCall.Depth].
	Leave(s *State)
}

// A TracedCall is a call of a function, a builtin or a set with a __functor.
type TracedCall struct {
	Callee
	Pos Pos // of the call; 0 if it is not in a text
	// Depth grows with each call inside another: earlier calls of the same Depth
	// or more have ended.
	Depth int
}

// A Callee is what is called. Callees can be compared and be keys of maps.
type Callee struct {
	// Builtin is nil unless it is one.
	Builtin *Builtin
	// Functor is true for a set with a __functor.
	Functor bool
	lambda  *lambda
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

// Pos returns where a function is written, 0 for what is none.
func (c Callee) Pos() Pos {
	if c.lambda == nil {
		return 0
	}
	return c.lambda.at
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

// enterTraced is enter for evaluators with a Tracer, from where the frame has
// been pushed.
//
//go:noinline
func (s *State) enterTraced(l *lambda, code *lambdaCode, fr *Value, call Pos) Value {
	c := TracedCall{Callee: Callee{lambda: l}, Pos: call, Depth: len(s.stack)}
	if n := c.Depth - 2; call == 0 && n >= 0 && int8(s.stack[n].n) < 0 {
		c.Pos = c.Callee.Pos() // the call is a thunk of its own, as map makes them
	}
	s.tracer.Enter(s, c)
	s.stats.Calls++
	v := code.body.Eval(s, fr)
	s.tracer.Leave(s)
	s.pop()
	s.depth--
	s.room += code.room
	s.release(fr, l.frame)
	return v
}

// traceBuiltin tells of a builtin that has just been entered.
func (s *State) traceBuiltin(b *Builtin, call Pos) {
	if s.tracer != nil {
		s.tracer.Enter(s, TracedCall{Callee: Callee{Builtin: b}, Pos: call, Depth: len(s.stack)})
	}
}

// traceFunctor tells of a set that is called.
func (s *State) traceFunctor(call, functor Pos) {
	if s.tracer != nil {
		if call == 0 {
			call = functor
		}
		s.tracer.Enter(s, TracedCall{Callee: Callee{Functor: true}, Pos: call, Depth: len(s.stack)})
	}
}

func (s *State) untrace() {
	if s.tracer != nil {
		s.tracer.Leave(s)
	}
}
