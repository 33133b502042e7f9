package heap

import (
	"bytes"
	"math"
	"os"
	"path"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// This file finds out how much memory there is.

// freeMemory returns how many bytes the process may still take, size of them in one piece,
// before the machine, the control group that it is in or its limit has no more.
func freeMemory(size int64) int64 {
	return min(machineMemory(), groupMemory(), addressSpace(size))
}

// machineMemory returns the bytes that the machine has left, swap included.
// Format: proc_meminfo(5).
func machineMemory() int64 {
	info, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return math.MaxInt64
	}
	available, ok := field(info, "MemAvailable:")
	if !ok {
		return math.MaxInt64
	}
	swap, _ := field(info, "SwapFree:")
	return (available + swap) << 10
}

// A groupKind is where control groups of a version are, and how their files are called.
type groupKind struct{ prefix, root, limit, used string }

var groupKinds = []groupKind{
	{"0::/", "/sys/fs/cgroup", "memory.max", "memory.current"},
	{":memory:/", "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"},
}

// groupMemory returns the bytes that the control groups have left that the process is in.
func groupMemory() int64 { return leastOfGroups(ownGroups(), groupKinds, groupKind.left) }

// groupLimit returns the bytes that they allow.
func groupLimit() int64 { return leastOfGroups(ownGroups(), groupKinds, groupKind.allowed) }

// ownGroups says in which groups the process is.
func ownGroups() string {
	text, _ := os.ReadFile("/proc/self/cgroup")
	return string(text)
}

// leastOfGroups returns the least that is said of the control groups of these kinds, and of
// those that they are in.
// Format: cgroups(7).
func leastOfGroups(groups string, kinds []groupKind, of func(kind groupKind, dir string) int64) int64 {
	least := int64(math.MaxInt64)
	for _, kind := range kinds {
		for line := range strings.Lines(groups) {
			_, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), kind.prefix)
			for dir := path.Join(kind.root, name); ok && strings.HasPrefix(dir, kind.root); dir = path.Dir(dir) {
				least = min(least, of(kind, dir))
			}
		}
	}
	return least
}

// allowed returns the bytes that one group may use.
func (k groupKind) allowed(dir string) int64 {
	if limit, bounded := number(path.Join(dir, k.limit)); bounded {
		return limit
	}
	return math.MaxInt64 // "max", or the group of the whole machine
}

// left returns the bytes that one group has left, where what is cached of files counts as free.
func (k groupKind) left(dir string) int64 {
	limit := k.allowed(dir)
	used, known := number(path.Join(dir, k.used))
	if limit == math.MaxInt64 || !known {
		return math.MaxInt64
	}
	stat, _ := os.ReadFile(path.Join(dir, "memory.stat"))
	active, _ := field(stat, "active_file")
	inactive, _ := field(stat, "inactive_file")
	return limit - used + active + inactive
}

// large is how many bytes Go may not have in one piece though it has them.
const large = 32 << 20

// addressSpace returns the bytes that RLIMIT_AS leaves the process. What Go has of it
// without using it counts where they need not be in one large piece.
func addressSpace(size int64) int64 {
	limit := addressLimit()
	if limit == math.MaxInt64 {
		return limit
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return math.MaxInt64
	}
	used, _ := field(status, "VmSize:")
	free := limit - used<<10
	if size < large {
		free += heapBytes("/memory/classes/heap/free:bytes") + heapBytes("/memory/classes/heap/released:bytes")
	}
	return free
}

// addressLimit returns the bytes that RLIMIT_AS allows the process.
func addressLimit() int64 {
	var space unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_AS, &space) != nil || space.Cur > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(space.Cur)
}

// field returns the number after a word that begins a line.
func field(text []byte, word string) (int64, bool) {
	for line := range bytes.Lines(text) {
		if words := bytes.Fields(line); len(words) > 1 && string(words[0]) == word {
			n, err := strconv.ParseInt(string(words[1]), 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}

// number returns the number that a file holds.
func number(file string) (int64, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
	return n, err == nil
}
