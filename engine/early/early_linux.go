//go:build linux && (amd64 || arm64)

package early

import "unsafe"

// fileLimit is the limit of open files that this process was started with.
var fileLimit Limit

// first is the first that is on the heap.
var first *[64]byte

func init() {
	first = new([64]byte)
	gatherHeap(uintptr(unsafe.Pointer(first)))
	const files = 7 // RLIMIT_NOFILE
	if systemCall(prlimit, 0, files, 0, uintptr(unsafe.Pointer(&fileLimit))) != 0 {
		fileLimit = Limit{}
	}
}

// gatherHeap makes one huge page of the small ones around an address, most of which were
// not touched yet. A program that starts uses a megabyte or two of heap, and on machines
// whose page tables another has to follow, each small page costs more than all else that
// is done with it. Kernels before 6.1 cannot do it.
func gatherHeap(address uintptr) {
	const size, collapse = 2 << 20, 25 // MADV_COLLAPSE
	systemCall(madvise, address&^(size-1), size, collapse, 0)
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
