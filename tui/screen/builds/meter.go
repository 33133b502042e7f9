package builds

import (
	"context"
	"time"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/tui"

	tea "charm.land/bubbletea/v2"
)

// This file says what a build takes of the machine while it runs. That is read every two
// seconds of the build under the cursor, as long as it is drawn: a screen behind another
// reads nothing.

// A reading is what a build took at a moment.
type reading struct {
	of    event.ID
	usage event.Usage
	ok    bool
}

// meterEvery is how far apart readings of a build are at least.
const meterEvery = 2 * time.Second

// readMeter asks what the build under the cursor takes, if it was drawn since that was
// last asked.
func (s *Screen) readMeter() tea.Cmd {
	act, ok := s.selected()
	isSame := s.read.of == act.ID && s.env.Now.Sub(s.readAt) < meterEvery
	if !s.drawn || s.metering.Pending() || !ok || act.Meter == nil || isSame {
		return nil
	}
	s.drawn, s.readAt = false, s.env.Now
	return tui.Ask(s.env, &s.metering, func(context.Context) (reading, error) {
		usage, ok := act.Meter()
		return reading{act.ID, usage, ok}, nil
	})
}

// processes counts processes in words.
func processes(n int) string {
	if n == 1 {
		return "1 process"
	}
	return text.Count(n) + " processes"
}

// takes says what a running build takes, "" if that is not known.
func (s *Screen) takes(act *event.Activity) string {
	if act.State != event.Running || !s.read.ok || s.read.of != act.ID || s.read.usage.Processes == 0 {
		return ""
	}
	u := s.read.usage
	return "cpu " + text.Took(u.User+u.System) + ", " + text.Bytes(u.Memory) + ", " + processes(u.Processes)
}
