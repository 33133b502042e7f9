package builds

import (
	"fmt"
	"testing"
	"time"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/tui/tuitest"
)

// TestCancelSaysHowMany pins that the plan of a cancellation counts all builds that will
// not be built for it, also those that need the build through others, and not those that
// will not be built anyhow.
func TestCancelSaysHowMany(t *testing.T) {
	d := start(t, 80, 24)
	running := tuitest.Activities()[5]
	running.ID, running.Name, running.Subject = 900, "going-1", string(tuitest.PathNamed("going-1.drv"))
	running.State, running.Ended = event.Running, time.Time{}
	failed := running
	failed.ID, failed.Name, failed.Subject = 901, "broken-1", string(tuitest.PathNamed("broken-1.drv"))
	failed.State = event.Failed
	acts := []event.Activity{running, failed}
	for i, needs := range [][]event.ID{{900}, {902, 900}, {900, 901}, {904, 902}} {
		id, name := event.ID(902+i), fmt.Sprint("waiting-", i)
		acts = append(acts, event.Activity{
			ID: id, Kind: event.Build, Name: name, Subject: string(tuitest.PathNamed(name + ".drv")), State: event.Waiting,
			WaitingOn: len(needs), Needs: needs,
		})
	}
	d.Post(acts...)
	d.Keys("/")
	d.Type("going-1")
	d.Keys("enter x")
	d.Wants("2 builds that need it will not be built")
}

// TestUsedWithoutMemory pins that nothing is said of memory where it is not known.
func TestUsedWithoutMemory(t *testing.T) {
	if got, want := used(event.Usage{User: 52 * time.Millisecond}, text.Bytes), "cpu 52 ms"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
