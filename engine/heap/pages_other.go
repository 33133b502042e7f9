//go:build !linux

package heap

import "math"

// totalMemory returns the machine's memory in bytes, of which nothing is known
// here.
func totalMemory() int64 { return math.MaxInt64 }

// reserveHugePages does nothing here.
func reserveHugePages(int64) bool { return false }
