package eval

import "sync/atomic"

// Nix goes through sets in the order of symbols, that is in the order in which names
// were first read: which of several errors is told depends on it. Where workers
// evaluate ahead, they read files sooner than one thread would. So it is noticed when
// attributes whose order is that of another day are gone through; and if the
// evaluation then fails, whoever started it can do so again, in one thread, once the
// names have been forgotten.

// goesInOrder is called before the attributes of a shape are evaluated in the order
// of their symbols, or told by it.
func (s *State) goesInOrder(sh *Shape) {
	if c := s.crew; c != nil && len(sh.syms) > 1 && sh.syms[len(sh.syms)-2] > c.lastName {
		c.unordered.Store(true)
	}
}

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
