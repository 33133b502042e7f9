package eval

import (
	"math"
	"slices"
	"sync/atomic"
)

// An Ahead lets idle workers do parts of what its State does in order: while the
// State is at part i, they evaluate parts behind it. The parts must be such that
// the State is going to do all of them unless one fails. What a worker meets that
// is not a result (an error, a message, a build) it leaves to the State, which
// comes to it in its turn: so results, errors and messages are those of one
// thread. See [State.Enter] for limits, which hold for parts as where the State
// began.
//
// While nobody is idle, an Ahead costs next to nothing: parts are offered when
// somebody asks, those of the Ahead first that was made first, as it has most to do.
//
// A nil Ahead does nothing.
type Ahead[T any] struct {
	s       *State
	part    func(s *State, i int) T
	isWorth func(from int) bool
	results []T
	slot    int // index in s.pending
}

// NewAhead returns an Ahead of n parts. Part does one of them and returns what
// [Ahead.Take] is to give. It runs in other goroutines too, with their States,
// perhaps even after Stop: it must not change anything that others see. IsWorth is
// called by the State before anything is offered and reports whether the parts
// from one on are worth it; nil says that they are.
func NewAhead[T any](s *State, n int, isWorth func(from int) bool, part func(s *State, i int) T) *Ahead[T] {
	if n < 2 || !s.Shares() {
		return nil
	}
	a := &Ahead[T]{s: s, part: part, isWorth: isWorth, slot: len(s.pending)}
	s.pending = append(s.pending, pending{work: a, n: n, depth: s.depth, room: s.room})
	return a
}

// Shares reports whether there may be others that an evaluation gives work to.
func (s *State) Shares() bool { return s.nextOffer != math.MaxInt64 }

// Take says that the State has come to part i. It returns the result of the part
// if a worker has got it; otherwise the State has to do it itself.
func (a *Ahead[T]) Take(i int) (result T, ok bool) {
	if a == nil {
		return result, false
	}
	s := a.s
	p := &s.pending[a.slot]
	p.at = i
	if p.lead == nil {
		if s.helpWanted() {
			s.offerPending()
		}
		return result, false
	}
	if i -= p.lead.first; i >= 0 && p.lead.take(s, i) {
		return a.results[i], true
	}
	return result, false
}

// Stop ends the parts that are still being done. It has to be called in the end,
// also when the State is unwound.
func (a *Ahead[T]) Stop() {
	if a == nil {
		return
	}
	s := a.s
	l := s.pending[a.slot].lead
	clear(s.pending[a.slot:])
	s.pending = s.pending[:a.slot]
	s.offered = min(s.offered, a.slot)
	if l != nil {
		s.crew.withdraw(l)
	}
}

// worth reports whether parts from one on are worth being offered.
func (a *Ahead[T]) worth(from int) bool { return a.isWorth == nil || a.isWorth(from) }

// begin returns how to do the parts from first on, of which there are n, and keep
// their results.
func (a *Ahead[T]) begin(first, n int) func(s *State, i int) {
	results := make([]T, n)
	a.results = results
	part := a.part
	return func(s *State, i int) { results[i] = part(s, first+i) }
}

// CoerceAhead is an Ahead of elements that are all going to be made strings, as
// [State.CoerceToString] does with these options. It has nothing to do unless
// several elements have yet to be evaluated.
func (s *State) CoerceAhead(elems []Value, opts CoerceOpts) *Ahead[struct{}] {
	if !s.Shares() || !ManyLazy(elems) {
		return nil
	}
	return s.lazyAhead(elems, func(s *State, e Value) { s.CoerceToString(e, "", opts) })
}

// ForceAhead is an Ahead of elements that are all going to be evaluated.
func (s *State) ForceAhead(elems []Value) *Ahead[struct{}] {
	if !s.Shares() || !ManyLazy(elems) {
		return nil
	}
	return s.lazyAhead(elems, func(s *State, e Value) { s.Force(e) })
}

// lazyAhead is an Ahead of elements as long as several have yet to be evaluated.
func (s *State) lazyAhead(elems []Value, do func(s *State, e Value)) *Ahead[struct{}] {
	lazy := func(from int) bool { return ManyLazy(elems[from:]) }
	return NewAhead(s, len(elems), lazy, func(s *State, i int) struct{} {
		do(s, elems[i])
		return struct{}{}
	})
}

// ManyLazy reports whether at least two elements have yet to be evaluated.
func ManyLazy(elems []Value) bool {
	n := 0
	for _, e := range elems {
		if e.peek().lazy() {
			if n++; n == 2 {
				return true
			}
		}
	}
	return false
}

