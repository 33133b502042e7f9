package builds

import (
	"testing"
	"time"

	"nixbench/engine/event"
	"nixbench/tui/tuitest"
)

// TestMeter pins that the screen says what the build under the cursor takes while it
// runs, and that nothing is read while another screen is in front.
func TestMeter(t *testing.T) {
	d := at(t, tuitest.NewBackend(t), 140, 40)
	asked := 0
	act := event.Activity{
		ID: 1, Kind: event.Build, Name: "hello", Subject: string(tuitest.PathNamed("hello.drv")), State: event.Running,
		Meter: func() (event.Usage, bool) {
			asked++
			return event.Usage{User: 62 * time.Second, Memory: 300 << 20, Processes: 3}, true
		},
	}
	d.Post(act)
	if asked != 0 {
		t.Errorf("read %d times before a second was over", asked)
	}
	d.Advance(time.Second)
	d.Wants("takes", "cpu 1m02s, 300.0 MiB, 3 processes of hello")
	d.Keys("1")
	d.Advance(time.Second) // it was drawn before
	before := asked
	d.Advance(5 * time.Second)
	if asked != before {
		t.Errorf("read %d times behind another screen", asked-before)
	}
	act.State, act.Meter, act.Used = event.Done, nil, event.Usage{User: time.Minute, Memory: 1 << 20}
	d.Post(act)
	d.Keys("2")
	d.Advance(time.Second)
	d.Lacks("processes")
}
