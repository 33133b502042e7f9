package eval

import (
	"slices"

	"nixbench/engine/syntax"
)

// DerivationInternal is the name of the text that defines derivation. Traces do
// not tell of attributes that are defined in it.
const DerivationInternal = "«nix-internal»/derivation-internal.nix"

// finish spells out the positions of an error and tells its trace from the
// force stack, which has not been unwound.
func (s *State) finish(e *Error) *Error {
	if e.Trace != nil || e.bare {
		s.place(e)
		return e
	}
	s.replaceCaught(e, 0, false)
	frames, unsaved := s.replace(e, append(slices.Clone(s.stack), e.inner.frames()...), len(s.stack))
	s.place(e)
	trace := make([]TraceFrame, 0, 16)
	from := make([]int32, 0, 16)
	for i := range frames {
		trace = s.tell(trace, &frames[i])
		for len(from) < len(trace) {
			from = append(from, int32(i))
		}
		if i < unsaved {
			frames[i] = frames[i].saved()
		}
	}
	e.Trace, e.ev, e.stack, e.from = trace, s.ev, frames, from
	return e
}

// place spells out where an error is.
func (s *State) place(e *Error) {
	if e.Pos.Line == 0 && e.pos != 0 {
		e.Pos = s.ev.Position(e.pos)
	}
}

// replace lets an error in the text that addErrorContext is given take the place
// of the error that the text was for. Of frames, the first unsaved are those of
// the stack.
func (s *State) replace(e *Error, frames []frame, unsaved int) ([]frame, int) {
	for i := 0; i < len(frames) && e.Kind != ErrorCancelled; i++ {
		if uint8(frames[i].n) != tagContext {
			continue
		}
		_, err := s.contextText(&frames[i])
		if err == nil {
			continue
		}
		e.become(err)
		frames, unsaved = append(frames[:i:i], err.inner.frames()...), min(unsaved, i)
		i--
	}
	return frames, unsaved
}

// become makes an error say what another says.
func (e *Error) become(err *Error) {
	e.Kind, e.Msg, e.Coloured, e.Suggestions = err.Kind, err.Msg, err.Coloured, err.Suggestions
	e.pos, e.Pos, e.cell, e.cause, e.whole = err.pos, err.Pos, err.cell, err.cause, err.whole
	e.kept = nil
}

// replaceCaught is replace for an error that unwinds the stack to mark, before
// it is decided whether it is caught there. If keep is set, the cells that a text
// may need again keep the error.
func (s *State) replaceCaught(e *Error, mark int, keep bool) {
	if e.Kind == ErrorCancelled || e.Kind == ErrorLimit || e.halt || e.bare {
		return
	}
	top := len(s.stack)
	if e.asked > 0 {
		top = min(top, e.asked-1)
	}
	for i := top - 1; i >= mark; i-- {
		if f := s.stack[i]; uint8(f.n) == tagContext {
			s.giveBack(e, i+1, keep)
			if _, err := s.contextText(&f); err != nil {
				// What was told of the error, and this step, are of no use any more.
				e.become(err)
				e.inner = err.inner
				s.stack[i].n = tagMark
				if e.Kind == ErrorCancelled {
					return
				}
			}
		}
	}
	e.asked = mark + 1
}

// giveBack unwinds the stack to mark while an error goes on to unwind what is
// left. What it had to tell is told by the error.
func (s *State) giveBack(e *Error, mark int, keep bool) {
	var kept []frame
	if keep {
		kept = s.failing(mark, e)
	}
	for i := len(s.stack) - 1; i >= mark; i-- {
		e.addStep(s.stack[i])
	}
	if keep {
		s.keep(mark, e, kept)
	}
	s.unwind(mark)
}

// innerSteps are steps of a trace to which those around them are added, innermost
// first. It has one owner.
type innerSteps struct {
	buf   []frame // from start on, outermost first
	start int
}

func (in *innerSteps) frames() []frame { return in.buf[in.start:] }

// add puts a step around the others.
func (in *innerSteps) add(f frame) {
	if in.start == 0 {
		room := len(in.buf) + 8
		in.buf, in.start = append(make([]frame, room, room+len(in.buf)), in.buf...), room
	}
	in.start--
	in.buf[in.start] = f
}

// addStep adds a frame that is unwound, and what it has to tell.
func (e *Error) addStep(f frame) {
	e.inner.add(f.saved())
	if int8(f.n) < 0 && f.cell() == e.cell {
		text := MakeString(enteringRecursion)
		e.inner.add(pointerFrame(&text, alwaysTold|tagContext))
	}
}

const enteringRecursion = "entering the infinite recursion"

