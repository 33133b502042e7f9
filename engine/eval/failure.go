package eval

// A thunk that builtins.tryEval has seen fail keeps the error: evaluated again,
// it raises the same error, with the trace that led to it up to tryEval. Errors
// that nothing in the language catches leave thunks as they were, so that what
// was cancelled, met a limit or read a file can be tried again.
// Behaviour: Value::Failed in Nix's value.hh, from 2.34 on.

// A failure is an error that thunks keep. It is not changed, and shared by all
// thunks that the error unwound.
type failure struct {
	err    *Error
	frames []frame // saved, outermost first
}

// keep makes the cells that were claimed since mark keep the error that is
// unwinding them. Cells that a worker claimed are left to who needs them first,
// since what its trace tells depends on who that is.
func (s *State) keep(mark int, e *Error) {
	if s.lead != nil {
		return
	}
	stack := s.stack[mark:]
	f := &failure{err: e, frames: make([]frame, 0, len(stack)+len(e.inner))}
	for _, fr := range stack {
		f.frames = append(f.frames, fr.saved())
	}
	f.frames = append(f.frames, e.inner...)
	waited := false
	for i, fr := range stack {
		if int8(fr.n) < 0 {
			stack[i].n = tagMark // there is nothing to give back
			waited = fr.cell().fail(f) || waited
		}
	}
	if waited {
		s.ev.wake()
	}
}

// failAgain raises the error that a cell keeps.
//
//go:noinline
func (s *State) failAgain(f *failure) {
	e := f.err
	s.throw(&Error{
		Kind: e.Kind, Msg: e.Msg, Suggestions: e.Suggestions,
		pos: e.pos, inner: f.frames, cause: e.cause, told: true, whole: e.whole,
	})
}
