package builds

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"nixbench/engine/event"
)

// TestRequestsShareARow pins that what two requests want is one row, which says how far
// it is, whichever of the two told last; and that the needs of both are below it.
func TestRequestsShareARow(t *testing.T) {
	needs := func(a event.Activity, ids ...event.ID) event.Activity {
		a.Needs = ids
		return a
	}
	rows := func(b *board) (got []string) {
		for _, n := range b.sorted(byState, time.Unix(40, 0)) {
			got = append(got, fmt.Sprint(n.act.Name, " ", n.act.State, " of ", n.act.ID, " needed by ", n.needed, " needs ", len(n.needs)))
		}
		return got
	}
	b := newBoard()
	for _, step := range []struct {
		acts []event.Activity
		want []string
	}{
		{
			[]event.Activity{act(1, "lib", event.Running, 10, 0), needs(act(2, "one", event.Waiting, 0, 0), 1)},
			[]string{"lib running of 1 needed by 1 needs 0", "one waiting of 2 needed by 0 needs 1"},
		},
		{ // another request wants the same, and waits for it
			[]event.Activity{act(11, "lib", event.Waiting, 0, 0), needs(act(12, "two", event.Waiting, 0, 0), 11)},
			[]string{"lib running of 1 needed by 2 needs 0", "one waiting of 2 needed by 0 needs 1", "two waiting of 12 needed by 0 needs 1"},
		},
		{ // the other is told of again
			[]event.Activity{act(11, "lib", event.Waiting, 0, 0)},
			[]string{"lib running of 1 needed by 2 needs 0", "one waiting of 2 needed by 0 needs 1", "two waiting of 12 needed by 0 needs 1"},
		},
		{ // the first is given up, and the other takes it over
			[]event.Activity{act(1, "lib", event.Cancelled, 10, 12), act(2, "one", event.Cancelled, 0, 12), act(11, "lib", event.Running, 13, 0)},
			[]string{"lib running of 11 needed by 2 needs 0", "two waiting of 12 needed by 0 needs 1", "one cancelled of 2 needed by 0 needs 1"},
		},
		{
			[]event.Activity{act(11, "lib", event.Done, 13, 20), act(12, "two", event.Running, 20, 0)},
			[]string{"two running of 12 needed by 0 needs 1", "lib done of 11 needed by 2 needs 0", "one cancelled of 2 needed by 0 needs 1"},
		},
		{ // once it has ended for all, it begins anew
			[]event.Activity{act(21, "lib", event.Running, 30, 0)},
			[]string{"two running of 12 needed by 0 needs 1", "lib running of 21 needed by 0 needs 0", "one cancelled of 2 needed by 0 needs 1"},
		},
	} {
		fold(b, step.acts)
		got, want := rows(b), slices.Clone(step.want)
		slices.Sort(got)
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
		counted := 0
		for _, n := range b.count {
			counted += n
		}
		if counted != len(want) || b.size() != len(want) {
			t.Fatalf("%d are counted, of %d; want %d", counted, b.size(), len(want))
		}
	}
}

// TestSharedRowAtTheEnd pins what a row says when of two requests the one has built it, and
// the other has found it built.
func TestSharedRowAtTheEnd(t *testing.T) {
	b := newBoard()
	fold(b, []event.Activity{act(1, "lib", event.Running, 10, 0), act(11, "lib", event.Waiting, 0, 0)})
	for _, a := range []event.Activity{act(1, "lib", event.Done, 10, 12), act(11, "lib", event.Done, 0, 13)} {
		fold(b, []event.Activity{a})
		if got := b.newest["lib.drv"].act; got.State != event.Done || got.Started.IsZero() {
			t.Errorf("got %s, begun %v; want done, with the times of the builder", got.State, got.Started)
		}
	}
	if got := b.live(); got != 0 {
		t.Errorf("%d are said to go on", got)
	}
}
