package cores

import (
	"runtime"
	"testing"
)

// TestKernelShares pins that work is split among the cores that there are, however many
// threads run.
func TestKernelShares(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	KernelShares()
	if got := runtime.GOMAXPROCS(0); got != max(before, minThreads) {
		t.Errorf("threads: got %d, want %d", got, max(before, minThreads))
	}
	if got := Usable(); got != before {
		t.Errorf("cores: got %d, want %d", got, before)
	}
}
