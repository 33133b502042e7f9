package builds

import (
	"fmt"
	"testing"
	"time"

	"nixbench/engine/event"

	"github.com/google/go-cmp/cmp"
)

// chain is: top needs left and right, right needs below; each takes 30 seconds.
func chain() []event.Activity {
	needing := func(a event.Activity, needs ...event.ID) event.Activity {
		a.Needs, a.WaitingOn = needs, len(needs)
		return a
	}
	return []event.Activity{
		act(1, "below", event.Running, 10, 0),
		needing(act(2, "right", event.Waiting, 0, 0), 1),
		act(3, "left", event.Waiting, 0, 0),
		needing(act(4, "top", event.Waiting, 0, 0), 2, 3),
	}
}

func known(names ...string) func(string) time.Duration {
	return func(name string) time.Duration {
		for _, k := range names {
			if k == name {
				return 30 * time.Second
			}
		}
		return 0
	}
}

// TestEstimate pins that what is left is put on the slots as it depends on each other.
func TestEstimate(t *testing.T) {
	for _, c := range []struct {
		slots int
		usual []string
		want  time.Duration
		known bool
	}{
		{2, []string{"below", "right", "left", "top"}, 80 * time.Second, true}, // below, right, top; left beside them
		{1, []string{"below", "right", "left", "top"}, 110 * time.Second, true},
		{2, []string{"below", "right", "top"}, 80 * time.Second, true}, // left takes as long as the median
		{2, []string{"below", "right"}, 0, false},
	} {
		t.Run(fmt.Sprint(c.slots, c.usual), func(t *testing.T) {
			b := newBoard()
			b.fold(snapshots(chain()), known(c.usual...), time.Unix(20, 0))
			got, err := b.schedule(c.slots, time.Unix(20, 0)).run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got.left != c.want || got.known != c.known {
				t.Errorf("got %v, %v, want %v, %v", got.left, got.known, c.want, c.known)
			}
			if !c.known {
				return
			}
			var names []string
			for _, n := range got.critical {
				names = append(names, n.act.Name)
			}
			if diff := cmp.Diff(names, []string{"below", "right", "top"}); diff != "" {
				t.Errorf("critical: got, want:\n%s", diff)
			}
		})
	}
}

// TestEstimateWithoutWhatIsBlocked pins that what will not be built takes no time.
func TestEstimateWithoutWhatIsBlocked(t *testing.T) {
	b := newBoard()
	acts := append(chain(), act(3, "left", event.Failed, 12, 13))
	b.fold(snapshots(acts), known("below", "right", "left", "top"), time.Unix(20, 0))
	got, err := b.schedule(2, time.Unix(20, 0)).run(t.Context())
	if want := 50 * time.Second; err != nil || got.left != want {
		t.Errorf("got %v, %v, want %v", got.left, err, want)
	}
}

// TestRoughEstimate pins that of very many builds the work is divided by the slots.
func TestRoughEstimate(t *testing.T) {
	b := newBoard()
	b.fold(snapshots(chain()), known("below", "right", "left"), time.Unix(20, 0))
	if got, want := b.rough(2), (estimate{known: true, left: time.Minute}); got.left != want.left || !got.known {
		t.Errorf("got %v, %v, want %v", got.left, got.known, want.left)
	}
	b.fold(snapshots([]event.Activity{act(1, "below", event.Done, 10, 20), act(2, "right", event.Done, 20, 21)}), known(), time.Unix(21, 0))
	if got := b.rough(2); got.known {
		t.Errorf("got an estimate of %v with half of the builds unknown", got.left)
	}
}

// TestStamps pins when the lines of a log were written.
func TestStamps(t *testing.T) {
	a := act(1, "a", event.Running, 10, 0)
	n := &node{act: &a}
	for i, size := range []int64{100, 100, 150, 400, 450} {
		n.act.LogSize = size
		n.stamp(time.Unix(20, int64(i)*300e6))
	}
	for offset, want := range map[int64]time.Duration{0: 10 * time.Second, 99: 10 * time.Second, 399: 10900 * time.Millisecond, 449: 11200 * time.Millisecond} {
		if got, ok := n.writtenAt(offset); !ok || got != want {
			t.Errorf("byte %d: got %v, %v, want %v", offset, got, ok, want)
		}
	}
	if _, ok := n.writtenAt(450); ok {
		t.Error("got a time for what is not written")
	}
}

// TestEstimateOfBlocked pins that what will not begin takes no time, nor is it in the chain
// that takes longest, also if it needs what failed only through others.
func TestEstimateOfBlocked(t *testing.T) {
	b := newBoard()
	acts := chain()
	acts[2] = act(3, "left", event.Failed, 10, 12)
	over := act(5, "over-top", event.Waiting, 0, 0)
	over.Needs, over.WaitingOn = []event.ID{4}, 1
	b.fold(snapshots(append(acts, over)), known("below", "right", "left", "top", "over-top"), time.Unix(20, 0))
	got, err := b.schedule(1, time.Unix(20, 0)).run(t.Context())
	if err != nil || got.left != 50*time.Second {
		t.Errorf("got %v, %v, want 50s", got.left, err)
	}
	var names []string
	for _, n := range got.critical {
		names = append(names, n.act.Name)
	}
	if diff := cmp.Diff(names, []string{"below", "right"}); diff != "" {
		t.Errorf("got, want:\n%s", diff)
	}
	if left := b.rough(1).left; left != 60*time.Second {
		t.Errorf("roughly: got %v, want 1m0s", left)
	}
}
