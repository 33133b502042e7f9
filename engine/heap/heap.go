// Package heap says when Go collects its own garbage. A command evaluates and
// ends: collecting before the heap is large only costs time. The workbench
// stays, so it collects as Go does by default once it is there; how many threads it has
// depends on how large its heap is.
//
// The first collection comes, as Go has it, at 4 MB. A command that gets there, or
// says beforehand that it will, is no short one: from then on its heap is looked at
// every hundredth of a second, and collected when it has reached what [nextCollection]
// says. It is given a large heap of huge pages, where the machine has them, since a page
// fault costs more than what is then done with the page. To reserve it costs a few
// milliseconds; so there is first as much as is used before anything is collected, and at
// a collection, which makes free what is reserved, as much as is used before the next.
// There is no limit: near a limit Go would do nothing but collect. What evaluations ask for
// before they take much ([Room]) is refused when there is no more.
package heap

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"

	"nixbench/engine/eval"
	"nixbench/engine/pages"
)

const (
	// maxUncollected is the most memory, in bytes, that a command uses before it
	// collects for the second time; a machine of little memory has it collect before. When it
	// uses as much again, memory counts more than time: values are allocated one by one. So
	// they are at once where a collection of a large heap left four fifths of it.
	maxUncollected = 9 << 26

	// largeHeap is how many live bytes are so many that there may not be as much garbage.
	largeHeap = 1 << 28
	hugeHeap  = 1 << 30

	// sharedPart is the part of a machine's memory that the heap of several threads may
	// use before it is collected for the second time, as far as maxShared.
	sharedPart = 16
	maxShared  = 5 * maxUncollected / 2

	// lookEvery is how often the heap is looked at.
	lookEvery = 10 * time.Millisecond
)

// A Collector puts garbage collection off. It is safe for concurrent use.
type Collector struct {
	usual   atomic.Bool  // collect as Go does
	once    sync.Once    // of PutOff
	resting atomic.Bool  // a large heap of what stays is looked at
	used    atomic.Int64 // by the user, last; in nanoseconds since 1970
}

// A sentinel is garbage from the start: its finaliser runs after the next
// collection.
type sentinel struct{ _ [16]byte }

// CollectLate makes the process one that evaluates and ends.
func CollectLate() *Collector {
	c := &Collector{}
	runtime.SetFinalizer(new(sentinel), func(*sentinel) { c.PutOff() })
	return c
}

// threads is the most that an evaluation of the process has had.
var threads atomic.Int64

// Serve says how many threads an evaluation has. A collection stops all of them, and who
// has several evaluate wants to have it sooner: as far as the machine has memory in plenty,
// their heap is collected later. It returns n.
func Serve(n int) int {
	for most := threads.Load(); int64(n) > most && !threads.CompareAndSwap(most, int64(n)); {
		most = threads.Load()
	}
	return n
}

// PutOff puts the next collection off.
func (c *Collector) PutOff() { c.once.Do(c.begin) }

// begin makes the large heap, and begins to look at it.
func (c *Collector) begin() {
	if c.usual.Load() {
		return
	}
	debug.SetGCPercent(-1)
	next := firstCollection(totalMemory(), threads.Load() > 1)
	room := roomFor(next)
	if reserveHugePages(room) {
		runtime.GC()
	}
	go c.pace(next, room)
}

// pace collects when next bytes of the heap are used, and so on. Room is how many are
// reserved.
func (c *Collector) pace(next, room int64) {
	discarded := int64(0) // before the last collection
	first, collected := next, false
	for ; !c.usual.Load(); time.Sleep(lookEvery) {
		used := heapBytes("/memory/classes/heap/objects:bytes") - (pages.Discarded() - discarded)
		if collected && used > first {
			eval.SetLargeHeap(true)
		}
		if used < next {
			continue
		}
		discarded, collected = pages.Discarded(), true
		eval.WhilePaused(func() {
			if wanted := roomFor(2 * used); room < wanted && wanted < freeMemory(wanted) && reserveHugePages(wanted) {
				room = wanted
			}
			runtime.GC()
		})
		live := heapBytes("/gc/heap/live:bytes")
		total, shared := totalMemory(), threads.Load() > 1
		eval.SetLargeHeap(live > largeHeap && mostLives(used, live) && !(shared && roomToShare(live, total)))
		next = nextCollection(used, live, total, shared)
	}
	debug.SetGCPercent(usualGrowth)
}

// roomFor returns how much a heap takes that is collected when size bytes of it are
// used: it goes on growing while it is collected.
func roomFor(size int64) int64 { return size / 5 * 6 }

// firstCollection returns how large, in bytes, the heap gets before it is collected for
// the first time, on a machine of total bytes; shared is said of that of several threads.
func firstCollection(total int64, shared bool) int64 {
	first := min(total/4, maxUncollected)
	if shared {
		first = max(first, min(total/sharedPart, maxShared))
	}
	return first
}

// nextCollection returns how large, in bytes, the heap gets before it is collected
// again, when a collection has left live bytes of used on a machine of total bytes. It
// may double; it grows by four fifths if it is large, unless little was garbage
// and the machine has room: then the collection was in vain, and the larger the heap the more so.
// A large one that is shared grows further where the machine has room.
func nextCollection(used, live, total int64, shared bool) int64 {
	inVain := mostLives(used, live) && live < total/4
	shared = shared && roomToShare(live, total)
	switch {
	case inVain && shared:
		return 3 * live
	case inVain && live > hugeHeap, shared && live > largeHeap:
		return live / 2 * 5
	case live > largeHeap && !inVain:
		return live / 5 * 9
	}
	return 2 * live
}

// roomToShare reports whether the heap of several threads, of which live bytes are alive, may
// grow further than that of one on a machine of total bytes.
func roomToShare(live, total int64) bool { return live < total/sharedPart*2 }

// mostLives reports whether a collection has left four fifths of what was used.
func mostLives(used, live int64) bool { return live > used/5*4 }

// heapBytes returns a measure of the heap that is in bytes.
func heapBytes(metric string) int64 {
	sample := []metrics.Sample{{Name: metric}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

// startTime is how long what stays is left without a collection that would delay its
// first frames; startGrowth is how far the heap may grow then, in percent of what lives.
const (
	startTime   = 2 * time.Second
	startGrowth = 800
)

// AsUsual restores Go's defaults for good, once what stays has started. A large heap is then
// collected when the user rests; see rest.go.
func (c *Collector) AsUsual() {
	c.usual.Store(true)
	eval.SetLargeHeap(false)
	debug.SetGCPercent(startGrowth)
	time.AfterFunc(startTime, func() {
		if !c.resting.Load() {
			debug.SetGCPercent(usualGrowth)
		}
	})
	c.share(0)
}
