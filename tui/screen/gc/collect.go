package gc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/widget/confirm"
)

// plan asks for a fresh plan with the marks, to be shown and confirmed.
func (s *Screen) plan() tea.Cmd {
	b, links := s.env.Backend, s.markedLinks()
	return tui.Ask(s.env, &s.planning, func(ctx context.Context) (*gc.Plan, error) {
		plan, err := b.GCPlan(ctx)
		if err != nil {
			return nil, err
		}
		return plan.Ignoring(links), nil
	})
}

// planned shows the plan and asks whether to carry it out.
func (s *Screen) planned(msg tui.Answer[*gc.Plan]) tea.Cmd {
	if !msg.For(&s.planning) {
		return nil
	}
	if msg.Err != nil {
		return s.env.Fail(msg.Err)
	}
	plan := msg.Value
	if len(plan.Dead) == 0 && len(plan.Options.Ignore) == 0 {
		return s.env.Notify("nothing is dead: there is nothing to delete")
	}
	stay := " stay, "
	if len(plan.Live) == 1 {
		stay = " stays, "
	}
	lines := []line{
		{{Text: text.Plural(len(plan.Dead), "path"), Token: themes.Dead}, {Text: " will be deleted, "}, {Text: text.Bytes(plan.FreedSize), Token: themes.Size}, {Text: " by their NARs"}},
		{{Text: text.Plural(len(plan.Live), "path"), Token: themes.Live}, {Text: stay + text.Bytes(plan.LiveSize)}},
	}
	if n := len(plan.Options.Ignore); n > 0 {
		lines = append(lines, nil, line{{Text: text.Plural(n, "root") + " will be removed:", Token: themes.Heading}})
		for _, l := range plan.Options.Ignore {
			for i, part := range text.Wrap(text.SanitiseName(text.Tilde(l, s.env.Home)), linkShown) {
				lines = append(lines, line{{Text: strings.Repeat(" ", 2+2*min(i, 1)) + part, Token: themes.Root}})
			}
		}
	}
	lines = append(lines, nil, line{{Text: "paths, referrers first:", Token: themes.Heading}})
	for _, it := range plan.Dead[:min(len(plan.Dead), planShown)] {
		lines = append(lines, line{{Text: fmt.Sprintf("  %9s  ", text.Size(it.NarSize)), Token: themes.Size}, {Text: cleanName(it.Path), Token: themes.Dead}})
	}
	if more := len(plan.Dead) - planShown; more > 0 {
		lines = append(lines, muted("  and "+text.Plural(more, "more path")+" (v lists them all)"))
	}
	return s.env.Confirm(confirm.Options{
		Title: "collect garbage", Plan: lines,
		Question: "This cannot be undone.", Yes: "delete", Word: "delete",
		OnYes: func() tea.Cmd { return s.start(plan) },
		OnNo:  func() tea.Cmd { return s.env.Notify("nothing was deleted") },
	})
}

const (
	planShown = 200 // how many paths the confirmation lists
	linkShown = 48  // cells of a root's name on one of its lines, which the smallest screen has
)

// start carries out a plan. It ends early when stop is called, and its result
// comes all the same.
func (s *Screen) start(plan *gc.Plan) tea.Cmd {
	b := s.env.Backend
	stopped, stop := context.WithCancel(s.env.Context())
	s.toRoots()
	s.last, s.lastErr = nil, nil
	s.collect.stop, s.collect.stopping = stop, false
	s.collect.since, s.collect.total = s.env.Now, len(plan.Dead)
	s.collect.act = event.Activity{}
	s.env.Ran(deleteCommand(plan.Options.Ignore))
	return tui.Ask(s.env, &s.collect.slot, func(context.Context) (*gc.Result, error) {
		return b.Collect(stopped, plan)
	})
}

// progress takes the snapshots of the collection that runs.
func (s *Screen) progress(msg tui.EventsMsg) {
	if s.collect.stop == nil {
		return
	}
	for _, act := range msg.Activities {
		if act.Kind == event.Collect && act.Name != event.AutoGC {
			s.collect.act = *act
		}
	}
}

