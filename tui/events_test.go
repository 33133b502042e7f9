package tui_test

import (
	"testing"

	"nixbench/engine/event"
	"nixbench/tui/tuitest"
)

// What is said once is a notice on every screen, but for what hooks print, which is in logs,
// and for the parts of a collection that the store makes of itself, which is told of as a whole.
func TestSaidOnce(t *testing.T) {
	d := tuitest.New(t, tuitest.NewBackend(t), 100, 24, tuitest.Blanks)
	say := func(parent event.ID, phase, text string) {
		d.Post(event.Activity{ID: 50, Parent: parent, Kind: event.Notice, State: event.Done, Phase: phase, Text: text})
	}
	say(0, "", "warning: ignoring substitute for \x1b[31m'x'")
	d.Wants("warning: ignoring substitute for 'x'")
	say(3, "post-build-hook", "uploaded")
	d.Lacks("uploaded")
	say(0, "", "running auto-GC to free 5 bytes")
	d.Wants("running auto-GC to free 5 bytes")
	gc := event.Activity{ID: 9, Kind: event.Collect, Name: event.AutoGC, State: event.Running, Done: 1 << 10, Total: 4 << 10}
	d.Post(gc)
	say(9, "", "deleting '/nix/store/x'")
	d.Lacks("deleting")
	gc.State = event.Done
	d.Post(gc)
	d.Wants("garbage of 1.0 KiB was collected")
	gc.State, gc.Err = event.Failed, "it is locked"
	gc.ID = 10
	d.Post(gc)
	d.Wants("error: collect garbage: it is locked")
}
