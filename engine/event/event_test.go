package event

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Eight writers post at once; the reader sees each one's last snapshot, and
// far fewer batches than there were posts are enough.
func TestMailboxNeverLosesTheFinalState(t *testing.T) {
	var m Mailbox
	var wg sync.WaitGroup
	const last = 9999
	for id := range ID(8) {
		wg.Go(func() {
			for i := range int64(last + 1) {
				act := Activity{ID: id, State: Running, Done: i}
				if i == last {
					act.State = Done
				}
				m.Post(&act)
			}
		})
	}
	final := make(map[ID]int64)
	for len(final) < 8 {
		batch, err := m.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, act := range batch {
			if act.State.Final() {
				final[act.ID] = act.Done
			}
		}
	}
	wg.Wait()
	for id, done := range final {
		if done != last {
			t.Errorf("activity %d ended with Done = %d, want %d", id, done, last)
		}
	}
}

func TestMailboxKeepsFinalOverLateUpdate(t *testing.T) {
	var m Mailbox
	m.Post(&Activity{ID: 1, State: Failed, Err: "exit status 2"})
	m.Post(&Activity{ID: 1, State: Running, LogSize: 10})
	got, err := m.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []*Activity{{ID: 1, State: Failed, Err: "exit status 2"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Take (-want +got):\n%s", diff)
	}
}

func TestMailboxIsBoundedByActivities(t *testing.T) {
	var m Mailbox
	for i := range int64(100_000) {
		m.Post(&Activity{ID: ID(i % 64), Done: i})
	}
	if got, want := len(m.unread), 64; got != want {
		t.Errorf("unread = %d, want %d", got, want)
	}
	if got := cap(m.unread); got > 128 {
		t.Errorf("capacity = %d, want at most 128", got)
	}
}

func TestMailboxPostDoesNotAllocate(t *testing.T) {
	var m Mailbox
	act := &Activity{ID: 1}
	m.Post(act)
	n := testing.AllocsPerRun(100, func() { m.Post(act) })
	if n != 0 {
		t.Errorf("Post allocates %v times, want 0", n)
	}
}

func TestTakeOrderAndCancel(t *testing.T) {
	var m Mailbox
	for _, id := range []ID{3, 1, 2, 1, 3} {
		m.Post(&Activity{ID: id})
	}
	batch, err := m.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ids []ID
	for _, act := range batch {
		ids = append(ids, act.ID)
	}
	if diff := cmp.Diff([]ID{3, 1, 2}, ids); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Take(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Take after cancel: got %v, want %v", err, context.Canceled)
	}
}

// A watcher that comes late learns what is running, and nothing that ended.
func TestHubPrimesLateSubscribers(t *testing.T) {
	var h Hub
	first := h.Subscribe()
	a, b := h.NewID(), h.NewID()
	h.Post(Activity{ID: a, State: Running, Done: 1})
	h.Post(Activity{ID: b, State: Running})
	h.Post(Activity{ID: a, State: Running, Done: 2})
	h.Post(Activity{ID: b, State: Done})
	late := h.Subscribe()

	check := func(name string, box *Mailbox, want []*Activity) {
		t.Helper()
		got, err := box.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	check("first", first, []*Activity{{ID: a, State: Running, Done: 2}, {ID: b, State: Done}})
	check("late", late, []*Activity{{ID: a, State: Running, Done: 2}})

	h.Unsubscribe(first)
	h.Post(Activity{ID: a, State: Done})
	check("late", late, []*Activity{{ID: a, State: Done}})
	if got := first.take(); got != nil {
		t.Errorf("unsubscribed mailbox received %v", got)
	}
	if len(h.live) != 0 {
		t.Errorf("hub remembers %d ended activities", len(h.live))
	}
	for range 1000 {
		id := h.NewID()
		h.Post(Activity{ID: id})
		h.Post(Activity{ID: id, State: Done})
	}
	if got := len(h.order); got > 64 {
		t.Errorf("hub keeps %d identifiers of ended activities", got)
	}
}

func TestNilHub(t *testing.T) {
	var h *Hub
	h.Post(Activity{ID: h.NewID()})
	h.Unsubscribe(h.Subscribe())
}

func TestNames(t *testing.T) {
	for s, want := range map[State]string{Waiting: "waiting", Running: "running", Done: "done", Failed: "failed", Cancelled: "cancelled"} {
		if got := s.String(); got != want {
			t.Errorf("state %d: got %q, want %q", s, got, want)
		}
		if got, want := s.Final(), s >= Done; got != want {
			t.Errorf("%s.Final() = %v, want %v", s, got, want)
		}
	}
	if got, want := CopyPath.String(), "copy"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func BenchmarkPost(b *testing.B) {
	var h Hub
	h.Subscribe()
	h.Subscribe()
	b.ReportAllocs()
	for i := int64(0); b.Loop(); i++ {
		h.Post(Activity{ID: ID(i % 64), State: Running, Done: i})
	}
}
