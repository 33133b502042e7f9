package cores

import (
	"runtime"
	"testing"
)

// TestLetKernelShare pins that work is split among the cores that there are, however
// many threads run.
func TestLetKernelShare(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	for _, want := range []struct {
		on      bool
		threads int
	}{{true, max(before, minThreads)}, {true, max(before, minThreads)}, {false, before}} {
		LetKernelShare(want.on)
		if got := runtime.GOMAXPROCS(0); got != want.threads {
			t.Errorf("threads, when %v: got %d, want %d", want.on, got, want.threads)
		}
		if got := Usable(); got != before {
			t.Errorf("cores, when %v: got %d, want %d", want.on, got, before)
		}
	}
}
