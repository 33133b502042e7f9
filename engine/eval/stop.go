package eval

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"nixbench/engine/syntax"
)

// A debugger is a function that an evaluation calls where it stops: at errors, at
// breakpoints, and after each step if it is told to. While the debugger decides
// how to go on, it may use the Evaluator in the calling goroutine or another: such
// evaluations are inside the stopped one, so that thunks which that is evaluating
// are infinite recursion for them rather than something to wait for.
//
// Nothing is paid for this where there is no debugger: errors ask for it when they
// are raised, and steps are between nodes that are compiled for a debugger only.

// A Debugger says how a stopped evaluation goes on.
type Debugger func(ctx context.Context, stop *Stop) Resume

// A Stop is where an evaluation has stopped.
type Stop struct {
	Why StopReason
	// Error is what was raised. For other reasons it says in words why the
	// evaluation stopped, and is not raised. It has Steps.
	Error *Error
	// InTry says that builtins.tryEval is going to catch the error, or may.
	InTry bool
}

// A StopReason is why an evaluation has stopped.
type StopReason uint8

// The reasons.
const (
	StopError StopReason = iota
	StopBreak            // builtins.break
	StopStep             // the debugger asked for a step
	StopTrace            // builtins.trace or warn, with the setting debugger-on-trace or -warn
)

// A Resume is a way to go on.
type Resume uint8

// The ways to go on.
const (
	ResumeContinue Resume = iota // to the next breakpoint or error
	ResumeStep                   // to the next call, selection, file, or body of let or a function
	ResumeQuit                   // raise the error; at a breakpoint ErrQuitBreak, elsewhere ErrQuit
)

// ErrQuit is why an evaluation failed that a debugger ended, and ErrQuitBreak is that at
// builtins.break, which is an error of the evaluation, as in Nix.
var (
	ErrQuit      = errors.New("the debugger ended the evaluation")
	ErrQuitBreak = fmt.Errorf("%w at a breakpoint", ErrQuit)
)

// stopAtError tells the debugger of an error that is about to be raised.
func (s *State) stopAtError(e *Error) {
	caught := s.tries > 0
	if e.Kind == ErrorCancelled || e.told || s.waitsFor != nil || caught && s.ev.opts.IgnoreTry {
		return
	}
	e.told = true
	if s.stopsAt(e) {
		s.stop(StopError, e)
	}
}

// Break stops for builtins.break.
func (s *State) Break() { s.stopHere(StopBreak, "breakpoint reached", At(0)) }

// BreakAtTrace stops for builtins.trace and warn.
func (s *State) BreakAtTrace() { s.stopHere(StopTrace, "trace reached", At(0)) }

func (s *State) stopHere(why StopReason, msg string, at ErrorOption) {
	if s.canStop() && s.stopsHere() {
		e := &Error{Msg: msg, told: true, halt: true}
		at(e)
		s.stop(why, e)
	}
}

// canStop reports whether there is a debugger that is not at work already.
func (s *State) canStop() bool {
	return s.ev.opts.Debugger != nil && !s.undebugged && s.ev.stopped.Load() == nil
}

const stopRoom = 8 << 20 // Go stack for a debugger at the very limit

// stop calls the debugger.
func (s *State) stop(why StopReason, e *Error) {
	if !s.canStop() {
		return
	}
	s.ev.stopped.Store(s)
	s.room += stopRoom
	how := s.ev.opts.Debugger(s.ctx, &Stop{Why: why, Error: s.finish(e), InTry: s.tries > 0})
	s.room -= stopRoom
	s.ev.stopped.Store(nil)
	s.stepping = how == ResumeStep
	if s.ctx.Err() != nil {
		s.interrupt.Store(true)
	}
	if how == ResumeQuit {
		s.undebugged = true
		switch why {
		case StopError:
		case StopBreak:
			s.Raise(ErrorCancelled, syntax.Hint(e.Msg), Because(ErrQuitBreak))
		default:
			s.Raise(ErrorCancelled, syntax.Hint(ErrQuit.Error()), Because(ErrQuit))
		}
	}
}

// nested returns a State for an evaluation that a debugger makes inside a stopped
// one. It owns the same cells. The caller holds ev.mu.
func (ev *Evaluator) nested(outer *State) *State {
	s := &State{ev: ev, id: outer.id, busy: outer.busy, outer: outer}
	ev.replaceState(s)
	return s
}

// replaceState makes s the owner of the cells that are marked with its id. The
// caller holds ev.mu.
func (ev *Evaluator) replaceState(s *State) {
	states := slices.Clone(*ev.states.Load())
	states[s.id] = s
	ev.states.Store(&states)
}