// A pending is parts that a State is going to do: an [Ahead] without its type.
type pending struct {
	work interface {
		worth(from int) bool
		begin(first, n int) func(s *State, i int)
	}
	n     int   // of parts
	at    int   // the part that the State has come to
	lead  *lead // the parts that were offered; nil if none were
	depth int   // of the State before the parts
	room  int
}

// offerPending lets workers do the parts behind that where the State is, of the
// first of its Aheads that has any to offer.
func (s *State) offerPending() {
	s.nextOffer = s.stats.Bytes + s.ev.pause
	for ; s.offered < len(s.pending); s.offered++ {
		p := &s.pending[s.offered]
		first := p.at + 1
		n := p.n - first
		if p.lead != nil || n < 1 || !p.work.worth(first) {
			continue
		}
		p.lead = &lead{
			first: first, parts: make([]atomic.Uint64, n), depth: p.depth, room: p.room,
			run: p.work.begin(first, n),
		}
		s.crew.offer(p.lead)
		return
	}
}

// A lead is the parts of an [Ahead] that were offered to the workers.
type lead struct {
	first int // part that parts begins with
	run   func(s *State, i int)
	depth int // of the State that offers them
	room  int
	parts []atomic.Uint64 // states of parts; a part that is done has its result
	next  int             // parts before it are not to be had; guarded by crew.mu
	over  bool            // nobody wants the parts any more; guarded by crew.mu
	stuck int             // workers that do a part and wait for others; guarded by crew.mu
}

// States of a part.
const (
	partOpen   = iota
	partTaken  // by the State that offers it
	partDone   // by a worker
	partFailed // a worker has left it to the State that offers it
	partBusy   // with a worker, whose id is in the bits from 8 on
	partWaited // the same, and the State waits for it
)

// take makes part i that of the State, or waits for the worker that has it. It
// reports whether a worker has done it.
func (l *lead) take(s *State, i int) bool {
	p := &l.parts[i]
	for {
		switch n := p.Load(); uint8(n) {
		case partOpen:
			if p.CompareAndSwap(n, partTaken) {
				return false
			}
		case partBusy, partWaited:
			s.awaitPart(p)
		default:
			return uint8(n) == partDone
		}
	}
}

// awaitPart parks s while a worker does a part.
func (s *State) awaitPart(p *atomic.Uint64) {
	s.park(func() (owner uint64, ok bool) {
		n := p.Load()
		if uint8(n) != partBusy && uint8(n) != partWaited {
			return 0, false
		}
		if uint8(n) == partBusy && !p.CompareAndSwap(n, n&^0xff|partWaited) {
			return 0, false // it has just ended
		}
		return n >> 8, true
	})
}

// claim makes the next open part that of a worker. The caller holds crew.mu.
func (l *lead) claim(s *State) (i int, ok bool) {
	for l.next < len(l.parts) {
		i = l.next
		l.next++
		if l.parts[i].CompareAndSwap(partOpen, s.id<<8|partBusy) {
			return i, true
		}
	}
	return 0, false
}

// do does a part with a worker's State.
func (l *lead) do(s *State, i int) {
	s.depth, s.room, s.thrown = l.depth, l.room, nil
	end := uint64(partFailed)
	defer func() {
		// Even what is no error of the language is met again by the State that
		// offers the part.
		_ = recover()
		s.restore(checkpoint{})
		if uint8(l.parts[i].Swap(end)) == partWaited {
			s.ev.wake()
		}
	}()
	l.run(s, i)
	end = partDone
}

// remove returns leads without l.
func removeLead(leads []*lead, l *lead) []*lead {
	if i := slices.Index(leads, l); i >= 0 {
		return slices.Delete(leads, i, i+1)
	}
	return leads
}

// blocks are a partition of the elements of a collection: parts that are not too
// many.
type blocks struct {
	n     int // of blocks
	elems int
}

const maxBlocks = 1024

func blocksOf(elems int) blocks { return blocks{min(elems, maxBlocks), elems} }

// start returns the first element of a block.
func (b blocks) start(i int) int { return i * b.elems / b.n }

func (b blocks) size(i int) int { return b.start(i+1) - b.start(i) }

// A collection is the elements of a list, or the values of a set that is not
// layered.
type collection struct {
	elems []Value
	shape *Shape // nil for a list
}

func collectionOf(v Value) collection {
	if v.is(rawList) {
		return collection{elems: v.list()}
	}
	v = flat(v)
	sh := v.shape()
	if len(sh.syms) == 0 {
		return collection{}
	}
	return collection{cells(v.attrAt(0), len(sh.syms)), sh}
}

// frame is the step of evaluating an element.
func (c *collection) frame(i int) frame {
	if c.shape != nil {
		return attrFrame(Attr{Name: c.shape.syms[i], Pos: c.shape.posAt(i)})
	}
	return indexFrame(whileElem, i, 0)
}
