// Cells are allocated from chunks, by moving a pointer. A chunk of 255 cells
// and the allocator's header fill a size class of Go's heap exactly; larger
// chunks become "large objects", which cost more page faults. The price is that
// a chunk lives as long as anything in it: a quarter of what is alive in a NixOS. So
// in a process whose heap is large they are allocated one by one.

package eval

import (
	"sync/atomic"
	"time"
)

const (
	chunkCells = 255
	maxSlab    = chunkCells / 4 // what is larger is allocated by itself
	shapeCache = 256            // shapes remembered by a State; a power of two
	maxFree    = 16             // frames of fewer cells are recycled
)

// largeHeap says that cells are allocated one by one. The heap is the process's, so
// this is, too.
var largeHeap atomic.Bool

// SetLargeHeap says whether the process has so large a heap that evaluations are to
// take less memory rather than less time.
func SetLargeHeap(large bool) { largeHeap.Store(large) }

// paused is there while evaluations are to take no more memory, and closed when they may.
var paused atomic.Pointer[chan struct{}]

// pausedPoll is how long a paused evaluation goes without looking whether it was cancelled.
const pausedPoll = 5 * time.Millisecond

// WhilePaused runs f. Evaluations that need more memory wait until it has returned.
func WhilePaused(f func()) {
	resume := make(chan struct{})
	paused.Store(&resume)
	defer close(resume)
	defer paused.Store(nil)
	f()
}

// pause waits until evaluations may go on.
//
//go:noinline
func (s *State) pause(resume <-chan struct{}) {
	for {
		select {
		case <-resume:
			return
		case <-time.After(pausedPoll):
			s.poll()
		}
	}
}

// alloc returns the first of n zeroed cells; n > 0.
func (s *State) alloc(n int) *Value {
	if s.left < n {
		return s.allocSlow(n)
	}
	p := s.bump
	s.left -= n
	if s.left > 0 {
		s.bump = at(p, uintptr(n))
	}
	return p
}

//go:noinline
func (s *State) allocSlow(n int) *Value {
	switch {
	case n > maxSlab:
		s.account(n) // before it is there: it may be most of what is allowed
		first, _ := newChunk(n)
		return first
	case s.sparse:
		if s.owed -= n; s.owed < 0 {
			s.owed = chunkCells
			s.account(chunkCells)
		}
		first, _ := newChunk(n)
		return first
	}
	first, _ := newChunk(chunkCells)
	s.account(chunkCells)
	s.bump = at(first, uintptr(n))
	s.left = chunkCells - n
	return first
}

// account counts cells against the limit of the evaluator. It also notices that the
// evaluation was cancelled, so that what allocates need not look.
func (s *State) account(n int) {
	size := int64(n) * int64(valueSize)
	s.stats.Bytes += size
	s.seen.set(s.stats)
	s.sparse = largeHeap.Load()
	if resume := paused.Load(); resume != nil {
		s.pause(*resume)
	}
	s.poll()
	s.spend(size)
}

// allocN returns n zeroed cells; n may be 0.
func (s *State) allocN(n int) []Value {
	if n == 0 {
		return nil
	}
	return cells(s.alloc(n), n)
}

// newFrame allocates a frame of n cells, its header included. The header's n
// says whether anything has captured the frame; if not, release recycles it.
func (s *State) newFrame(n int) *Value {
	if n < maxFree {
		if f := s.free[n]; f != nil {
			s.free[n] = up(f)
			for i := range uintptr(n) {
				*at(f, i) = Value{}
			}
			return f
		}
	}
	s.stats.Frames++
	s.stats.FrameElems += int64(n - 1)
	return s.alloc(n)
}

// release gives back a frame whose evaluation has ended, if nothing captured it.
func (s *State) release(fr *Value, n int) {
	if fr.n == 0 && n < maxFree {
		setUp(fr, s.free[n])
		s.free[n] = fr
	}
}
