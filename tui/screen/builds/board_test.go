package builds

import (
	"testing"
	"time"

	"nixbench/engine/event"

	"github.com/google/go-cmp/cmp"
)

func act(id event.ID, name string, state event.State, started, ended int) event.Activity {
	at := func(s int) time.Time {
		if s == 0 {
			return time.Time{}
		}
		return time.Unix(int64(s), 0)
	}
	return event.Activity{ID: id, Kind: event.Build, Name: name, Subject: name + ".drv", State: state, Started: at(started), Ended: at(ended)}
}

// TestSorted pins what comes first: what wants attention.
func TestSorted(t *testing.T) {
	b := newBoard()
	blocked := act(4, "blocked", event.Failed, 0, 31)
	blocked.Needs = []event.ID{5}
	b.fold([]event.Activity{
		act(1, "done-early", event.Done, 10, 11), act(2, "waiting", event.Waiting, 0, 0),
		act(3, "young", event.Running, 30, 0), blocked,
		act(8, "wrong-system", event.Failed, 0, 32), act(5, "failed", event.Failed, 20, 30), act(6, "old", event.Running, 12, 0), act(7, "done-late", event.Done, 10, 25),
	})
	var got []string
	for _, id := range b.sorted(byState, time.Unix(40, 0)) {
		got = append(got, b.acts[id].Name)
	}
	want := []string{"failed", "wrong-system", "old", "young", "waiting", "blocked", "done-late", "done-early"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got, want:\n%s", diff)
	}
}

// TestFoldCounts pins that snapshots are counted by their newest state only,
// and that building again takes the place of what was before.
func TestFoldCounts(t *testing.T) {
	b := newBoard()
	b.fold([]event.Activity{act(1, "a", event.Waiting, 0, 0), act(2, "b", event.Waiting, 0, 0)})
	b.fold([]event.Activity{act(1, "a", event.Running, 5, 0), act(1, "a", event.Failed, 5, 6)})
	if b.live() != 1 || b.count[event.Failed] != 1 {
		t.Errorf("got %d live, %d failed, want 1 and 1", b.live(), b.count[event.Failed])
	}
	b.fold([]event.Activity{act(3, "a", event.Running, 9, 0)})
	if b.count[event.Failed] != 0 || b.live() != 2 || len(b.order) != 2 {
		t.Errorf("got %d failed, %d live, %d rows after building again, want 0, 2, 2", b.count[event.Failed], b.live(), len(b.order))
	}
	if b.fold([]event.Activity{{ID: 9, Kind: event.Collect}}) {
		t.Error("a collection changed the board")
	}
}

// TestLeft pins that an estimate is made only if more than half is known.
func TestLeft(t *testing.T) {
	b := newBoard()
	b.fold([]event.Activity{act(1, "a", event.Running, 10, 0), act(2, "b", event.Waiting, 0, 0)})
	usual := func(known ...string) func(string) time.Duration {
		return func(name string) time.Duration {
			for _, k := range known {
				if k == name {
					return 30 * time.Second
				}
			}
			return 0
		}
	}
	if _, ok := b.left(usual("a"), time.Unix(20, 0)); ok {
		t.Error("got an estimate with half of the builds unknown")
	}
	if left, ok := b.left(usual("a", "b"), time.Unix(20, 0)); !ok || left != 50*time.Second {
		t.Errorf("got %v, %v, want 50s: 20 s of a, then 30 s of b", left, ok)
	}
}
