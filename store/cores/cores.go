// Package cores says how many of the machine's cores this process may compute on, and
// how they are shared.
package cores

import "runtime"

// usable is what Go found when the process started: the cores of its affinity, fewer if
// the control group or the variable GOMAXPROCS allows fewer.
var usable = runtime.GOMAXPROCS(0)

// Usable returns how many cores there are for this process. Work is split among as many;
// how many threads Go runs at once may be another number ([KernelShares]).
func Usable() int { return usable }

// minThreads is how many threads of a process in which the kernel shares the cores may
// run Go code at once.
const minThreads = 8

// LetKernelShare says whether the kernel shares out the cores among the process's
// threads, where Go would have one thread for each core. On few cores, a goroutine that
// becomes ready then waits until a collection of garbage, or another goroutine that
// computes, gives its thread up after some 10 ms, whereas the kernel lets a thread that
// slept go first. To change it stops all goroutines for a moment.
func LetKernelShare(on bool) {
	threads := usable
	if on {
		threads = max(usable, minThreads)
	}
	if runtime.GOMAXPROCS(0) != threads {
		runtime.GOMAXPROCS(threads)
	}
}
