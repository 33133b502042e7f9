// Package background does what nobody waits for yet, such as what keys may ask for
// later, without delaying frames: where two processors share the program, the terminal
// and what else there is, a frame comes first.
package background

import "runtime"

// Do calls f on a thread of the lowest priority, where the system has such, and returns
// when f has. It is for computing: f may start goroutines, but these are like others.
func Do(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // for good: the thread ends with the goroutine
		lowerPriority()
		f()
	}()
	<-done
}
