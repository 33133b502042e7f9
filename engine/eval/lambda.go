package eval

import (
	"cmp"
	"slices"
	"sync/atomic"

	"nixbench/engine/syntax"
)

// A lambda is the code of a function, or of several nested ones that share a
// frame: x: y: body takes its arguments one by one, or both at once without
// making the function in between.
type lambda struct {
	params  int // how many arguments it takes at once
	arg     uintptr
	frame   int // cells of its frame
	formals *formals
	code    atomic.Pointer[lambdaCode]
	late    *lateContext

	tag  uint64 // of its frames on the force stack
	off  uint32 // of it on the tape
	at   Pos    // of it
	name Sym    // what it, or the innermost of merged ones, was bound to
	pos  Pos    // of the same
	// curried says that what it evaluates to is a function, written there.
	curried bool
	// renamed is the latest dynamic attribute that it was bound to, a Sym.
	renamed atomic.Uint32
}

// boundTo returns what the function was bound to, 0 if to nothing.
func (l *lambda) boundTo() Sym {
	if name := l.renamed.Load(); name != 0 {
		return Sym(name)
	}
	return l.name
}

// rename tells the functions x: y: … that they are the value of a dynamic
// attribute. All functions that the text makes have the latest name.
// Behaviour: ExprLambda::setName in Nix's nixexpr.cc.
func (l *lambda) rename(name Sym) {
	if l.boundTo() == name {
		return
	}
	l.renamed.Store(uint32(name))
	if l.curried {
		body := l.compiled().body
		if shelved, ok := body.(*shelvedNode); ok {
			body = shelved.x
		}
		if inner, ok := body.(*lambdaNode); ok {
			inner.lambda.rename(name)
		}
	}
}

// Formals are { a, b ? c, … }.
type formals struct {
	names    []Sym
	optional []bool // has a default
	pos      []Pos
	ellipsis bool
	sorted   *Shape // names, for functionArgs and unexpected arguments
	last     atomic.Pointer[Shape]
	plan     atomic.Pointer[formalsPlan]
}

// A formalsPlan says where the arguments are in sets of one shape.
type formalsPlan struct {
	shape *Shape
	from  []int32 // by formal; -1: use the default
	late  []int32 // the formals that use the default, in the order of symbols
}

// A lambdaNode makes a function. It is delayed by a thunk, though to make the
// function takes no longer: who sees the slot can tell whether it was evaluated.
type lambdaNode struct {
	base
	lambda *lambda
}

func (n *lambdaNode) Eval(_ *State, fr *Value) Value {
	capture(fr)
	return makeLambda(fr, n.tag)
}

func (c *compiler) lambda(e *syntax.Lambda) node {
	l := &lambda{
		params: int(e.Merged), arg: uintptr(e.ArgSlot) + 1, frame: int(e.Frame.Size) + 1,
		name: e.Name, at: e.At, off: e.Off, late: c.context(),
	}
	if e.HasFormals {
		l.formals = newFormals(e)
	}
	inner := e
	for range l.params - 1 {
		inner = inner.Body.(*syntax.Lambda)
	}
	l.name, l.pos = inner.Name, inner.At
	l.curried = inner.Body.(*syntax.Folded).IsLambda
	return &lambdaNode{lambda: l}
}

func newFormals(e *syntax.Lambda) *formals {
	f := &formals{ellipsis: e.Ellipsis}
	entries := make([]Attr, len(e.Formals))
	for i, x := range e.Formals {
		f.names = append(f.names, x.Name)
		f.pos = append(f.pos, x.At)
		f.optional = append(f.optional, x.Default != nil)
		entries[i] = Attr{Name: x.Name, Pos: x.At}
	}
	f.sorted = newShape(sortAttrs(entries, nil), true)
	return f
}

// lambdaOf returns the lambda that a function was made by.
func (s *State) lambdaOf(f Value) *lambda {
	return s.node(uint64(f.lambdaIndex())).lambda
}

// showName returns how traces and errors name the function.
func (l *lambda) showName() string {
	name := l.boundTo()
	if name == 0 {
		return "anonymous lambda"
	}
	return SymName(name)
}

