package eval

// A Builtin is a function, or a constant, that is written in Go.
//
// Exactly one of the functions is set, the one that Arity names; a constant may
// have a Value instead of F0.
// Arguments that Strict names are forced before the call, and are then never
// thunks; others may be. A builtin raises language errors by [State.Fail] and
// the like, which unwind it: it must leave nothing half done that a defer does
// not tidy up. It must not keep the State, and is called by many goroutines.
type Builtin struct {
	Name   string // as in builtins.Name
	Arity  uint8  // 0 to 3; 0 is a constant, evaluated at first use
	Strict uint8  // bit i: argument i is forced before the call; see Coerced and Told
	Value  Value  // of a constant that needs no evaluation
	F0     func(*State) Value
	F1     func(*State, Value) Value
	F2     func(*State, Value, Value) Value
	F3     func(*State, Value, Value, Value) Value

	// Global binds the name itself at the top level, as "map"; without it the
	// name is bound with two underscores before it, as "__add".
	Global bool
	// Step is the step of the trace in which the argument is forced that is Told.
	Step string
	// NoTrace leaves "while calling the 'x' builtin" out of traces.
	NoTrace bool

	// Doc returns the documentation, Markdown; it may be nil. The first call of
	// one of them takes a millisecond or two.
	Doc     func() string
	Args    []string // names of the arguments
	Feature string   // experimental feature that has to be on; "" is none

	own bool // see Later
}

// Coerced, shifted by i, is in Strict if argument i is forced to be made a string: for
// Nix, what is forced then is one call deeper.
const Coerced = 1 | 1<<4

// Told, shifted by i, is in Strict if argument i is forced before the call in the step
// that Step names. There is one such argument at most.
const Told = 1 << 4

// Call calls f with args, which may be thunks. The result is forced.
func (s *State) Call(f Value, args ...Value) Value {
	switch {
	case s.tracer != nil:
		return s.trace(f, args, 0)
	case len(args) == 1:
		return s.applyAt(f, args[0], 0)
	case len(args) == 2:
		return s.apply2(f, args[0], args[1], 0)
	}
	return s.applyN(s.force(f), args, 0)
}

// Call1 is Call with one argument.
func (s *State) Call1(f, x Value) Value { return s.callAt(f, x, 0) }

// Call2 is Call with two arguments.
func (s *State) Call2(f, x, y Value) Value { return s.callAt2(f, x, y, 0) }

// callAt calls f with one argument. The trace tells that it was called there.
func (s *State) callAt(f, x Value, call Pos) Value {
	if s.tracer != nil {
		return s.trace(f, []Value{x}, call)
	}
	return s.applyAt(f, x, call)
}

// callAt2 is callAt with two arguments.
func (s *State) callAt2(f, x, y Value, call Pos) Value {
	if s.tracer != nil {
		return s.trace(f, []Value{x, y}, call)
	}
	return s.apply2(f, x, y, call)
}

// Later returns, lazily, what f returns: a value of the evaluator's own, of which no
// [Tracer] is told.
func (s *State) Later(f func(*State) Value) Value {
	b := &Builtin{Arity: 1, F1: func(s *State, _ Value) Value { return f(s) }, own: true}
	return s.Thunk(MakeBuiltin(b), Null)
}
