package repl

// This file goes to inputs, and to what is searched for.

import (
	tea "charm.land/bubbletea/v2"

	"nixbench/tui/widget/palette"
)

// piece goes to the next input, or back to this one and the one before.
func (s *Screen) piece(dir int) func() tea.Cmd {
	return func() tea.Cmd {
		i, ok := s.list.Selected()
		if !ok {
			return nil
		}
		for i += dir; i >= 0 && i < len(s.log.lines); i += dir {
			if i == 0 || s.log.lines[i-1].entry != s.log.lines[i].entry {
				s.list.Select(s.log.lines[i].key)
				break
			}
		}
		return nil
	}
}

// find searches the transcript as one types.
func (s *Screen) find() tea.Cmd {
	find, giveUp := s.list.Search()
	return s.env.Prompt(palette.PromptOptions{
		Label: "/", Hint: "text in the transcript",
		OnChange: func(q string) tea.Cmd { find(q); return nil },
		OnDone:   func(string) tea.Cmd { return nil },
		OnCancel: func() tea.Cmd { giveUp(); return nil },
	})
}

func (s *Screen) match(dir int) func() tea.Cmd {
	return func() tea.Cmd {
		if s.list.Finding() != "" {
			s.list.FindNext(dir)
		}
		return nil
	}
}
