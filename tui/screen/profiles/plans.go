package profiles

// This file changes profiles: each change is planned, shown, confirmed, and
// carried out in a command.

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/diff"
	"nixbench/repl/text"
	"nixbench/store/profile"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
	"nixbench/tui/widget/changes"
	"nixbench/tui/widget/confirm"
)

// line is a line of a plan.
type line = []style.Span

func muted(t string) line { return line{{Text: t, Token: themes.Muted}} }

// switching is a plan to switch, with what that changes.
type switching struct {
	plan     *profile.SwitchPlan
	diff     *diff.Diff // nil: not known
	rollback bool
}

// done says what was carried out.
type done struct {
	text    string
	command string
	undo    *undo // nil: nothing to undo
}

// An undo is what takes back the last change.
type undo struct {
	text string // "switch back to generation 5"
	// ask is a switch back, which is planned and confirmed as any other.
	link   string
	number int
	// deleted is a deletion; its links can be made again.
	deleted *profile.DeletePlan
}

// noChange says why the profile cannot be changed, "" if it can.
func (s *Screen) noChange() string {
	p, ok := s.profile()
	switch {
	case !ok:
		return "there is no profile"
	case p.ReadOnly != "":
		return text.PlainLine(p.ReadOnly)
	case s.doing.Pending():
		return "a change is being made"
	case !s.known || len(s.all) == 0:
		return "there are no generations"
	}
	return ""
}

// askSwitch plans a switch to a generation; number 0 rolls back.
func (s *Screen) askSwitch(link string, number int) tea.Cmd {
	b, g := s.env.Backend, s.graph()
	return tui.Ask(s.env, &s.asking, func(ctx context.Context) (*switching, error) {
		sw := &switching{rollback: number == 0}
		var err error
		if sw.rollback {
			sw.plan, err = b.RollbackPlan(ctx, link)
		} else {
			sw.plan, err = b.SwitchPlan(ctx, link, number)
		}
		if err != nil {
			return nil, err
		}
		if g != nil && sw.plan.Valid {
			// Without the difference the plan is as good.
			sw.diff, _ = diff.Generations(g, sw.plan.From.Path, sw.plan.To.Path)
		}
		return sw, nil
	})
}

// switchPlanned shows the plan and asks whether to carry it out.
func (s *Screen) switchPlanned(msg tui.Answer[*switching]) tea.Cmd {
	if !msg.For(&s.asking) {
		return nil
	}
	if msg.Err != nil {
		return s.env.Fail(msg.Err)
	}
	sw := msg.Value
	from, to := sw.plan.From, sw.plan.To
	if !sw.plan.Valid {
		return s.env.Fail(fmt.Errorf("switch to generation %d: %s is not valid any more; a collection took it, build it first", to.Number, text.SanitiseName(to.Path.Name())))
	}
	if from.Number == to.Number {
		return s.env.Notify(fmt.Sprintf("generation %d is current already", to.Number))
	}
	p, _ := s.profile()
	name := text.SanitiseName(p.Name)
	lines := []line{
		{{Text: "from  ", Token: themes.Muted}, {Text: generationText(from)}},
		{{Text: "to    ", Token: themes.Muted}, {Text: generationText(to)}},
	}
	if sw.rollback {
		why := fmt.Sprintf("generation %d was made from %d", from.Number, from.Parent)
		switch from.Parent {
		case to.Number:
		case 0:
			why = "what it was made from is not known: the one before"
		default:
			why += ", which is deleted: the one before"
		}
		lines = append(lines, muted("      "+why))
	}
	if sw.diff != nil {
		counts := append(line{{Text: "then  ", Token: themes.Muted}}, changes.Counts(sw.diff)...)
		lines = append(lines, append(counts, style.Span{Text: "   " + text.SignedBytes(sw.diff.SizeDelta()), Token: themes.Size}))
		lines = append(lines, biggest(sw.diff, 6)...)
	}
	lines = append(lines, nil, muted("only the profile's link changes; z switches back"))
	if p.Activate != "" {
		lines = append(lines, line{{Text: "then run: ", Token: themes.Warning}, {Text: text.SanitiseName(p.Activate), Token: themes.String}})
	}
	return s.env.Confirm(confirm.Options{
		Title: "switch " + name, Plan: lines,
		Question: fmt.Sprintf("switch %s to generation %d?", name, to.Number), Yes: "switch",
		OnYes: func() tea.Cmd { return s.carryOut(sw.plan, p) },
	})
}

