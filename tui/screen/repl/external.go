package repl

// This file has the input edited by the user's editor.

import (
	"context"
	"fmt"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/tui"
)

type (
	// draft is a file with the input, for the editor.
	draft struct{ file string }
	// editedMsg brings the input back from the editor.
	editedMsg struct {
		to   *Screen
		text string
		err  error
	}
)

// edit is ^X^E: the input in the user's editor.
func (s *Screen) edit() tea.Cmd {
	s.closePopup()
	input := s.input.Value()
	return tui.Ask(s.env, &s.draft, func(context.Context) (draft, error) {
		f, err := os.CreateTemp("", "nixbench-*.nix")
		if err != nil {
			return draft{}, fmt.Errorf("edit input: %w", err)
		}
		_, err = f.WriteString(input)
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		return draft{f.Name()}, err
	})
}

// drafted opens the editor.
func (s *Screen) drafted(msg tui.Answer[draft]) tea.Cmd {
	if !msg.For(&s.draft) {
		return nil
	}
	if msg.Err != nil {
		return s.env.Fail(msg.Err)
	}
	file := msg.Value.file
	return s.env.EditFile(file, 0, func(err error) tea.Msg {
		defer os.Remove(file)
		data, rerr := os.ReadFile(file)
		if err == nil {
			err = rerr
		}
		return editedMsg{s, string(data), err}
	})
}

// edited takes the input back.
func (s *Screen) edited(msg editedMsg) tea.Cmd {
	if msg.to != s {
		return nil
	}
	if msg.err != nil {
		return s.env.Fail(fmt.Errorf("edit input: %w", msg.err))
	}
	s.input.SetValue(strings.TrimRight(msg.text, "\n"))
	return nil
}
