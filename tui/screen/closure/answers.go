package closure

// This file takes what was asked for: the graph of the store, and what each frame shows.

import (
	"context"
	"errors"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/inspect/diff"
	"nixbench/inspect/files"
	"nixbench/inspect/why"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/tui"
)

// answer takes what was asked for.
func (s *Screen) answer(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tui.Answer[*store.Graph]:
		return s.graphed(msg)
	case tui.Answer[[]tui.Place]:
		return s.placed(msg)
	case tui.Answer[string]:
		if msg.For(&s.writing) {
			if msg.Err != nil {
				return s.env.Fail(msg.Err)
			}
			return s.env.Notify("wrote the closure to " + text.SanitiseName(msg.Value))
		}
	case tui.Answer[store.Path]:
		if msg.For(&s.resolving) {
			if msg.Err != nil {
				return s.env.Fail(msg.Err)
			}
			return s.open(msg.Value, "", "")
		}
	case tui.Answer[realFile]:
		if msg.For(&s.opening) {
			if msg.Err != nil {
				s.env.Fail(msg.Err)
				return s.outdated(s.infoFor, msg.Err)
			}
			return s.env.EditFile(string(msg.Value), 0, nil)
		}
	case tui.Answer[*store.PathInfo]:
		if msg.For(&s.infoSlot) {
			s.info = msg.Value // nil with an error: then the graph tells what it can
			return s.outdated(s.infoFor, msg.Err)
		}
	default:
		for _, f := range s.frames {
			if cmd, mine := s.frameAnswer(f, msg); mine {
				return cmd
			}
		}
	}
	return nil
}

// frameAnswer takes what a frame asked for; mine tells that it was f.
func (s *Screen) frameAnswer(f *frame, msg tea.Msg) (cmd tea.Cmd, mine bool) {
	switch msg := msg.(type) {
	case tui.Answer[*loaded]:
		if mine = msg.For(&f.loading); mine {
			cmd = s.frameLoaded(f, msg.Value, msg.Err)
		}
	case tui.Answer[[]int64]:
		if mine = msg.For(&f.sizing); mine && msg.Err == nil && f.data != nil {
			cmd = s.sized(f, msg.Value)
		}
	case tui.Answer[[]closure.Node]:
		if mine = msg.For(&f.sorting); mine && msg.Err == nil {
			cmd = s.resorted(f, msg.Value)
		}
	case tui.Answer[*files.Tree]:
		if mine = msg.For(&f.loading); mine {
			f.setFiles(msg.Value, msg.Err)
		}
	case tui.Answer[*closureDiff]:
		if mine = msg.For(&f.loading); mine {
			f.setDiff(msg.Value, msg.Err)
			if d := msg.Value; d != nil && d.etcErr != nil {
				cmd = s.env.Warn("etc is not compared: " + text.PlainLine(d.etcErr.Error()))
			}
		}
	case tui.Answer[*dups]:
		if mine = msg.For(&f.loading); mine {
			f.setDups(msg.Value, msg.Err)
		}
	case tui.Answer[*diff.Derivations]:
		if mine = msg.For(&f.loading); mine {
			f.setDrvs(msg.Value, msg.Err)
		}
	case tui.Answer[*why.Cut]:
		if f.why != nil {
			if mine = msg.For(&f.why.cutting); mine {
				cmd = s.showCut(f.why, msg.Value, msg.Err)
			}
		}
	case tui.Answer[*why.Chains]:
		if mine = msg.For(&f.whySlot); mine {
			cmd = s.explained(f, msg.Value, msg.Err)
		}
	case tui.Answer[map[step][]why.Occurrence]:
		if f.why != nil {
			if mine = msg.For(&f.why.filing); mine {
				cmd = s.filed(f.why, msg.Value, msg.Err)
			}
		}
	}
	return cmd, mine
}

// outdated reads the store again if err says that a path of the graph is not there any
// more: somebody else has deleted it. A path is read again for once.
func (s *Screen) outdated(p store.Path, err error) tea.Cmd {
	if !errors.Is(err, store.ErrInvalidPath) || s.graph == nil || p == s.gone || s.graphing.Pending() {
		return nil
	}
	if _, ok := s.graph.Index(p); !ok {
		return nil
	}
	s.gone = p
	s.env.Warn(cleanName(p) + " has been deleted meanwhile: the store is read again")
	return s.reload()
}

// reload reads the store and, with that, all frames again.
func (s *Screen) reload() tea.Cmd {
	b := s.env.Backend
	s.err, s.progress = nil, new(store.Progress)
	progress := s.progress
	return tea.Batch(
		tui.Ask(s.env, &s.graphing, func(ctx context.Context) (*store.Graph, error) {
			return b.Graph(store.WithProgress(ctx, progress))
		}),
		tui.Ask(s.env, &s.placing, b.Places),
		s.watchReading())
}

func (s *Screen) graphed(msg tui.Answer[*store.Graph]) tea.Cmd {
	if !msg.For(&s.graphing) {
		return nil
	}
	s.err = msg.Err
	if s.err != nil {
		s.listPlaces()
		return s.env.Fail(s.err)
	}
	g := msg.Value
	s.graph = g
	s.infoFor = ""
	var cmds []tea.Cmd
	for _, f := range s.frames {
		cmds = append(cmds, s.load(f))
	}
	look := func(ctx context.Context) ([]tui.Place, error) { return placesIn(g), ctx.Err() }
	return tea.Batch(append(cmds, tui.Ask(s.env, &s.looking, look), s.moved())...)
}
