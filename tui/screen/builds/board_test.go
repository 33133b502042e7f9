package builds

import (
	"slices"
	"testing"
	"time"

	"nixbench/engine/event"
	"nixbench/tui"
	"nixbench/tui/style"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
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

// snapshots are what a mailbox gives of acts.
func snapshots(acts []event.Activity) []*event.Activity {
	shared := make([]*event.Activity, len(acts))
	for i, act := range acts {
		shared[i] = &act
	}
	return shared
}

func fold(b *board, acts []event.Activity) bool {
	return b.fold(snapshots(acts), func(string) time.Duration { return 0 }, time.Unix(40, 0))
}

// TestSorted pins what comes first: what wants attention.
func TestSorted(t *testing.T) {
	b := newBoard()
	blocked := act(4, "blocked", event.Failed, 0, 31)
	blocked.Needs = []event.ID{5}
	fold(b, []event.Activity{
		act(1, "done-early", event.Done, 10, 11), act(2, "waiting", event.Waiting, 0, 0),
		act(3, "young", event.Running, 30, 0), blocked,
		act(8, "wrong-system", event.Failed, 0, 32), act(5, "failed", event.Failed, 20, 30), act(6, "old", event.Running, 12, 0), act(7, "done-late", event.Done, 10, 25),
	})
	var got []string
	for _, n := range b.sorted(byState, time.Unix(40, 0)) {
		got = append(got, n.act.Name)
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
	fold(b, []event.Activity{act(1, "a", event.Waiting, 0, 0), act(2, "b", event.Waiting, 0, 0)})
	fold(b, []event.Activity{act(1, "a", event.Running, 5, 0), act(1, "a", event.Failed, 5, 6)})
	if b.live() != 1 || b.count[event.Failed] != 1 {
		t.Errorf("got %d live, %d failed, want 1 and 1", b.live(), b.count[event.Failed])
	}
	fold(b, []event.Activity{act(3, "a", event.Running, 9, 0)})
	if b.count[event.Failed] != 0 || b.live() != 2 || b.size() != 2 {
		t.Errorf("got %d failed, %d live, %d rows after building again, want 0, 2, 2", b.count[event.Failed], b.live(), b.size())
	}
	if fold(b, []event.Activity{{ID: 9, Kind: event.Collect}}) {
		t.Error("a collection changed the board")
	}
}

// TestFailuresDoNotHideWhatRuns pins that of many failures only some stand above
// what runs.
func TestFailuresDoNotHideWhatRuns(t *testing.T) {
	b := newBoard()
	fold(b, []event.Activity{act(20, "running", event.Running, 1, 0)})
	for i := range 5 {
		fold(b, []event.Activity{act(event.ID(i+1), "failed-"+string(rune('a'+i)), event.Failed, 1, 10+i)})
	}
	names := func() (got []string) {
		for _, n := range b.sorted(byState, time.Unix(40, 0)) {
			got = append(got, n.act.Name)
		}
		return got
	}
	want := []string{"failed-a", "failed-b", "running", "failed-c", "failed-d", "failed-e"}
	if diff := cmp.Diff(names(), want); diff != "" {
		t.Errorf("got, want:\n%s", diff)
	}
	// The first is built again.
	fold(b, []event.Activity{act(30, "failed-a", event.Running, 20, 0)})
	want = []string{"failed-b", "failed-c", "running", "failed-a", "failed-d", "failed-e"}
	if diff := cmp.Diff(names(), want); diff != "" {
		t.Errorf("got, want:\n%s", diff)
	}
}

// TestNewestFailuresComeFirst pins that those of what was begun last stand above older ones,
// in the order in which they failed.
func TestNewestFailuresComeFirst(t *testing.T) {
	b := newBoard()
	for batch, names := range [][]string{{"a", "b", "c"}, {"d", "e"}, {"f"}} {
		var begun, failed []event.Activity
		for i, name := range names {
			id, at := event.ID(10*batch+i+1), 10*batch+i+1
			begun, failed = append(begun, act(id, name, event.Running, at, 0)), append(failed, act(id, name, event.Failed, at, at+1))
		}
		fold(b, begun)
		fold(b, failed)
	}
	fold(b, []event.Activity{act(90, "running", event.Running, 35, 0)})
	var got []string
	for _, n := range b.sorted(byState, time.Unix(40, 0)) {
		got = append(got, n.act.Name)
	}
	if want := []string{"f", "d", "running", "e", "a", "b", "c"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestBlockedAreCounted pins that what will not begin, since something that it needs has
// failed, is blocked wherever that is said: in the list, in its title and in the summary.
func TestBlockedAreCounted(t *testing.T) {
	s := New(&tui.Env{Styles: style.New(style.Options{})})
	waits := func(id event.ID, name string, needs ...event.ID) event.Activity {
		a := act(id, name, event.Waiting, 0, 0)
		a.Needs, a.WaitingOn = needs, len(needs)
		return a
	}
	fold(s.board, []event.Activity{
		act(1, "broken", event.Running, 10, 0), act(2, "going", event.Running, 11, 0), waits(3, "may", 2),
		waits(4, "cannot", 1, 2), waits(5, "nor", 4, 2), waits(6, "nor-late", 5, 2),
	})
	if got, want := s.title(80), "builds  2 running  4 waiting"; got != want {
		t.Errorf("before: got %q, want %q", got, want)
	}
	fold(s.board, []event.Activity{act(1, "broken", event.Failed, 10, 12)})
	fold(s.board, []event.Activity{waits(7, "new", 6)})
	var got []string
	for _, n := range s.board.sorted(byState, time.Unix(40, 0)) {
		word, _ := stateWord(n)
		got = append(got, n.act.Name+" "+word)
	}
	want := []string{"broken failed", "going running", "may waiting", "new blocked", "cannot blocked", "nor blocked", "nor-late blocked"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got, want:\n%s", diff)
	}
	if got, want := s.title(80), "builds  1 running  1 failed  4 blocked  1 waiting"; got != want {
		t.Errorf("after: got %q, want %q", got, want)
	}
	cannot := waits(4, "cannot", 1, 2)
	cannot.State = event.Failed
	fold(s.board, []event.Activity{cannot, act(5, "nor", event.Cancelled, 0, 13), act(8, "new", event.Running, 14, 0)})
	if got, want := s.title(80), "builds  2 running  1 failed  2 blocked  1 waiting  1 cancelled"; got != want {
		t.Errorf("at the end: got %q, want %q", got, want)
	}
}

// TestSortedAsIfAnew pins that the list is what sorting all of it gives, whatever
// came before.
func TestSortedAsIfAnew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := newBoard()
		now := time.Unix(1000, 0)
		by := byState
		states := []event.State{event.Waiting, event.Running, event.Done, event.Failed, event.Cancelled}
		for range rapid.IntRange(1, 30).Draw(t, "batches") {
			var acts []event.Activity
			for range rapid.IntRange(0, 6).Draw(t, "acts") {
				id := event.ID(rapid.IntRange(1, 20).Draw(t, "id"))
				a := act(id, string(rune('a'+id%9)), rapid.SampledFrom(states).Draw(t, "state"), rapid.IntRange(0, 9).Draw(t, "from"), rapid.IntRange(10, 20).Draw(t, "to"))
				for need := range id {
					if need > 0 && id%need == 2 {
						a.Needs = append(a.Needs, need)
					}
				}
				acts = append(acts, a)
			}
			now = now.Add(time.Second)
			b.fold(snapshots(acts), func(string) time.Duration { return 0 }, now)
			by = order(rapid.IntRange(0, int(numOrders)-1).Draw(t, "order"))
			got := slices.Clone(b.sorted(by, now))
			want := slices.Clone(got)
			slices.SortFunc(want, func(x, y *node) int { return keyOf(x, by, now).compare(keyOf(y, by, now)) })
			if len(got) != b.size() || !slices.Equal(got, want) {
				t.Fatalf("got %d of %d builds, in another order than sorting gives", len(got), b.size())
			}
		}
	})
}
