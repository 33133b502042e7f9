package gc

// This file marks what frees a size that is asked for, at the least loss.

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/reclaim"
	"nixbench/repl/text"
	"nixbench/store/gc"
	"nixbench/themes"
	"nixbench/tui"
)

// A proposal is what is to go for a size.
type proposal struct {
	size int64 // bytes
	free *reclaim.Free
}

func (s *Screen) askFree() tea.Cmd {
	return s.env.AskSize("free how much, with the "+text.Bytes(s.data.plan.FreedSize)+" that are dead: ", s.propose)
}

// propose asks for the roots that are to go. Pinned generations stay.
func (s *Screen) propose(size int64) tea.Cmd {
	d, now := s.data, s.env.Now
	opts := reclaim.FreeOptions{
		Spare: func(root gc.Root) bool { return !canMark(root) || d.pinned[root.Link] },
		Loss:  func(root gc.Root) float64 { return reclaim.Loss(root, now) },
	}
	return tui.Ask(s.env, &s.freeing, func(ctx context.Context) (*proposal, error) {
		return &proposal{size, d.rc.Free(size, opts)}, ctx.Err()
	})
}

// proposed marks the roots of a proposal, and no others.
func (s *Screen) proposed(msg tui.Answer[*proposal]) tea.Cmd {
	if !msg.For(&s.freeing) {
		return nil
	}
	if msg.Err != nil {
		return s.env.Fail(msg.Err)
	}
	p := msg.Value
	var links []string
	for _, i := range p.free.Roots {
		links = append(links, s.data.plan.Roots[i].Link)
	}
	clear(s.marks)
	s.toRoots()
	cmd := s.setMarks(links, true)
	s.proposal = p
	switch {
	case !p.free.Enough:
		s.env.Warn("no more than " + text.Bytes(p.free.DeadSize+p.free.Effect.FreedSize) + " can be freed")
	case len(links) == 0:
		s.env.Notify("no root has to go for " + text.Bytes(p.size) + ": X deletes what is dead")
	default:
		s.env.Notify("marked " + text.Plural(len(links), "root") + "; look at them before X deletes anything")
		s.roots.Select(rootKey(s.data.plan.Roots[p.free.Roots[0]]))
	}
	return cmd
}

// proposalLines say what the marked roots are for, and how bad their loss is.
func (s *Screen) proposalLines(w int) []line {
	p := s.proposal
	if p == nil {
		return nil
	}
	first := line{{Text: "for " + text.Bytes(p.size) + "  ", Token: themes.Heading}}
	switch {
	case !p.free.Enough:
		return []line{append(first, muted("only "+text.Bytes(p.free.DeadSize+p.free.Effect.FreedSize)+" can go")...)}
	case len(p.free.Roots) == 0:
		return []line{append(first, muted("no root has to go")...)}
	}
	newest := gc.Root{}
	for _, i := range p.free.Roots {
		if s.data.plan.Roots[i].Since.After(newest.Since) {
			newest = s.data.plan.Roots[i]
		}
	}
	how := "no other choice loses less"
	if !p.free.Exact {
		how = "a good choice"
	}
	loss := text.Plural(len(p.free.Roots), "root") + " lost"
	if !newest.Since.IsZero() {
		loss += ", newest " + text.Age(s.env.Now, newest.Since) + " old"
	}
	first = append(first, line{{Text: loss, Token: themes.Warning}}...)
	if w < 76 {
		return []line{first, muted("  " + how)}
	}
	return []line{append(first, line{{Text: "; " + how, Token: themes.Muted}}...)}
}