func generationText(g profile.Generation) string {
	if g.Number == 0 {
		return "no generation"
	}
	return fmt.Sprintf("generation %d of %s   %s", g.Number, text.Date(g.Created), text.SanitiseName(g.Path.Name()))
}

// biggest are the n changes of the most bytes.
func biggest(d *diff.Diff, n int) []line {
	var lines []line
	for _, c := range changes.Biggest(d, n) {
		cells := changes.Row(&c).Cells
		lines = append(lines, line{
			{Text: "      " + style.Fit(cells[0][0].Text, 7), Token: cells[0][0].Token},
			{Text: style.Fit(cells[1][0].Text, 20) + " ", Token: themes.DrvName}, {Text: cells[3][0].Text, Token: themes.Size},
		})
	}
	return lines
}

// carryOut switches the profile.
func (s *Screen) carryOut(plan *profile.SwitchPlan, p tui.Profile) tea.Cmd {
	from, to := plan.From.Number, plan.To.Number
	return tui.Ask(s.env, &s.doing, func(ctx context.Context) (*done, error) {
		if err := plan.Execute(ctx); err != nil {
			return nil, err
		}
		d := &done{
			text:    fmt.Sprintf("%s is at generation %d now", text.SanitiseName(p.Name), to),
			command: fmt.Sprintf("nix-env --profile %s --switch-generation %d", tui.Word(p.Link), to),
		}
		if from != 0 {
			d.undo = &undo{text: fmt.Sprintf("switch back to generation %d", from), link: p.Link, number: from}
		}
		if p.Activate != "" {
			d.text += "; then run: " + text.SanitiseName(p.Activate)
		}
		return d, nil
	})
}

// finished tells how a change ended, and all screens that it was made.
func (s *Screen) finished(msg tui.Answer[*done]) tea.Cmd {
	if !msg.For(&s.doing) {
		return nil
	}
	switch {
	case errors.Is(msg.Err, profile.ErrChanged):
		s.env.Fail(errors.New("the profile has changed since the plan was made: nothing was done"))
	case msg.Err != nil:
		s.env.Fail(msg.Err)
	default:
		d := msg.Value
		s.undo = d.undo
		s.did = append(s.did, d.text)
		s.env.Notify(d.text)
		if d.command != "" {
			s.env.Ran(d.command)
		}
		if d.undo != nil && d.undo.deleted != nil {
			clear(s.marks)
		}
	}
	return s.env.Broadcast(tui.StoreChangedMsg{})
}

// takeBack undoes the last change: a switch is planned as any other, deleted
// links are made again.
func (s *Screen) takeBack() tea.Cmd {
	u := s.undo
	if u.deleted == nil {
		return tea.Batch(s.show(u.link), s.askSwitch(u.link, u.number))
	}
	return tui.Ask(s.env, &s.doing, func(ctx context.Context) (*done, error) {
		back, err := u.deleted.Undo(ctx)
		if err != nil {
			return nil, err
		}
		d := &done{text: "brought back " + text.Plural(len(back), "generation")}
		if lost := len(u.deleted.Delete) - len(back); lost > 0 {
			d.text += "; " + text.Count(lost) + " could not: their paths are gone, or their numbers taken"
		}
		return d, nil
	})
}

// annotate sets the label and the pin of a generation.
func (s *Screen) annotate(g tui.Generation, label string, pinned bool) tea.Cmd {
	b, link := s.env.Backend, s.link
	return tui.Ask(s.env, &s.doing, func(ctx context.Context) (*done, error) {
		if err := b.AnnotateGeneration(ctx, link, g.Number, label, pinned); err != nil {
			return nil, err
		}
		d := &done{text: fmt.Sprintf("generation %d is labelled %q", g.Number, text.SanitiseName(label))}
		of := fmt.Sprintf("--profile %s %d", tui.Word(link), g.Number)
		d.command = "nixbench profile pin " + of
		switch {
		case pinned && !g.Pinned:
			d.text = fmt.Sprintf("generation %d is pinned: rules leave it alone", g.Number)
		case g.Pinned && !pinned:
			d.text = fmt.Sprintf("generation %d is not pinned any more", g.Number)
			d.command = "nixbench profile pin --remove " + of
		case label == "":
			d.text = fmt.Sprintf("generation %d has no label", g.Number)
			d.command = "nixbench profile label " + of
		default:
			d.command = "nixbench profile label " + of + " " + tui.Word(label)
		}
		return d, nil
	})
}
