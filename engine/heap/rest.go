package heap

import (
	"runtime"
	"runtime/debug"
	"time"

	"nixbench/store/cores"
)

// A collection of a large heap takes a second for a gigabyte. It goes on beside everything
// else, but takes half of two cores, and has what allocates do a part of it: a key that
// comes meanwhile takes several times as long. So in what stays a large heap may grow further
// while the user does something, and is collected when the user rests.

const (
	usualGrowth = 100 // in percent of what lives
	usedGrowth  = 300 // at most, while the user does something

	restTime = time.Second / 2
	restLook = time.Second / 10 // how often a large heap is looked at
)

// Used is told of what the user does.
func (c *Collector) Used() { c.used.Store(time.Now().UnixNano()) }

// rested reports whether the user has done nothing for a while.
func (c *Collector) rested() bool {
	return time.Since(time.Unix(0, c.used.Load())) >= restTime
}

// share lets the kernel share out the cores as long as the heap of what stays, of
// which live bytes are alive, is not large: what collects a large one for a second
// takes all threads there are, and with more of them than cores the others come too
// short. It looks again after each collection.
func (c *Collector) share(live int64) {
	large := live > largeHeap
	cores.LetKernelShare(!large)
	if large && c.resting.CompareAndSwap(false, true) {
		go c.waitForRest()
	}
	runtime.SetFinalizer(new(sentinel), func(*sentinel) { c.share(heapBytes("/gc/heap/live:bytes")) })
}

// growthWhileUsed returns how far a heap of live bytes may grow while the user does not
// rest, in percent of them, where free bytes are left: to half of these.
func growthWhileUsed(live, free int64) int64 {
	return max(usualGrowth, min(usedGrowth, free/2/max(live/100, 1)))
}

// waitForRest lets the heap grow further while the user does something, as long as it is
// large.
func (c *Collector) waitForRest() {
	for growth := int64(0); ; time.Sleep(restLook) {
		live := heapBytes("/gc/heap/live:bytes")
		now := int64(usualGrowth)
		if live > largeHeap && !c.rested() {
			now = growthWhileUsed(live, freeMemory(live))
		}
		// What memory is left changes all the time, and to say so stops everything.
		if growth != now && (growth <= usualGrowth || now == usualGrowth) {
			debug.SetGCPercent(int(now))
			growth = now
		}
		if live <= largeHeap {
			break
		}
	}
	c.resting.Store(false)
}
