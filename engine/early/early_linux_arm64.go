package early

// Numbers of system calls.
const (
	prlimit = 261
	madvise = 233
)
