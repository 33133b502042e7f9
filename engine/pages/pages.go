// Package pages gives memory back to the machine before Go does, which would only once it has
// collected its garbage: what is large, and known to be garbage, need not count until then.
package pages

import (
	"sync/atomic"
	"unsafe"
)

var discarded atomic.Int64

// Discard gives the pages of a block back that are in no other block. The block is zero
// there afterwards, and stays what it is to the collector; the caller lets go of it, and
// of all that nothing but the block refers to: a collection that is going on does not learn
// what stood there.
func Discard[T any](block []T) {
	if len(block) == 0 {
		return
	}
	size := len(block) * int(unsafe.Sizeof(block[0]))
	discarded.Add(int64(giveBack(unsafe.Slice((*byte)(unsafe.Pointer(&block[0])), size))))
}

// Discarded returns how many bytes were given back so far. They count as used, in what Go
// says of its heap, until the next collection.
func Discarded() int64 { return discarded.Load() }
