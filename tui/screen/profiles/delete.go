package profiles

// This file deletes generations: those that are marked, or by a rule. Pinned ones
// are left out.

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/store/profile"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/widget/confirm"
	"nixbench/tui/widget/palette"
)

// deleting is a plan to delete generations, with what a collection would then
// free.
type deleting struct {
	plan   *profile.DeletePlan
	pinned []int // left out because they are pinned
	freed  int64 // bytes; -1: not known
}

// marked are the numbers of the marked generations, ascending.
func (s *Screen) marked() []int {
	var out []int
	for _, g := range s.all {
		if s.marks[g.Number] {
			out = append(out, g.Number)
		}
	}
	return out
}

// askDelete deletes the marked generations, or else asks for a rule.
func (s *Screen) askDelete() tea.Cmd {
	if marked := s.marked(); len(marked) > 0 {
		cur, _ := s.current()
		rest := slices.DeleteFunc(marked, func(n int) bool { return n == cur.Number })
		if len(rest) == 0 {
			return s.env.Warn("the current generation stays: switch to another one first")
		}
		return s.planDelete(profile.Rule{Numbers: rest})
	}
	items := []palette.Item{
		{Key: "keep", Title: "all but the last N (keep N) .."},
		{Key: "older", Title: "those that are older than .."},
		{Key: "since", Title: "those that were made in the last .."},
		{Key: "pattern", Title: "those whose label or name is like .."},
		{Key: "old", Title: "all but the current one"},
	}
	if g, ok := s.selected(); ok {
		it := palette.Item{Key: "this", Title: "only generation " + strconv.Itoa(g.Number)}
		if g.Current {
			it.Disabled = "it is current"
			items = append(items, it)
		} else {
			items = slices.Insert(items, 0, it)
		}
	}
	return s.env.Pick(palette.Options{Title: "delete which generations?", Items: items, OnPick: s.askRule})
}

func (s *Screen) askRule(key string) tea.Cmd {
	switch key {
	case "this":
		if g, ok := s.selected(); ok && !g.Current {
			return s.planDelete(profile.Rule{Numbers: []int{g.Number}})
		}
	case "old":
		return s.planDelete(profile.Rule{Old: true})
	case "keep":
		return s.env.AskCount("keep how many generations: ", func(n int) tea.Cmd { return s.planDelete(profile.Rule{Keep: n}) })
	case "older":
		return s.env.AskAge("delete generations older than: ", func(at time.Time) tea.Cmd { return s.planDelete(profile.Rule{OlderThan: at}) })
	case "since":
		return s.env.AskAge("delete generations made in the last: ", func(at time.Time) tea.Cmd { return s.planDelete(profile.Rule{Since: at}) })
	case "pattern":
		return s.env.AskPattern("delete generations with a label or name like: ", "test-*", func(p string) tea.Cmd {
			return s.planDelete(profile.Rule{Pattern: p})
		})
	}
	return nil
}

// planDelete plans what a rule says, without the pinned generations.
func (s *Screen) planDelete(rule profile.Rule) tea.Cmd {
	b, link, z := s.env.Backend, s.link, s.sizes
	var pinned []int
	rule.Numbers = slices.DeleteFunc(rule.Numbers, func(n int) bool {
		g, _ := s.number(n)
		if g.Pinned {
			pinned = append(pinned, n)
		}
		return g.Pinned
	})
	return tui.Ask(s.env, &s.asking, func(ctx context.Context) (*deleting, error) {
		plan, err := b.DeletePlan(ctx, link, rule)
		if err != nil {
			return nil, err
		}
		d := &deleting{plan: plan, pinned: pinned, freed: -1}
		for _, g := range plan.Keep {
			if g.Pinned && !g.Current && rule.Numbers == nil {
				d.pinned = append(d.pinned, g.Number)
			}
		}
		if z != nil {
			var gens []tui.Generation
			for _, g := range d.plan.Delete {
				gens = append(gens, tui.Generation{Generation: g})
			}
			d.freed = z.rc.Effect(z.positions(gens)).FreedSize
		}
		return d, nil
	})
}

// deletePlanned shows the plan and asks whether to carry it out.
func (s *Screen) deletePlanned(msg tui.Answer[*deleting]) tea.Cmd {
	if !msg.For(&s.asking) {
		return nil
	}
	if msg.Err != nil {
		return s.env.Fail(msg.Err)
	}
	d := msg.Value
	if len(d.plan.Delete) == 0 {
		note := "no generation is to be deleted"
		if d.pinned != nil {
			note += ": " + numbers(d.pinned) + " pinned (P unpins)"
		}
		return s.env.Notify(note)
	}
	p, _ := s.profile()
	var lines []line
	for _, g := range d.plan.Delete {
		lines = append(lines, line{{Text: "delete  ", Token: themes.Gone}, {Text: generationText(g)}})
	}
	lines = append(lines, muted("keep    "+text.Plural(len(d.plan.Keep), "generation")))
	if d.pinned != nil {
		lines = append(lines, line{{Text: "pinned  ", Token: themes.Info}, {Text: numbers(d.pinned) + " left alone"}})
	}
	if cur, ok := s.current(); ok && s.marks[cur.Number] {
		lines = append(lines, line{{Text: "current ", Token: themes.Live}, {Text: strconv.Itoa(cur.Number) + " stays"}})
	}
	lines = append(lines, nil)
	if d.freed >= 0 {
		lines = append(lines, line{{Text: "the next collection frees "}, {Text: text.Bytes(d.freed), Token: themes.Size}, {Text: " more (screen 5)"}})
	}
	lines = append(lines, muted("only links are removed; until a collection has run, z brings them back"))
	return s.env.Confirm(confirm.Options{
		Title: "delete generations of " + text.SanitiseName(p.Name), Plan: lines,
		Question: "delete " + text.Plural(len(d.plan.Delete), "generation") + "?", Yes: "delete",
		OnYes: func() tea.Cmd { return s.delete(d.plan, p) },
	})
}

func numbers(list []int) string {
	out := make([]string, len(list))
	for i, n := range list {
		out[i] = strconv.Itoa(n)
	}
	return strings.Join(out, ", ")
}

func (s *Screen) delete(plan *profile.DeletePlan, p tui.Profile) tea.Cmd {
	return tui.Ask(s.env, &s.doing, func(ctx context.Context) (*done, error) {
		if err := plan.Execute(ctx); err != nil {
			return nil, err
		}
		n := text.Plural(len(plan.Delete), "generation")
		command := "nix-env --profile " + tui.Word(p.Link) + " --delete-generations"
		for _, g := range plan.Delete {
			command += " " + strconv.Itoa(g.Number)
		}
		return &done{
			text: "deleted " + n + " of " + text.SanitiseName(p.Name), command: command,
			undo: &undo{text: "bring back " + n, deleted: plan},
		}, nil
	})
}
