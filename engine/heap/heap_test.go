package heap

import (
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// TestNextCollection pins when a heap is collected again: sooner if it is large, and
// later if there was hardly any garbage and there is memory.
func TestNextCollection(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct{ used, live, total, want, shared int64 }{
		{640, 100, 16000, 200, 200},
		{640, 300, 16000, 540, 750},
		{640, 600, 16000, 1200, 1800},
		{640, 600, 2000, 1080, 1080},
		{3200, 3000, 16000, 7500, 7500},
		{4800, 4700, 16000, 8460, 8460},
	} {
		for shared, want := range map[bool]int64{false: c.want, true: c.shared} {
			if got := nextCollection(c.used*mb, c.live*mb, c.total*mb, shared); got != want*mb {
				t.Errorf("%d MB of %d are alive of %d (shared: %t): the next collection is at %d MB, want %d", c.live, c.used, c.total, shared, got/mb, want)
			}
		}
	}
}

// TestFirstCollection pins that a heap of several threads is collected later, but not
// on a machine of little memory.
func TestFirstCollection(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct{ total, want, shared int64 }{
		{1000, 250, 250},
		{4000, 576, 576},
		{8000, 576, 576},
		{16000, 576, 1000},
		{64000, 576, 1440},
	} {
		for shared, want := range map[bool]int64{false: c.want, true: c.shared} {
			if got := firstCollection(c.total*mb, shared); got != want*mb {
				t.Errorf("of %d MB (shared: %t) the first collection is at %d MB, want %d", c.total, shared, got/mb, want)
			}
		}
	}
}

// TestGrowthWhileUsed pins that the heap of what is used grows further, but not into more
// than half of what memory is left.
func TestGrowthWhileUsed(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct{ live, free, want int64 }{
		{800, 16000, 300},
		{800, 3200, 200},
		{800, 500, 100},
	} {
		if got := growthWhileUsed(c.live*mb, c.free*mb); got != c.want {
			t.Errorf("%d MB of which %d are left: %d %%, want %d", c.live, c.free, got, c.want)
		}
	}
}

// TestRested pins that the user rests when nothing was done for a while.
func TestRested(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Collector{}
		if !c.rested() {
			t.Error("a user who did nothing does not rest")
		}
		c.Used()
		time.Sleep(restTime - 1)
		if c.rested() {
			t.Error("rests too soon")
		}
		time.Sleep(1)
		if !c.rested() {
			t.Error("does not rest after a while")
		}
	})
}

// TestRoom pins that there is room for a little, and none for more than any machine has.
func TestRoom(t *testing.T) {
	if free, ok := Room(1 << 10); !ok {
		t.Errorf("there is no room for a kilobyte, but for %d bytes", free)
	}
	if free, ok := Room(1 << 62); runtime.GOOS == "linux" && (ok || free < 0) {
		t.Errorf("there is room for 4 EiB, of which %d bytes can be had", free)
	}
}
