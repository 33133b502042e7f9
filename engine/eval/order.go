package eval

import (
	"strings"
	"sync/atomic"

	"nixbench/engine/syntax"
)

// Nix goes through sets in the order of symbols, that is in the order in which names
// were first read: which of several errors is told depends on it. Where workers
// evaluate ahead, they read files sooner than one thread would. So it is noticed when
// an evaluation fails while it goes through attributes whose names are newer than the
// workers: whoever started it can do so again, in one thread, once the names have
// been forgotten.

// goesInOrder is called before the attributes of a shape are evaluated in the order
// of their symbols, or told by it. What it returns is to be taken from s.unsure
// afterwards.
func (s *State) goesInOrder(sh *Shape) int {
	if c := s.crew; c == nil || len(sh.syms) < 2 || sh.syms[len(sh.syms)-2] <= c.lastName {
		return 0
	}
	s.unsure++
	return 1
}

// Nor is an evaluation as deep everywhere as it would be in one thread: what a worker has
// evaluated nearer to the top takes no depth any more. So one that becomes too deep is done
// again as well.

// And what depends on the order is not always the error in the end: an error may have been
// caught where another would not have been, and messages cannot be taken back. There, an
// evaluation ends at once if whoever started it can do so again.

// dependsOnOrder is called when an error is caught, or a message is about to be told, that
// another order of attributes would have made another.
func (s *State) dependsOnOrder() {
	if s.lead != nil {
		s.giveUp() // the State that offers the part does it itself
	}
	if again := s.ev.opts.MayRepeat; again != nil && again() {
		e := Errorf(ErrorCancelled, "interrupted: has to be done in one thread")
		e.unordered = true
		s.throw(e)
	}
}

// An orderly World is that of an evaluation that has a crew.
type orderly struct {
	World
	s *State
}

func (o orderly) Trace(msg string) {
	o.check()
	o.World.Trace(msg)
}

func (o orderly) Warn(msg syntax.Hint) {
	o.check()
	o.World.Warn(msg)
}

func (o orderly) check() {
	if o.s.unsure > 0 {
		o.s.dependsOnOrder()
	}
}

// isTooDeep reports whether an evaluation ended because of its depth.
func (e *Error) isTooDeep() bool {
	return e.Kind == ErrorLimit && strings.HasPrefix(string(e.Msg), stackOverflow)
}

// stackOverflow is what messages about depth begin with.
const stackOverflow = "stack overflow"

// Unordered reports whether one thread might have met another error.
func (e *Error) Unordered() bool { return e.unordered }

// ownNames is how many names there are before anything is evaluated, once there is an
// Evaluator.
var ownNames atomic.Int64

// ForgetNames forgets all names that were read and made, so that the next evaluation
// orders attributes like the first of a process. No Evaluator and no value may be used
// afterwards.
func ForgetNames() {
	symbols.Truncate(int(ownNames.Load()))
	for i := range mergedLately {
		mergedLately[i].Store(nil)
	}
}
