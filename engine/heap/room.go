package heap

import (
	"runtime/debug"
	"sync"
)

// maxSpare is the most bytes that are left to everything but values: it is what a
// collection needs, what others take meanwhile, and what it takes to say that there is no
// more. Where there is little memory, it is an eighth of that.
const maxSpare = 256 << 20

// spareMemory is what is left to them. It is decided once: what is allowed later shows in
// what is free.
var spareMemory = sync.OnceValue(func() int64 { return min(maxSpare, totalMemory()/8) })

var collecting sync.Mutex

// Room reports whether size more bytes can be had, and how many can. Where they
// could not be had it collects garbage first, which takes a second for a gigabyte of
// live values. It is safe for concurrent use, and takes a tenth of a millisecond, so that it is
// to be asked seldom: before something large is made, and for many small things together.
func Room(size int64) (free int64, ok bool) {
	spare := spareMemory()
	if free = freeMemory(size) - spare; size <= free {
		return free, true
	}
	collecting.Lock()
	defer collecting.Unlock()
	// Somebody else may have collected meanwhile.
	if free = freeMemory(size) - spare; size <= free {
		return free, true
	}
	debug.FreeOSMemory()
	// A collection that frees hardly more than what is wanted would be the first of many.
	free = max(freeMemory(size)-2*spare, 0)
	return free, size <= free
}
