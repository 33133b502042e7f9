package pages

import (
	"runtime"
	"testing"
)

// TestDiscard pins that a block keeps its ends, is zero in between, and can be used again.
func TestDiscard(t *testing.T) {
	before := Discarded()
	block := make([]*int, 1<<16)
	one := new(int)
	for i := range block {
		block[i] = one
	}
	middle := block[100 : len(block)-100]
	Discard(middle)
	if block[99] != one || block[len(block)-100] != one {
		t.Error("what is beside the block is gone")
	}
	if middle[len(middle)/2] != nil {
		t.Error("the middle of the block is as it was")
	}
	if n := Discarded() - before; n < 1<<18 || n > 1<<19 {
		t.Errorf("%d bytes were given back of %d", n, 8*len(middle))
	}
	middle[len(middle)/2] = one
	runtime.GC()
	if middle[len(middle)/2] != one {
		t.Error("the block cannot be used again")
	}
	Discard(block[:1])
	Discard(block[:0])
}
