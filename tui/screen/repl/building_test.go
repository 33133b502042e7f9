package repl

import (
	"testing"
	"time"

	"nixbench/engine/event"
)

// TestTailOfAnother pins that the end of one build's log is not shown below the name of
// another.
func TestTailOfAnother(t *testing.T) {
	var b building
	started := time.Unix(1, 0)
	b.fold(event.Activity{ID: 1, Name: "first", State: event.Running, Started: started})
	b.tail = []string{"of the first"}
	b.fold(event.Activity{ID: 2, Name: "second", State: event.Running, Started: started.Add(time.Second)})
	b.fold(event.Activity{ID: 1, Name: "first", State: event.Done, Started: started})
	if name, how := b.title(); name != "building second" || how != "  1 of 2 done" {
		t.Errorf("got %q and %q", name, how)
	}
	if b.tail != nil {
		t.Errorf("got %q of the log, want nothing yet", b.tail)
	}
}

// TestFailedIsNotDone pins that what has failed is not said to be done.
func TestFailedIsNotDone(t *testing.T) {
	var b building
	for i, state := range []event.State{event.Done, event.Failed, event.Cancelled, event.Waiting, event.Running} {
		b.fold(event.Activity{ID: event.ID(i + 1), Name: "it", State: state})
	}
	if _, how := b.title(); how != "  1 of 5 done, 1 failed" {
		t.Errorf("got %q", how)
	}
}

// TestHeldByAnother pins that an input is not said to be evaluated while what it builds is
// built by another process.
func TestHeldByAnother(t *testing.T) {
	var b building
	b.fold(event.Activity{ID: 1, Name: "lib", State: event.Waiting, Phase: "for another process"})
	if name, how := b.title(); name+how != "lib waits for another process" {
		t.Errorf("got %q and %q", name, how)
	}
	b.fold(event.Activity{ID: 2, Name: "app", State: event.Running})
	if name, _ := b.title(); name != "building app" {
		t.Errorf("beside another build: got %q", name)
	}
	b.fold(event.Activity{ID: 2, Name: "app", State: event.Done})
	if name, how := b.title(); name+how != "lib waits for another process  1 of 2 done" {
		t.Errorf("after it: got %q and %q", name, how)
	}
	b.fold(event.Activity{ID: 1, Name: "lib", State: event.Done})
	if name, _ := b.title(); name != "" {
		t.Errorf("at the end: got %q", name)
	}
}

// TestMade pins that builds of which the end is not told yet are counted as done with an
// input that ended well, begun or not as far as is known, and no others.
func TestMade(t *testing.T) {
	var b building
	for i, state := range []event.State{event.Done, event.Running, event.Waiting, event.Failed, event.Cancelled} {
		b.fold(event.Activity{ID: event.ID(i + 1), State: state})
	}
	if well, badly := b.made(true), b.made(false); well != 3 || badly != 1 {
		t.Errorf("got %d and %d, want 3 and 1", well, badly)
	}
}
