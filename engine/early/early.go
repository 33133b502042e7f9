// Package early does what has to be done before other packages initialise: it imports
// nothing of them, so that it comes before package syscall, which changes a limit.
package early

// A Limit is the kernel's struct rlimit64.
type Limit struct{ Cur, Max uint64 }