// collected tells how a collection ended.
func (s *Screen) collected(msg tui.Answer[*gc.Result]) tea.Cmd {
	if !msg.For(&s.collect.slot) {
		return nil
	}
	s.collect.stop()
	stopping := s.collect.stopping
	s.collect.stop = nil
	s.last, s.lastErr = msg.Value, msg.Err
	if s.last == nil { // the backend failed before it began
		s.last = &gc.Result{}
	}
	s.freed += s.last.Freed
	s.deleted += len(s.last.Deleted)
	done := text.Plural(len(s.last.Deleted), "path") + " deleted, " + text.Bytes(s.last.Freed) + " freed"
	switch {
	case stopping && errors.Is(msg.Err, context.Canceled):
		s.lastErr = nil
		s.env.Warn("stopped: " + done + "; the store is valid")
	case errors.Is(msg.Err, gc.ErrStale):
		s.env.Fail(fmt.Errorf("a marked root has changed: look at the plan again (%w)", msg.Err))
	case msg.Err != nil:
		s.env.Fail(msg.Err)
	case len(s.last.Spared) > 0:
		s.env.Warn(done + "; spared " + text.Plural(len(s.last.Spared), "path") + " that came alive")
	default:
		s.env.Notify(done)
	}
	s.env.Broadcast(tui.StoreChangedMsg{})
	return nil
}

func (s *Screen) progressLines(w int) []line {
	c := &s.collect
	word := "deleting " + text.Plural(c.total, "path")
	if c.stopping {
		word = "stopping"
	}
	return []line{
		{{Text: word, Token: themes.Running}, {Text: "   " + text.Duration(s.env.Now.Sub(c.since)), Token: themes.Muted}},
		{{Text: text.Bytes(c.act.Done) + " of " + text.Bytes(c.act.Total), Token: themes.Size}, {Text: "  " + text.Percent(c.act.Done, c.act.Total), Token: themes.Muted}},
		{s.env.Styles.Progress(c.act.Done, c.act.Total, max(w-2, 1))},
		nil,
		muted("^C stops; what is deleted stays deleted, and the store valid"),
	}
}

// scan asks how much of the disk would be freed.
func (s *Screen) scan() tea.Cmd {
	b := s.env.Backend
	var paths []store.Path
	for _, it := range s.data.plan.Dead {
		paths = append(paths, it.Path)
	}
	paths = append(paths, s.effect.Freed...)
	return tui.Ask(s.env, &s.exacting, func(ctx context.Context) (int64, error) { return b.OnDisk(ctx, paths) })
}

// A report is what export writes.
type report struct {
	Store    store.Dir `json:"storeDir"`
	Time     string    `json:"time"`
	Settings struct {
		KeepOutputs     bool `json:"keepOutputs"`
		KeepDerivations bool `json:"keepDerivations"`
	} `json:"settings"`
	RootsRemoved []string     `json:"rootsRemoved"`
	Freed        int64        `json:"freed"` // bytes of NARs
	Dead         []reportPath `json:"dead"`
}

type reportPath struct {
	Path    store.Path `json:"path"`
	NarSize int64      `json:"narSize"`
	Valid   bool       `json:"valid"`
}

// export writes the plan with the marks to a file.
func (s *Screen) export() tea.Cmd {
	b, base, links, now := s.env.Backend, s.data.plan, s.markedLinks(), s.env.Now
	dir := b.Info().StoreDir
	return tui.Ask(s.env, &s.writing, func(ctx context.Context) (string, error) {
		plan := base.Ignoring(links)
		r := report{Store: dir, Time: now.Format("2006-01-02T15:04:05Z07:00"), RootsRemoved: links, Freed: plan.FreedSize}
		r.Settings.KeepOutputs, r.Settings.KeepDerivations = plan.Options.KeepOutputs, plan.Options.KeepDerivations
		for _, it := range plan.Dead {
			r.Dead = append(r.Dead, reportPath{it.Path, it.NarSize, it.Valid})
		}
		data, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return "", err
		}
		return b.WriteFile(ctx, "gc-plan-"+now.Format("20060102-150405")+".json", append(data, '\n'))
	})
}
