package repl

// This file copies what is under the cursor, or shows it in full.

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/tui"
	"nixbench/tui/style"
)

// copied is the text of a value.
type copied struct {
	text  string
	what  string
	title string // to be read, and not copied
}

// copy copies what is under the cursor: a value in full.
func (s *Screen) copy() tea.Cmd {
	ln, _ := s.line()
	r := ln.entry.res
	switch {
	case ln.kind == lineInput:
		return s.env.Copy(ln.entry.input, "the input")
	case ln.kind == lineOutput:
		return s.env.Copy(string(r.Outputs[ln.i].Path), "the path")
	case ln.kind == lineValue && ln.node.Kind == tui.NodeOutput:
		return s.env.Copy(string(ln.node.Store), "the path")
	case ln.kind == lineValue:
		return s.ask(ln.node, "")
	case r != nil && r.Err != nil:
		return s.env.Copy(errorText(r.Err), "the error")
	case r != nil && len(r.Outputs) > 0:
		return s.env.Copy(string(r.Output()), "the path")
	case r != nil && len(r.Lines) > 0:
		return s.env.Copy(strings.Join(r.Lines, "\n"), "the text")
	case r != nil && r.Doc != nil:
		var lines []string
		for _, d := range r.Doc.Lines {
			lines = append(lines, d.Text)
		}
		return s.env.Copy(strings.Join(lines, "\n"), "the documentation")
	}
	return s.env.Copy(ln.entry.input, "the input")
}

func errorText(e *tui.EvalError) string {
	lines := append([]string{"error: " + e.Msg}, e.Excerpt...)
	if e.Where != "" {
		lines[0] += "\nat " + e.Where
	}
	if e.Own != "" {
		lines = append(lines, e.Own)
	}
	return strings.Join(lines, "\n")
}

// ask asks for a value in full, to be copied, or read under a title.
func (s *Screen) ask(n *node, title string) tea.Cmd {
	if n.Handle == 0 {
		return s.full(copied{n.Text, name(n), title})
	}
	b, h, what := s.env.Backend, n.Handle, name(n)
	s.cancelWork()
	s.asked = asked{node: n, title: title, serial: s.asked.serial + 1}
	slow := copiesSlowlyMsg{s, s.asked.serial}
	return tea.Batch(
		s.env.After(slowAfter, func(time.Time) tea.Msg { return slow }),
		tui.Ask(s.env, &s.copying, func(ctx context.Context) (copied, error) {
			t, err := b.ValueText(ctx, h)
			return copied{t, what, title}, err
		}),
	)
}

func name(n *node) string {
	if n.Label != "" {
		return n.Label
	}
	return "the value"
}

func (s *Screen) copied(msg tui.Answer[copied]) tea.Cmd {
	if !msg.For(&s.copying) {
		return nil
	}
	if msg.Err != nil {
		return s.env.Fail(msg.Err)
	}
	return s.full(msg.Value)
}

// full copies a value's text or shows it to be read.
func (s *Screen) full(c copied) tea.Cmd {
	if c.title == "" {
		return s.env.Copy(c.text, c.what)
	}
	var lines [][]style.Span
	for raw := range strings.SplitSeq(c.text, "\n") {
		if len(lines) == maxRead {
			lines = append(lines, []style.Span{{Text: "... y copies all of it"}})
			break
		}
		src := strings.ReplaceAll(raw, "\t", "    ")
		for _, part := range text.Wrap(text.PlainLine(src), min(s.w-4, 96)-4) {
			lines = append(lines, colored(part, nixPieces(part), 0, len(part)))
		}
	}
	return s.env.View(tui.ViewOptions{Title: c.title, Lines: lines})
}

// inspect shows the whole value: the one under the cursor, or the last result.
func (s *Screen) inspect() tea.Cmd {
	n := s.value()
	title := n.AttrPath
	if title == "" {
		title = name(n)
	}
	return s.ask(n, text.SanitiseName(title))
}
