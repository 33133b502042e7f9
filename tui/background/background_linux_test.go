package background

import (
	"testing"

	"golang.org/x/sys/unix"
)

// TestDo pins that the thread of f, and no other, has the lowest priority. (The system
// call returns 20 minus the nice value.)
func TestDo(t *testing.T) {
	priority := func() int {
		p, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
		if err != nil {
			t.Fatal(err)
		}
		return 20 - p
	}
	before := priority()
	got := before
	Do(func() { got = priority() })
	if got != lowestPriority {
		t.Errorf("inside: got %d, want %d", got, lowestPriority)
	}
	if after := priority(); after != before {
		t.Errorf("after: got %d, want %d", after, before)
	}
}
