package main

import (
	"math"
	"runtime"
	"runtime/debug"
)

// This file says when Go collects its own garbage. A command evaluates and
// ends: collecting before the heap is large only costs time. The workbench
// stays, so it collects as Go does by default.

// maxUncollected is the most memory, in bytes, that a command uses before the
// first collection.
const maxUncollected = 1 << 30

// A sentinel is garbage from the start: its finaliser runs after the first
// collection.
type sentinel struct{ _ [16]byte }

// collectLate puts the first collection off until the heap has reached a
// quarter of the machine's memory or maxUncollected. From then on the usual
// pace holds, without a limit: near a limit Go would do nothing but collect.
func collectLate() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(min(totalMemory()/4, maxUncollected))
	runtime.SetFinalizer(new(sentinel), func(*sentinel) { collectAsUsual() })
}

// collectAsUsual restores Go's defaults.
func collectAsUsual() {
	debug.SetMemoryLimit(math.MaxInt64)
	debug.SetGCPercent(100)
}
