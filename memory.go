package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
)

// This file says when Go collects its own garbage. A command evaluates and
// ends: collecting before the heap is large only costs time. The workbench
// stays, so it collects as Go does by default.
//
// The first collection comes, as Go has it, at 4 MB. A command that gets there, or
// says beforehand that it will, is no short one: it is given a large heap of huge
// pages, where the machine has them, since a page fault costs more than what is then
// done with the page. To reserve it costs a few milliseconds. The next collection is
// put off until a quarter of the machine's memory or maxUncollected is used. From then
// on the heap may grow to twice what is live, or, if that is large, by half of it. There
// is no limit: near a limit Go would do nothing but collect.

// maxUncollected is the most memory, in bytes, that a command uses before it
// collects for the second time.
const maxUncollected = 5 << 27

// A collection puts garbage collection off. It is safe for concurrent use.
type collection struct {
	usual atomic.Bool // collect as Go does
	once  sync.Once   // of putOff
}

// A sentinel is garbage from the start: its finaliser runs after the next
// collection.
type sentinel struct{ _ [16]byte }

func afterCollection(f func()) { runtime.SetFinalizer(new(sentinel), func(*sentinel) { f() }) }

// collectLate makes the process one that evaluates and ends.
func collectLate() *collection {
	c := &collection{}
	afterCollection(c.putOff)
	return c
}

// putOff puts the next collection off.
func (c *collection) putOff() { c.once.Do(c.reserve) }

// reserve makes the large heap, and sets the limit at which the next collection is to
// begin.
func (c *collection) reserve() {
	if c.usual.Load() {
		return
	}
	limit := min(totalMemory()/4, maxUncollected)
	debug.SetGCPercent(-1)
	// The heap goes on growing while it is collected. More than that would be
	// slower: the machine has to find the pages.
	reserveHugePages(limit / 5 * 6)
	afterCollection(c.pace)
	debug.SetMemoryLimit(limit)
	if c.usual.Load() {
		c.asUsual()
	}
}

// largeHeap is how many live bytes are so many that garbage may take half of it.
const largeHeap = 1 << 29

// pace says when the next collection is to be, after each one.
func (c *collection) pace() {
	if c.usual.Load() {
		return
	}
	debug.SetMemoryLimit(math.MaxInt64)
	percent := 100
	if liveHeap() > largeHeap {
		percent = 50
	}
	debug.SetGCPercent(percent)
	afterCollection(c.pace)
	if c.usual.Load() {
		c.asUsual()
	}
}

// liveHeap returns how many bytes the last collection has left.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// asUsual restores Go's defaults, for good.
func (c *collection) asUsual() {
	c.usual.Store(true)
	debug.SetMemoryLimit(math.MaxInt64)
	debug.SetGCPercent(100)
}
