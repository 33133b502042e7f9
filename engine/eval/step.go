package eval

import (
	"slices"

	"nixbench/engine/resolve"
	"nixbench/engine/syntax"
)

// A trace is more than what Format prints of it: each step knows the variables
// that could be used there. They are found when somebody asks, from copies of the
// entries of the force stack, which lead to the frames of variables. Those are not
// recycled, since what was unwound does not release them.

// A Step is a place where evaluation was when an error was raised, or where it
// was stopped.
type Step struct {
	// Text is what was being done: "while calling 'f'"; for the error itself
	// it is its message.
	Text    string
	Pos     syntax.Position // may be zero
	IsError bool            // the error itself, rather than what led to it

	env *environment // nil if there are no variables
}

// An environment is a frame of variables and what it belongs to.
type environment struct {
	ev     *Evaluator
	frame  *Value
	index  uint64  // of the node that is evaluated in the frame, or that made it
	lambda *lambda // instead, the function that made the frame
	inside bool    // the node made the frame
	place  Pos     // where in the node evaluation is
}

// A LevelKind says what made a scope.
type LevelKind = resolve.LevelKind

// The kinds of scopes.
const (
	LevelFunction = resolve.LevelFunction
	LevelLet      = resolve.LevelLet
	LevelRec      = resolve.LevelRec
	LevelWith     = resolve.LevelWith
)

// A Level lists the variables of one scope of the text.
type Level struct {
	Kind  LevelKind
	Names []Variable // in the order of the text; the attributes of a with, sorted
	// Unknown says of a with that its set has not been evaluated.
	Unknown bool
}

// A Variable is a name and its value, which may be a thunk.
type Variable struct {
	Name  string
	Value Value
}

// Steps returns the steps of an error that an Evaluator returned or that a
// debugger was told of: first the error itself, then from the innermost to the
// outermost what was being evaluated.
func (e *Error) Steps() []Step {
	steps := make([]Step, 0, len(e.Trace)+1)
	envs := environments(e.ev, e.stack)
	steps = append(steps, Step{Text: e.Msg, Pos: e.Pos, IsError: !e.halt, env: envAt(envs, len(e.stack)-1, e.place())})
	for i := len(e.Trace) - 1; i >= 0; i-- {
		t, k := &e.Trace[i], int(e.from[i])
		place := e.stack[k].place()
		switch {
		case uint8(e.stack[k].n) != tagLambda:
		case t.Text == callSiteText:
			k-- // the caller's
		default:
			place = e.placeBelow(k)
		}
		steps = append(steps, Step{Text: t.Text, Pos: t.Pos, env: envAt(envs, k, place)})
	}
	return steps
}

// callSiteText is the step of a caller.
const callSiteText = "from call site"

// place is the position that a step has.
func (f frame) place() Pos {
	switch uint8(f.n) {
	case tagText, tagVerbose, tagLambda, tagBuiltin, tagPart, tagIndex:
		return f.pos()
	case tagSelect:
		return f.selection().pos
	}
	return 0
}

// place returns where the error was raised, or the innermost known place around.
func (e *Error) place() Pos {
	if e.pos != 0 {
		return e.pos
	}
	for _, f := range slices.Backward(e.stack) {
		if p := f.place(); p != 0 || int8(f.n) < 0 {
			return p
		}
	}
	return 0
}

// placeBelow returns the first position further inside than an entry of the stack.
func (e *Error) placeBelow(k int) Pos {
	for _, f := range e.stack[k+1:] {
		if int8(f.n) < 0 {
			return 0
		}
		if p := f.place(); p != 0 {
			return p
		}
	}
	return e.pos
}

// environments returns the innermost environment at each entry of a stack.
func environments(ev *Evaluator, stack []frame) []*environment {
	envs := make([]*environment, len(stack))
	var current *environment
	for i, f := range stack {
		switch tag := uint8(f.n); {
		case tag == rawThunk:
			current = &environment{ev: ev, frame: f.env(), index: f.n >> 8}
		case int8(tag) < 0:
			current = nil // a builtin applies a function
		case tag == tagEnv || tag == tagRoot:
			current = &environment{ev: ev, frame: f.env(), index: f.n >> 8, inside: tag == tagEnv}
		case tag == tagLambda:
			l := ev.nodes.called(f)
			envs[i] = &environment{ev: ev, frame: f.env(), lambda: l, inside: true}
			if !l.waiting(f.env()) {
				current = envs[i]
			}
			continue
		}
		envs[i] = current
	}
	return envs
}

func envAt(envs []*environment, k int, place Pos) *environment {
	if k < 0 || k >= len(envs) || envs[k] == nil {
		return nil
	}
	env := *envs[k]
	env.place = place
	return &env
}

// Levels returns the variables that the step can use, innermost scope first.
// Nothing is evaluated.
func (st *Step) Levels() []Level {
	env := st.env
	if env == nil {
		return nil
	}
	off, text := env.source()
	if text == nil {
		return nil
	}
	root, part := text.find(off)
	var out []Level
	for _, l := range resolve.Names(root, part, env.inside, env.place) {
		level := Level{Kind: l.Kind}
		for _, n := range l.Names {
			if v := env.value(n); v.n != 0 {
				level.Names = append(level.Names, Variable{SymName(n.Sym), v})
			}
		}
		if l.Kind == resolve.LevelWith {
			level.addWith(env.value(l.With))
		}
		out = append(out, level)
	}
	return out
}

// source returns where the expression is on the tape of its text, which is nil
// if that is not known.
func (env *environment) source() (off uint32, in *text) {
	if l := env.lambda; l != nil {
		return l.off, l.late.text
	}
	return env.ev.source(env.index)
}

// value returns the value of a variable, the zero Value if it has none yet.
func (env *environment) value(n resolve.Name) Value {
	return at(upN(env.frame, int(n.Depth)), uintptr(n.Slot)+1).peek()
}

func (l *Level) addWith(set Value) {
	if set = set.peek(); !set.is(rawAttrs) {
		l.Unknown = true
		return
	}
	for a := range set.Attrs().All() {
		l.Names = append(l.Names, Variable{SymName(a.Name), a.Value})
	}
}

// HasVariables reports whether Levels may find any.
func (st *Step) HasVariables() bool { return st.env != nil }

// DefineStep binds the variables of a step, which hide others of the same names.
func (c *Scope) DefineStep(st *Step) {
	levels := st.Levels()
	for i := len(levels) - 1; i >= 0; i-- {
		for _, v := range levels[i].Names {
			c.Define(v.Name, v.Value)
		}
	}
}

// Clone returns a copy that can be added to by itself.
func (c *Scope) Clone() *Scope {
	return &Scope{names: c.names.Clone(), values: append([]Value(nil), c.values...)}
}
