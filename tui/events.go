package tui

// This file waits: for the engine's activities, and for the next second while
// something runs. When nothing runs nothing here wakes up.

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/themes"
)

// batchTime is the least time between two batches of activities.
const batchTime = time.Second / 30

// awaitEvents returns the one command that waits for activities. It is armed
// again when its message has come.
func (m *Model) awaitEvents() tea.Cmd {
	box := m.env.Backend.Events()
	if box == nil {
		return nil
	}
	ctx, clock := m.env.ctx, m.env.clock
	return func() tea.Msg {
		// Collect for a moment, so that a flood makes few batches.
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(batchTime):
		}
		acts, err := box.Take(ctx)
		if err != nil {
			return nil
		}
		return EventsMsg{Activities: acts, Now: clock()}
	}
}

// note keeps track of what runs.
func (m *Model) note(msg EventsMsg) {
	for _, act := range msg.Activities {
		if act.State.Final() {
			delete(m.running, act.ID)
		} else {
			m.running[act.ID] = true
		}
	}
}

// tellOnce tells what is said once, but for what hooks print, which is in logs. Of a
// collection that the store makes of itself it tells what came of it, not each part.
func (m *Model) tellOnce(msg EventsMsg) tea.Cmd {
	var cmds []tea.Cmd
	tell := func(level themes.Token, words string) { cmds = append(cmds, m.notify(level, words)) }
	for _, act := range msg.Activities {
		switch {
		case act.Kind == event.Notice && act.Phase == "" && !m.collecting[act.Parent]:
			level, words := levelOf(text.PlainLine(act.Text))
			tell(level, words)
		case act.Kind != event.Collect || act.Name != event.AutoGC:
		case !act.State.Final():
			m.collecting[act.ID] = true
		default:
			delete(m.collecting, act.ID)
			if act.State == event.Failed {
				tell(themes.Error, "collect garbage: "+text.PlainLine(act.Err))
			} else {
				tell(themes.Info, "garbage of "+text.Bytes(act.Done)+" was collected, for there was little room")
			}
			cmds = append(cmds, m.toAll(StoreChangedMsg{}))
		}
	}
	return tea.Batch(cmds...)
}

// levelOf returns the level of a line that Nix would print, and the line without it.
func levelOf(line string) (themes.Token, string) {
	if rest, ok := strings.CutPrefix(line, "warning: "); ok {
		return themes.Warning, rest
	}
	if rest, ok := strings.CutPrefix(line, "error: "); ok {
		return themes.Error, rest
	}
	return themes.Info, line
}

// tick returns the command for the next second if something runs and none is
// on its way.
func (m *Model) tick() tea.Cmd {
	if m.ticking || m.quitting || len(m.running) == 0 && m.busy() == "" && !m.screens[m.front].Lively() {
		return nil
	}
	m.ticking = true
	return m.env.After(time.Second, func(t time.Time) tea.Msg { return TickMsg{t} })
}

// busy says what quitting would cancel, "" for nothing.
func (m *Model) busy() string {
	out := ""
	for _, s := range m.screens {
		if b := s.Busy(); b != "" {
			if out != "" {
				out += " and "
			}
			out += b
		}
	}
	return out
}
