package early

// Numbers of system calls.
const (
	prlimit = 302
	madvise = 28
)
