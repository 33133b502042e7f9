package heap

import (
	"bytes"
	"os"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// totalMemory returns the bytes that the machine has, its control groups allow the process,
// and its limit.
func totalMemory() int64 {
	total := min(groupLimit(), addressLimit())
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) == nil {
		total = min(total, int64(info.Totalram)*int64(info.Unit))
	}
	return total
}

// reserveHugePages makes the next size bytes of the heap come from huge pages once a
// collection has run, and reports whether the machine has them for programs that ask.
// Go's heap grows in pieces too small to ask for; so it is made to grow by all of it at
// once, for a block that is garbage from the start and of which one byte is touched: a
// [strings.Builder] is what Go does not fill with zeros.
func reserveHugePages(size int64) bool {
	if !mayAskForHugePages() {
		return false
	}
	var block strings.Builder
	block.Grow(int(size))
	block.WriteByte(0)
	pages := unsafe.Slice(unsafe.StringData(block.String()), size)
	_ = unix.Madvise(pages, unix.MADV_HUGEPAGE) // it is as well without
	return true
}

// mayAskForHugePages reports whether huge pages are there for the asking, and
// address space costs nothing.
func mayAskForHugePages() bool {
	enabled, _ := os.ReadFile("/sys/kernel/mm/transparent_hugepage/enabled")
	overcommit, _ := os.ReadFile("/proc/sys/vm/overcommit_memory")
	var space unix.Rlimit
	return bytes.Contains(enabled, []byte("[madvise]")) && !bytes.HasPrefix(overcommit, []byte("2")) &&
		unix.Getrlimit(unix.RLIMIT_AS, &space) == nil && space.Cur == unix.RLIM_INFINITY
}
