package builds

import (
	"context"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/tui"
)

// This file shows what other processes build in the store, below our own builds. It is
// asked for only while the screen is in front.

// others is what other processes do.
type others struct {
	awaited tui.Slot
	nodes   []*node
	last    event.ID // given to one of nodes
	changed bool     // since the graph was shown
	err     error    // why it is not known
}

// firstOther is above all IDs of activities of ours.
const firstOther event.ID = 1 << 62

// awaitOthers asks for what other processes do, once that is not last any more.
func (s *Screen) awaitOthers(last []tui.BuildElsewhere) tea.Cmd {
	backend := s.env.Backend
	return tui.Ask(s.env, &s.others.awaited, func(ctx context.Context) ([]tui.BuildElsewhere, error) {
		return backend.AwaitElsewhere(ctx, last)
	})
}

// othersCame takes what other processes do.
func (s *Screen) othersCame(msg tui.Answer[[]tui.BuildElsewhere]) tea.Cmd {
	if !msg.For(&s.others.awaited) {
		return nil
	}
	if s.others.err = msg.Err; msg.Err != nil {
		return nil // asked again when the screen is shown again
	}
	before := map[string]*node{}
	for _, n := range s.others.nodes {
		before[n.name()] = n
	}
	s.others.nodes, s.others.changed = nil, true
	for _, b := range msg.Value {
		if n := s.otherNode(b, before); n != nil {
			s.others.nodes = append(s.others.nodes, n)
		}
	}
	if len(before) > 0 { // some have ended
		s.env.Broadcast(tui.StoreChangedMsg{})
	}
	s.show()
	if s.logOf > firstOther && s.nodeOf(s.logOf) == nil {
		s.logOf, s.log.Empty = 0, "no log yet"
		return tea.Batch(s.awaitOthers(msg.Value), s.log.Close())
	}
	return tea.Batch(s.awaitOthers(msg.Value), s.log.Grew())
}

// otherNode is what stands for what another process does, the same as before if it did
// that already, which it takes out of before; nil for what a daemon builds for us.
func (s *Screen) otherNode(b tui.BuildElsewhere, before map[string]*node) *node {
	act := event.Activity{Kind: event.Build, State: event.Running, Subject: string(b.Drv), Started: b.Since, LogSize: max(0, b.LogSize)}
	if b.Drv == "" {
		act.Kind, act.Subject = event.CopyPath, string(b.Paths[0])
	}
	if ours := s.board.newest[act.Subject]; ours != nil && s.env.Backend.Info().Daemons && ours.act.State == event.Running {
		return nil
	}
	act.Name = drv.NameOf(store.Path(act.Subject))
	n := &node{act: &act, other: &b}
	if old := before[n.name()]; old != nil {
		delete(before, n.name())
		act.ID = old.act.ID
		old.act, old.other = &act, &b
		return old
	}
	s.others.last++
	n.act.ID = firstOther + s.others.last
	n.usual = s.env.Backend.UsualTime(act.Name)
	return n
}

// withOthers adds what other processes build to builds of ours.
func (s *Screen) withOthers(ours []*node) []*node {
	if len(s.others.nodes) == 0 {
		return ours
	}
	return slices.Concat(ours, s.others.nodes)
}

// Lively lets the times of others go on while they are shown.
func (s *Screen) Lively() bool { return len(s.others.nodes) > 0 }

// nodeOf finds a build, ours, another's or an earlier one; nil for none.
func (s *Screen) nodeOf(id event.ID) *node {
	if n := s.board.nodes[id]; n != nil {
		return n
	}
	for _, list := range [][]*node{s.others.nodes, s.earlier} {
		for _, n := range list {
			if n.act.ID == id {
				return n
			}
		}
	}
	return nil
}

// whose says which process does something, as far as it can be seen.
func whose(b *tui.BuildElsewhere) string {
	if b.PID == 0 {
		return "a process that cannot be seen from here"
	}
	out := fmt.Sprintf("process %d", b.PID)
	if b.Program != "" {
		out = text.SanitiseName(b.Program) + ", " + out
	}
	if b.User != "" {
		out += " of " + text.SanitiseName(b.User)
	}
	if b.Again {
		out += ", again"
	}
	return out
}

// whoseWord is whose in a few cells.
func whoseWord(b *tui.BuildElsewhere) string {
	if b.PID == 0 {
		return "not seen"
	}
	return strings.TrimSpace(fmt.Sprintf("%s %d", text.SanitiseName(b.Program), b.PID))
}
