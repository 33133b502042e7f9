package tui

// This file asks for values of a kind at the foot of the screen.

import (
	"errors"
	"path"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/tui/widget/palette"
)

// ask asks for what parse understands, and says while it is typed what is wrong with it.
func ask[T any](e *Env, label, hint string, parse func(string) (T, error), then func(T) tea.Cmd) tea.Cmd {
	return e.Prompt(palette.PromptOptions{
		Label: label, Hint: hint,
		Check: func(t string) string {
			if _, err := parse(t); err != nil {
				return err.Error()
			}
			return ""
		},
		OnDone: func(t string) tea.Cmd {
			v, err := parse(t)
			if err != nil {
				return e.Fail(err)
			}
			return then(v)
		},
	})
}

// AskAge asks for an age such as 30d and gives then the time so long ago.
func (e *Env) AskAge(label string, then func(at time.Time) tea.Cmd) tea.Cmd {
	return ask(e, label, "30d, 2w, 6m, 1y", text.ParseAge, func(age time.Duration) tea.Cmd { return then(e.Now.Add(-age)) })
}

// AskSize asks for a size such as 5G, in bytes.
func (e *Env) AskSize(label string, then func(size int64) tea.Cmd) tea.Cmd {
	return ask(e, label, "5G, 500M", text.ParseSize, then)
}

// AskCount asks for a number above 0.
func (e *Env) AskCount(label string, then func(n int) tea.Cmd) tea.Cmd {
	return ask(e, label, "5", func(t string) (int, error) {
		n, err := strconv.Atoi(strings.TrimSpace(t))
		if err != nil || n < 1 {
			return 0, errors.New("a number above 0 is wanted")
		}
		return n, nil
	}, then)
}

// AskPattern asks for a pattern as [path.Match] has it. A word without stars is looked for
// anywhere.
func (e *Env) AskPattern(label, hint string, then func(pattern string) tea.Cmd) tea.Cmd {
	return ask(e, label, hint, func(t string) (string, error) {
		if _, err := path.Match(t, ""); err != nil || t == "" {
			return "", errors.New("this is no pattern: *, ? and [a-z] stand for others")
		}
		if !strings.ContainsAny(t, `*?[\`) {
			t = "*" + t + "*"
		}
		return t, nil
	}, then)
}
