package eval

import "strings"

// This file holds what is asked before memory is taken. Cells are counted as they are
// allocated (slab.go); texts are counted by who makes them.

const (
	// askEvery is how many bytes are taken without asking whether they are there.
	askEvery = 16 << 20
	// textsTogether is how many bytes of texts are counted together.
	textsTogether = 64 << 10
	// workingRoom is how many copies of a large text there has to be room for: derivations,
	// hashes, messages and traces make some of what they are given.
	workingRoom = 8
)

// spend counts size bytes that are about to be made of any kind of value. It raises an
// error if they are more than there is, or than the evaluation may take.
func (s *State) spend(size int64) {
	s.taken += size
	taken := s.taken
	if s.crew != nil {
		taken = s.crew.bytes.Add(size)
	}
	if s.ev.limit > 0 && taken > s.ev.limit {
		s.Fail(ErrorLimit, "memory limit exceeded: evaluation needs more than %d MiB", s.ev.limit>>20)
	}
	if s.unasked += size; s.unasked >= askEvery {
		wanted := s.unasked
		s.unasked = 0
		s.askForRoom(wanted)
	}
}

// askForRoom raises an error unless there is room for size bytes.
func (s *State) askForRoom(size int64) {
	if s.ev.opts.Room == nil {
		return
	}
	if free, ok := s.ev.opts.Room(size); !ok {
		s.Fail(ErrorLimit, "out of memory: evaluation needs %d MiB more, and %d MiB can be had", size>>20, free>>20)
	}
}

// MakeRoom counts n bytes of text that are about to be made, as [Options.MemoryLimit] and
// [Options.Room] want it.
func (s *State) MakeRoom(n int) {
	if s.texts += int64(n); s.texts >= textsTogether {
		size := s.texts
		s.texts = 0
		s.spend(size)
	}
}

// MakeText is [State.MakeRoom] for one text of n bytes, which is going to be worked with.
func (s *State) MakeText(n int) {
	s.MakeRoom(n)
	s.roomToWork(n)
}

// roomToWork raises an error unless a text of n bytes leaves room to be copied a few times.
func (s *State) roomToWork(n int) {
	if n >= askEvery {
		s.askForRoom(workingRoom * int64(n))
	}
}

// MakeRoomIn counts what it takes to append n bytes to a text of length bytes in a buffer
// of the given capacity, and reports whether that has to be made larger: as Go's Builder and
// Buffer are by Grow, to twice of what it was and n. It raises what [State.MakeRoom] raises.
func (s *State) MakeRoomIn(length, capacity, n int) bool {
	if length+n <= capacity {
		return false
	}
	s.MakeRoom(2*capacity + n)
	s.roomToWork(length + n)
	return true
}

// AppendText appends text to b, for which there has to be room.
func (s *State) AppendText(b *strings.Builder, text string) {
	if s.MakeRoomIn(b.Len(), b.Cap(), len(text)) {
		b.Grow(len(text))
	}
	b.WriteString(text)
}
