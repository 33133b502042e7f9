package eval

import "sync/atomic"

// A thunk that builtins.tryEval, or what shows errors inside a value, has seen fail
// keeps the error: evaluated again, it raises the same error, with the trace that
// led to it up to there. Errors that nothing has caught leave thunks as they were,
// so that what was cancelled, met a limit or read a file can be tried again.
// Behaviour: Value::Failed in Nix's value.hh, from 2.34 on.

// A failure is an error that thunks keep, shared by all thunks that the error
// unwound. err is not changed.
type failure struct {
	err    *Error
	frames atomic.Pointer[[]frame] // saved, outermost first; more of them while it unwinds
}

// failing returns what the trace of an error has below mark.
func (s *State) failing(mark int, e *Error) []frame {
	stack, inner := s.stack[mark:], e.inner.frames()
	frames := make([]frame, 0, len(stack)+len(inner))
	for _, fr := range stack {
		frames = append(frames, fr.saved())
	}
	return append(frames, inner...)
}

// keep makes the cells that were claimed since mark keep the error that is
// unwinding them, with the frames that failing returned. Cells that a worker claimed are left to who needs them first,
// since what its trace tells depends on who that is.
func (s *State) keep(mark int, e *Error, frames []frame) {
	if s.lead != nil {
		return
	}
	stack := s.stack[mark:]
	if e.kept == nil {
		same := *e
		e.kept = &failure{err: &same}
	}
	f := e.kept
	f.frames.Store(&frames)
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
		Kind: e.Kind, Msg: e.Msg, Coloured: e.Coloured, Suggestions: e.Suggestions,
		pos: e.pos, inner: innerSteps{buf: *f.frames.Load()}, cause: e.cause, told: true, whole: e.whole,
	})
}
