//go:build linux && (amd64 || arm64)

package early

import "unsafe"

// fileLimit is the limit of open files that this process was started with.
var fileLimit Limit

func init() {
	const files = 7 // RLIMIT_NOFILE
	if systemCall(prlimit, 0, files, 0, uintptr(unsafe.Pointer(&fileLimit))) != 0 {
		fileLimit = Limit{}
	}
}

// systemCall makes a system call; its result is the kernel's.
func systemCall(number, a, b, c, d uintptr) uintptr

// FileLimit returns the limit of open files that this process was started with, which
// package syscall raises; nil if it is not known. It must not be modified.
func FileLimit() *Limit {
	if fileLimit.Max == 0 {
		return nil
	}
	return &fileLimit
}