// tell appends what a frame has to say to a trace.
func (s *State) tell(trace []TraceFrame, f *frame) []TraceFrame {
	t := TraceFrame{Pos: s.ev.Position(f.pos())}
	switch uint8(f.n) {
	case tagPart:
		t.say(f.stepText().part(Sym(f.n >> 8 & maxPart)))
	case tagIndex:
		t.say(f.stepText().index(int(f.n >> 8 & maxPart)))
	case tagText:
		t.say(syntax.Hint(f.text()))
	case tagLambda:
		l := s.ev.nodes.called(*f)
		call, name := TraceFrame{Pos: s.ev.Position(l.pos), Verbose: true}, l.showName()
		if l.boundTo() != 0 {
			name = "'" + name + "'"
		}
		call.say(syntax.Hintf("while calling %s", name))
		if f.pos() != 0 {
			trace = append(trace, TraceFrame{Pos: t.Pos, Text: callSiteText, Verbose: true})
		}
		trace = append(trace, call)
		for _, step := range l.early(f.env()) {
			trace = s.tell(trace, &step)
		}
		return trace
	case tagBuiltin:
		if b := f.builtin(); !b.NoTrace {
			t.say(syntax.Hintf("while calling the '%s' builtin", b.Name))
		}
	case tagSelect:
		return s.tellSelection(trace, f)
	case tagContext:
		text, _ := s.contextText(f)
		t.say(syntax.Hint(text))
		t.Always = f.n&alwaysTold != 0
	default:
		if int8(f.n) < 0 && s.thrown != nil && f.cell() == s.thrown.cell {
			return append(trace, TraceFrame{Text: enteringRecursion, Always: true})
		}
		return trace
	}
	if t.Text == "" {
		return trace
	}
	return append(trace, t)
}

func (t *TraceFrame) say(text syntax.Hint) { t.Text, t.Coloured = text.Split() }

// tellSelection tells where something is selected, and where what has been
// selected so far was defined.
func (s *State) tellSelection(trace []TraceFrame, f *frame) []TraceFrame {
	sel := f.selection()
	step := TraceFrame{Pos: s.ev.Position(sel.pos)}
	step.say(syntax.Hintf("while evaluating the attribute '%s'", sel.describe(s, sel.len())))
	trace = append(trace, step)
	if f.pos() == 0 {
		return trace
	}
	pos := s.ev.Position(f.pos())
	if pos.Name == DerivationInternal {
		return trace
	}
	done := int(uint32(f.n) >> 8)
	step = TraceFrame{Pos: pos}
	step.say(syntax.Hintf("from the definition of '%s'", sel.describe(s, done)))
	return append(trace, step)
}

// aside runs f for a trace while an error unwinds, and returns the error of f with
// the steps that led to it.
func (s *State) aside(f func()) *Error {
	thrown, mark := s.thrown, len(s.stack)
	s.room += 1 << 20 // an error at the very limit can still be told
	err := s.Try(f, func(e *Error) bool {
		if e.Kind == ErrorCancelled {
			return true
		}
		for i := len(s.stack) - 1; i >= mark; i-- {
			e.addStep(s.stack[i])
		}
		return true
	})
	s.room -= 1 << 20
	s.thrown = thrown
	return err
}

// WithErrorContext runs f; if it fails, the trace has a frame with the string
// that msg evaluates to, also if the trace is truncated.
// It is builtins.addErrorContext.
func (s *State) WithErrorContext(msg Value, f func() Value) Value {
	return s.withContext(msg, alwaysTold, f)
}

// WithContext is WithErrorContext with a frame like others.
func (s *State) WithContext(msg Value, f func() Value) Value { return s.withContext(msg, 0, f) }

// The n of a tagContext frame.
const (
	alwaysTold   = 1 << 8
	contextDepth = 16 // shift of the depth of calls where the text is asked for
)

func (s *State) withContext(msg Value, flags uint64, f func() Value) Value {
	m := msg
	step := pointerFrame(&m, uint64(s.depth)<<contextDepth|flags|tagContext)
	if s.tracer != nil {
		return s.traceStep(step, f)
	}
	s.push(step)
	v := f()
	s.pop()
	return v
}

// contextText computes the message of a tagContext frame.
func (s *State) contextText(f *frame) (text string, err *Error) {
	depth := s.depth
	s.depth = int(f.n >> contextDepth)
	err = s.aside(func() {
		text, _ = s.CoerceToString(*f.value(), "while evaluating the error message passed to builtins.addErrorContext", CoerceOpts{})
	})
	s.depth = depth
	return syntax.Told(text), err
}
