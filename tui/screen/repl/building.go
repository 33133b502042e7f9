package repl

// This file follows the builds that an input sets off: the transcript shows the
// last lines of one log; the Builds screen has all of it.

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/tui"
)

// How many lines of a log are shown, and how many bytes are read for them.
const (
	tailLines = 4
	tailBytes = 8 << 10
)

// building is what an input has set off.
type building struct {
	states  map[event.ID]event.State // of builds, of which there may be very many
	running map[event.ID]event.Activity
	done    int            // of states
	failed  int            // likewise
	held    event.Activity // one that waits, and says what for
	now     event.Activity // the one whose log is shown, as it was told of last
	tail    []string
	read    int64 // bytes of the log when tail was asked for
}

// A tail is the end of a log.
type tail struct {
	id    event.ID
	lines []string
}

// title says what is being built, and how far that is; "" for nothing.
func (b *building) title() (name, how string) {
	switch {
	case b.shows():
		name = "building " + text.SanitiseName(b.now.Name)
		if b.now.Phase != "" {
			how = "  " + text.SanitiseName(b.now.Phase)
		}
	case b.held.ID != 0:
		name = text.SanitiseName(b.held.Name + " waits " + b.held.Phase)
	default:
		return "", ""
	}
	if n := len(b.states); n > 1 {
		how += fmt.Sprintf("  %d of %d done", b.done, n)
		if b.failed > 0 {
			how += fmt.Sprintf(", %d failed", b.failed)
		}
	}
	return name, how
}

// shows reports whether the build whose log is shown is running.
func (b *building) shows() bool {
	_, running := b.running[b.now.ID]
	return running
}

// made counts the builds that were done by the end of the input: of the last it may
// not have been told yet that they are, or, if it did not end well, that they are not.
func (b *building) made(well bool) int {
	n := 0
	for _, state := range b.states {
		if state == event.Done || !state.Final() && well {
			n++
		}
	}
	return n
}

// count counts what was built for the input that has ended last, as far as that was told,
// and forgets the builds when all was.
func (s *Screen) count() {
	e := s.late
	e.made, e.fails, e.stale = e.build.made(e.well), e.build.failed, true
	for _, state := range e.build.states {
		if !state.Final() {
			return
		}
	}
	e.build, s.late = building{}, nil
}

// toldLate takes what is told of builds whose input has ended.
func (s *Screen) toldLate(acts []*event.Activity) {
	changed := false
	for _, act := range acts {
		if s.late == nil {
			break
		}
		if state, ok := s.late.build.states[act.ID]; ok && !state.Final() && act.State.Final() {
			s.late.build.fold(*act)
			changed = true
		}
	}
	if changed {
		s.count()
	}
}

// fold takes a snapshot of a build.
func (b *building) fold(act event.Activity) {
	if b.states == nil {
		b.states, b.running = map[event.ID]event.State{}, map[event.ID]event.Activity{}
	}
	switch before := b.states[act.ID]; {
	case before.Final():
	case act.State == event.Done:
		b.done++
	case act.State == event.Failed:
		b.failed++
	}
	b.states[act.ID] = act.State
	switch {
	case act.State == event.Waiting && act.Phase != "":
		b.held = act
	case act.ID == b.held.ID:
		b.held = event.Activity{}
	}
	if act.State == event.Running {
		b.running[act.ID] = act
	} else {
		delete(b.running, act.ID)
	}
	before := b.now.ID
	if act.ID == before {
		b.now = act
	}
	if b.shows() {
		return
	}
	for _, other := range b.running {
		if b.now.State != event.Running || other.Started.After(b.now.Started) {
			b.now = other
		}
	}
	if b.now.ID != before {
		b.tail, b.read = nil, -1
	}
}

// events takes what the engine tells. Requests that are new while an input is
// carried out are its own.
func (s *Screen) events(msg tui.EventsMsg) tea.Cmd {
	s.toldLate(msg.Activities)
	e := s.current
	for _, act := range msg.Activities {
		request := act.Parent
		if act.Kind == event.Realise {
			request = act.ID
		}
		if e == nil {
			s.foreign[request] = true
			continue
		}
		if act.Kind == event.Build && !s.foreign[request] {
			e.build.fold(*act)
		}
	}
	return s.askTail()
}

// askTail asks for the end of the log if it has grown.
func (s *Screen) askTail() tea.Cmd {
	e := s.current
	if e == nil || s.tail.Pending() {
		return nil
	}
	b := &e.build
	act := b.now
	if act.LogSize == b.read || act.LogSize == 0 {
		return nil
	}
	b.read = act.LogSize
	backend := s.env.Backend
	return tui.Ask(s.env, &s.tail, func(ctx context.Context) (tail, error) {
		lines, err := readTail(ctx, backend, store.Path(act.Built()))
		return tail{act.ID, lines}, err
	})
}

// readTail reads the last lines of a log.
func readTail(ctx context.Context, b tui.Builds, drv store.Path) ([]string, error) {
	f, err := b.OpenLog(ctx, drv)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	from := max(size-tailBytes, 0)
	buf := make([]byte, size-from)
	n, err := f.ReadAt(buf, from)
	if n == 0 && err != nil {
		return nil, err
	}
	buf = buf[:n]
	if from > 0 { // the first line is cut
		if i := bytes.IndexByte(buf, '\n'); i >= 0 {
			buf = buf[i+1:]
		}
	}
	var lines []string
	for raw := range strings.SplitSeq(string(buf), "\n") {
		if ln := text.PlainLine(raw); strings.TrimSpace(ln) != "" {
			lines = append(lines, ln)
		}
	}
	return lines[max(len(lines)-tailLines, 0):], nil
}

// tailRead takes the end of a log.
func (s *Screen) tailRead(msg tui.Answer[tail]) tea.Cmd {
	if !msg.For(&s.tail) {
		return nil
	}
	// A log that cannot be read is not shown here; the Builds screen says why.
	if e := s.current; e != nil && msg.Err == nil && e.build.now.ID == msg.Value.id {
		e.build.tail = msg.Value.lines
	}
	return s.askTail()
}
