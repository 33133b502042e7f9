package background

import "golang.org/x/sys/unix"

// lowestPriority is the nice value of threads that run when no other wants to.
const lowestPriority = 19

// lowerPriority gives the current thread the lowest priority. Where that is refused, it
// is as any other.
// Source: setpriority(2): on Linux, the nice value is one of a thread.
func lowerPriority() { _ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), lowestPriority) }
