package builds

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/widget/logview"
)

// This file reads logs: that of the build under the cursor as it is written, and the last
// lines of those that failed.

// follow shows the log of the build under the cursor. One that could not be opened is
// tried again when the build has gone on.
func (s *Screen) follow() tea.Cmd {
	n, ok := s.selectedNode()
	if !ok {
		return nil
	}
	act := n.act
	key := fmt.Sprint(act.ID, " ", act.Subject) // a derivation built again has another log
	isShown := s.log.Key() == key
	hasGoneOn := act.LogSize != s.logTried.LogSize || act.State != s.logTried.State
	if isShown && (s.log.Err() == nil || !hasGoneOn) {
		return nil
	}
	begun := !act.Started.IsZero() || n.earlier
	if act.Kind != event.Build || !begun || !act.State.Final() && act.LogFile == "" && act.LogSize == 0 {
		if s.logOf == act.ID && s.log.Key() == "" {
			return nil
		}
		s.logOf = act.ID
		return s.log.Close()
	}
	s.logTried = *act
	s.logOf = act.ID
	s.log.Live = !act.State.Final()
	drv := store.Path(act.Built())
	backend := s.env.Backend
	return s.log.Load(s.env.Context(), key, func(ctx context.Context) (logview.File, error) {
		return backend.OpenLog(ctx, drv)
	})
}

// askTail reads the last lines of a failed build that has not been read.
func (s *Screen) askTail() tea.Cmd {
	if s.tail.Pending() {
		return nil
	}
	for _, n := range s.board.failures() {
		id := n.act.ID
		if _, ok := s.tails[id]; ok {
			continue
		}
		s.tails[id] = nil
		s.tailFor = id
		drv, backend := store.Path(n.act.Built()), s.env.Backend
		return tui.Ask(s.env, &s.tail, func(ctx context.Context) ([]string, error) {
			f, err := backend.OpenLog(ctx, drv)
			if errors.Is(err, fs.ErrNotExist) {
				return nil, nil
			} else if err != nil {
				return nil, err
			}
			defer f.Close()
			return lastLines(f)
		})
	}
	return nil
}

// tailBytes is how much of the end of a log is read for its last lines.
const tailBytes = 16 << 10

// lastLines returns the last lines of a log, clean, oldest first.
func lastLines(f logview.File) ([]string, error) {
	size, err := f.Size()
	if err != nil {
		return nil, err
	}
	from := max(0, size-tailBytes)
	data := make([]byte, size-from)
	if n, err := f.ReadAt(data, from); n < len(data) && err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(string(data), "\n"), "\n") {
		lines = append(lines, text.Plain(text.LogLine(line)))
	}
	if from > 0 && len(lines) > 1 {
		lines = lines[1:]
	}
	return lines, nil
}
