package eval

import (
	"errors"
	"iter"
	"math"
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
// of their symbols, or told by it. What it returns is for wentInOrder.
func (s *State) goesInOrder(sh *Shape) int {
	if c := s.crew; c == nil || len(sh.syms) < 2 || sh.syms[len(sh.syms)-2] <= c.lastName {
		return 0
	}
	s.unsure++
	return 1
}

// InOrder yields the attributes of a in the order of their symbols, as [Attrs.BySymbol], for
// what may fail at one of them, or tell something.
func (s *State) InOrder(a Attrs) iter.Seq[Attr] {
	return func(yield func(Attr) bool) {
		unsure, held := s.goesInOrder(flat(a.v).shape()), len(s.held)
		all := true
		a.bySymbol(func(at Attr) bool {
			all = yield(at)
			return all
		})
		s.wentInOrder(unsure, all || len(s.held) == held)
	}
}

// Nor is an evaluation as deep everywhere as it would be in one thread: what a worker has
// evaluated nearer to the top takes no depth any more. So one that becomes too deep is done
// again as well.

// And what depends on the order is not always the error in the end: an error may have been
// caught where another would not have been, and messages cannot be taken back. There, an
// evaluation ends at once if whoever started it can do so again.

// dependsOnOrder is called when an error is caught, or messages are about to be told, that
// another order of attributes would have made others. It returns if that cannot be helped.
func (s *State) dependsOnOrder() {
	if s.lead != nil {
		s.giveUp() // the State that offers the part does it itself
	}
	if s.ev.mayRepeat() {
		e := Errorf(ErrorCancelled, "interrupted: has to be done in one thread")
		e.unordered = true
		s.throw(e)
	}
}

// Commit is called before something is written that cannot be taken back. From there on
// the evaluation has no help; if it has had some, and can be done again, it is.
func (s *State) Commit() {
	if s.crew != nil && s.nextOffer != math.MaxInt64 && s.thrown == nil {
		s.dependsOnOrder()
	}
	s.nextOffer = math.MaxInt64
}

// mayRepeat reports whether whoever started an evaluation can do so again.
func (ev *Evaluator) mayRepeat() bool { return ev.opts.MayRepeat != nil && ev.opts.MayRepeat() }

// BeginsAgain reports whether an evaluation has ended with an error for which whoever started
// it does so again. What it has made until then is made by the next.
func (ev *Evaluator) BeginsAgain(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.unordered && ev.mayRepeat()
}

// wentInOrder is called after attributes of a shape were gone through, with what
// goesInOrder has returned; all reports whether no message was told because some were left
// out, or told though they might have been.
func (s *State) wentInOrder(unsure int, all bool) {
	s.unsure -= unsure
	if unsure == 0 || len(s.held) == 0 {
		return
	}
	if !all {
		s.dependsOnOrder()
	}
	if s.unsure == 0 {
		s.tellHeld()
	}
}

// Nor is the place of a call that has been put off always what one thread would tell: it is
// where the function was written once that has been evaluated, which a worker may have done
// sooner. An error whose trace has such a place is found again in one thread as well.

// doubtPlace notes that a place is one that a worker may have made known.
func (s *State) doubtPlace(pos Pos) {
	if s.crew != nil && pos != 0 {
		s.crew.doubts.Store(pos, true)
	}
}

// doubted reports whether a step of an error, which is being unwound, is at a place of
// which doubtPlace was told.
func (c *crew) doubted(s *State, e *Error) bool {
	for _, frames := range [][]frame{s.stack, e.inner.frames()} {
		for _, f := range frames {
			if _, ok := c.doubts.Load(f.pos()); ok {
				return true
			}
		}
	}
	_, ok := c.doubts.Load(e.pos)
	return ok
}

// An orderly World is that of an evaluation that has a crew. A message that is told while
// attributes are gone through in an uncertain order is held back until all of them have
// been: then it was told in any order, and if there was no other, at this place.
type orderly struct {
	World
	s *State
}

// A heldMessage is one that is going to be told.
type heldMessage struct {
	text string
	tell func()
}

func (o orderly) Trace(msg string) { o.say(msg, func() { o.World.Trace(msg) }) }

func (o orderly) Warn(msg syntax.Hint) {
	o.say("warning: "+string(msg), func() { o.World.Warn(msg) })
}

func (o orderly) Inform(msg string) { o.say(msg, func() { o.World.Inform(msg) }) }

func (o orderly) say(text string, tell func()) {
	s := o.s
	if s.unsure > 0 && (len(s.held) == 0 || s.held[0].text == text) {
		s.held = append(s.held, heldMessage{text, tell})
		return
	}
	if s.unsure > 0 {
		s.dependsOnOrder()
	}
	s.tellHeld()
	tell()
}

// tellHeld tells what was held back.
func (s *State) tellHeld() {
	held := s.held
	s.held = nil
	for _, m := range held {
		m.tell()
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
