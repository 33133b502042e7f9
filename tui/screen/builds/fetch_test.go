package builds

import (
	"testing"
	"time"

	"nixbench/engine/event"
	"nixbench/tui/tuitest"
)

// TestFetches pins that it is said how much is fetched of each cache, and how fast.
func TestFetches(t *testing.T) {
	d := at(t, tuitest.NewBackend(t), 140, 40)
	fetch := func(id event.ID, cache string, state event.State, done int64) event.Activity {
		return event.Activity{
			ID: id, Kind: event.Substitute, Name: "path", Subject: string(tuitest.PathNamed("path" + string(rune('a'+id)))), Text: cache,
			State: state, Done: done, Total: 100 << 20, Started: tuitest.Start().Add(-10 * time.Second),
		}
	}
	d.Post(fetch(1, "file:///a", event.Running, 20<<20), fetch(2, "file:///a", event.Done, 100<<20), fetch(3, "file:///b", event.Running, 0))
	d.Wants("fetch     120.0 of 200.0 MiB   12.0 MiB/s   file:///a", "fetch     0 B of 100.0 MiB   file:///b")
	d.Wants("fetched from file:///a at 12.0 MiB/s: it has no log") // where there is no summary, too
	d.Post(fetch(1, "file:///a", event.Done, 100<<20), fetch(3, "file:///b", event.Done, 100<<20))
	d.Lacks("fetch  ", "MiB/s:")
}
