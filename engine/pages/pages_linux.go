package pages

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

var pageSize = uintptr(os.Getpagesize())

// giveBack gives back the whole pages of a block, and returns how many bytes these are.
func giveBack(block []byte) int {
	start := uintptr(unsafe.Pointer(&block[0]))
	skip := -start & (pageSize - 1)
	if uintptr(len(block)) < skip+pageSize {
		return 0
	}
	whole := block[skip:]
	whole = whole[:uintptr(len(whole))&^(pageSize-1)]
	if unix.Madvise(whole, unix.MADV_DONTNEED) != nil {
		return 0
	}
	return len(whole)
}