// bind puts the attributes of arg into the slots of the formals.
func (l *lambda) bind(s *State, code *lambdaCode, fr *Value, arg Value, call Pos) {
	f := l.formals
	a := arg.peek()
	if a.lazy() { // Nix wants it where the function is
		s.depth++
		step := textFrame(call, callSiteText)
		if call == 0 {
			step = frame{n: tagMark}
		}
		s.push(step)
		a = s.forceFrom(a.cell(), l.at)
		s.pop()
		s.depth--
	}
	if !a.is(rawAttrs) {
		const what = "while evaluating the value passed for the lambda argument"
		if call == 0 {
			s.wrongArgument("a set", arg, 0, l.pos, what)
		}
		s.wrongArgument("a set", arg, 0, l.pos, what, callSite(call))
	}
	*at(fr, l.arg) = a
	if a.layered() && f.ellipsis {
		f.bindLayered(s, l, code, fr, a, call)
		return
	}
	a = flat(a)
	sh := a.shape()
	plan := f.plan.Load()
	if plan == nil || plan.shape != sh {
		plan = f.planFor(s, l, a, call)
	}
	for i, k := range plan.from {
		c := at(fr, l.arg+1+uintptr(i))
		if k >= 0 {
			*c = *a.attrAt(int(k))
		}
	}
	for _, i := range plan.late {
		*at(fr, l.arg+1+uintptr(i)) = code.defaults[i].Delay(s, fr)
	}
}

// bindLayered looks the arguments up one by one, which spares merging layers.
func (f *formals) bindLayered(s *State, l *lambda, code *lambdaCode, fr *Value, a Value, call Pos) {
	for i, name := range f.names {
		c := at(fr, l.arg+1+uintptr(i))
		if v := get(a, name); v != nil {
			*c = *v
		} else if !f.optional[i] {
			l.missingArgument(s, a, call)
		}
	}
	for _, i := range f.late(nil, func(i int) bool { return at(fr, l.arg+1+uintptr(i)).n == 0 }) {
		*at(fr, l.arg+1+uintptr(i)) = code.defaults[i].Delay(s, fr)
	}
}

// planFor returns where the arguments are in a; until the next call for the same
// State, if it is not kept. It keeps the first plan, and one of a shape that comes
// twice running.
func (f *formals) planFor(s *State, l *lambda, a Value, call Pos) *formalsPlan {
	sh := a.shape()
	plan := &s.plan
	if f.last.Swap(sh) == sh || f.plan.Load() == nil {
		plan = &formalsPlan{from: make([]int32, 0, len(f.names))}
	}
	plan.shape, plan.from = sh, plan.from[:0]
	found := 0
	for i, name := range f.names {
		k := sh.find(name)
		plan.from = append(plan.from, int32(k))
		switch {
		case k >= 0:
			found++
		case !f.optional[i]:
			l.missingArgument(s, a, call)
		}
	}
	if plan.late = plan.late[:0]; found < len(f.names) {
		plan.late = f.late(plan.late, func(i int) bool { return plan.from[i] < 0 })
	}
	if !f.ellipsis && found != len(sh.syms) {
		l.unexpectedArgument(s, a, call)
	}
	if plan != &s.plan {
		f.plan.Store(plan)
	}
	return plan
}

// late appends the formals that missing names to late, in the order of symbols. In
// that order Nix makes values of their defaults, which can be variables among them.
func (f *formals) late(late []int32, missing func(i int) bool) []int32 {
	for i := range f.names {
		if missing(i) {
			late = append(late, int32(i))
		}
	}
	slices.SortFunc(late, func(i, j int32) int { return cmp.Compare(f.names[i], f.names[j]) })
	return late
}

// missingArgument raises the error that a lacks arguments: Nix says so of the first
// in the order of symbols.
//
//go:noinline
func (l *lambda) missingArgument(s *State, a Value, call Pos) {
	f := l.formals
	s.goesInOrder(f.sorted)
	var name Sym
	for i, n := range f.names {
		if !f.optional[i] && get(a, n) == nil && (name == 0 || n < name) {
			name = n
		}
	}
	s.Raise(ErrorType, syntax.Hintf("function '%s' called without required argument '%s'", l.showName(), ShowSym(name)),
		At(l.pos), callSite(call), Framed())
}

//go:noinline
func (l *lambda) unexpectedArgument(s *State, a Value, call Pos) {
	f := l.formals
	s.goesInOrder(flat(a).shape())
	for at := range a.Attrs().BySymbol() {
		if f.sorted.find(at.Name) >= 0 {
			continue
		}
		name := SymName(at.Name)
		s.Raise(ErrorType, syntax.Hintf("function '%s' called with unexpected argument '%s'", l.showName(), QuoteName(name)),
			At(l.pos), callSite(call), Framed(),
			Suggest(suggestions(f.sorted.names(), name)))
	}
}

func callSite(call Pos) ErrorOption { return While(call, "from call site") }

// enter evaluates the body of a function in its frame.
func (s *State) enter(l *lambda, code *lambdaCode, fr *Value, call Pos) Value {
	s.begin(l, code, fr, call)
	return s.run(l, code, fr)
}

// begin makes a call a step of the trace, and run evaluates the body. What the body
// forces first may be evaluated in between: until it has been, it is the zero Value in
// fr, which tells the trace that it was forced by the body.
func (s *State) begin(l *lambda, code *lambdaCode, fr *Value, call Pos) {
	s.depth++
	s.room -= code.room
	if s.depth > s.ev.maxDepth || s.room < 0 {
		s.pastLimit(l, call)
	}
	s.push(pointerFrame(fr, uint64(call)<<32|l.tag))
}

func (s *State) run(l *lambda, code *lambdaCode, fr *Value) Value {
	if s.interrupt.Load() {
		s.cancelled()
	}
	s.stats.Calls += int64(l.params)
	v := code.body.Eval(s, fr)
	s.pop()
	s.depth--
	s.room += code.room
	s.release(fr, l.frame)
	return v
}

//go:noinline
func (s *State) pastLimit(_ *lambda, call Pos) {
	s.tooDeep(call)
}

// enterBuiltin counts a call of a builtin, and leaveBuiltin ends it.
func (s *State) enterBuiltin(b *Builtin, call Pos) {
	s.depth++
	s.room -= builtinRoom
	if s.depth > s.ev.maxDepth || s.room < 0 {
		s.pastLimit(nil, call)
	}
	s.push(pointerFrame(b, uint64(call)<<32|tagBuiltin))
	if s.interrupt.Load() {
		s.cancelled()
	}
	s.stats.Builtins++
}

func (s *State) leaveBuiltin() {
	s.pop()
	s.depth--
	s.room += builtinRoom
}

// FunctionArgs returns the formals of a function and whether each has a
// default; ok is false if f, which is forced, has no formals.
func (s *State) FunctionArgs(f Value) (args []FormalArg, ok bool) {
	if !f.is(rawLambda) {
		return nil, false
	}
	l := s.lambdaOf(f)
	if l.formals == nil {
		return nil, false
	}
	for i, name := range l.formals.names {
		args = append(args, FormalArg{Name: name, HasDefault: l.formals.optional[i], Pos: l.formals.pos[i]})
	}
	return args, true
}

// A FormalArg is a name in { a, b ? c }.
type FormalArg struct {
	Name       Sym
	HasDefault bool
	Pos        Pos
}

// FunctionPos returns where a function is written; ok is false if v is not one
// that was written in the language.
func (ev *Evaluator) FunctionPos(v Value) (pos Pos, ok bool) {
	v = v.peek()
	if v.is(rawLambda) {
		return ev.lambdaAt(v.lambdaIndex()).at, true
	}
	text := ev.LambdaText(v)
	if text == nil {
		return 0, false
	}
	return text.At, true
}

// LambdaText returns the syntax of a function, without its body and the
// defaults; nil if v is not one that was written in the language.
func (ev *Evaluator) LambdaText(v Value) *syntax.Lambda {
	v = v.peek()
	args := 0
	if v.is(rawClosure) {
		args = int(v.n >> 8)
		v = *v.header()
	}
	if !v.is(rawLambda) {
		return nil
	}
	l := ev.lambdaAt(v.lambdaIndex())
	text := l.late.text.tape.Head(l.off)
	for ; args > 0; args-- {
		text = text.Body.(*syntax.Lambda)
	}
	return text
}

// lambdaName returns what a function that was written in the language was bound
// to, 0 if to nothing.
func (ev *Evaluator) lambdaName(v Value) Sym {
	if v = v.peek(); v.is(rawClosure) {
		v = *v.header()
	}
	return ev.lambdaAt(v.lambdaIndex()).boundTo()
}

// lambdaAt returns the lambda of an index in the table of nodes.
func (ev *Evaluator) lambdaAt(index uint32) *lambda {
	return ev.nodes.view()[index>>nodeChunkBits][index%nodeChunkSize].lambda
}
