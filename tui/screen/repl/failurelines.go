package repl

import (
	"strings"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
)

// message is an error without more to say.
func (l *layout) message(msg string) {
	head := l.label("err", themes.Error)
	for s := range strings.SplitSeq(strings.TrimRight(msg, "\n"), "\n") {
		for i, part := range text.Wrap(s, l.width-l.lead()) {
			l.part(i > 0, lineError, head, style.Span{Text: part, Token: themes.Error})
			head = indent(l.lead())
		}
	}
}

// failure is an error of the language, with its place and the way to its trace.
func (l *layout) failure(e *tui.EvalError) {
	l.message(e.Msg)
	in := indent(l.lead() + 2)
	hints := l.hints(e)
	if e.Where != "" {
		room := l.width - l.lead() - 5
		for _, h := range hints {
			room -= text.Width(h.Text)
		}
		where := shortPlace(e.Where, max(room, 16))
		spans := []style.Span{in, {Text: "at ", Token: themes.Muted}, {Text: where, Token: themes.Path}}
		if l.width < roomy {
			l.add(lineTrace, append(spans, hints...)...).node = l.e.steps
			hints = nil
		} else {
			l.add(lineError, spans...)
		}
	}
	for _, s := range aroundCaret(e.Excerpt, l.width-l.lead()-4) {
		tok := themes.Text
		if strings.Trim(s, " |^") == "" {
			tok = themes.Error
		}
		l.add(lineError, in, indent(2), style.Span{Text: s, Token: tok})
	}
	if e.Own != "" {
		l.add(lineError, in, style.Span{Text: text.CutMiddle(e.Own, max(l.width-l.lead()-4, 16)), Token: themes.Path})
	}
	if len(hints) > 0 {
		hints[0].Text = strings.TrimLeft(hints[0].Text, " ")
		l.add(lineTrace, append([]style.Span{in}, hints...)...).node = l.e.steps
	}
	if l.e.steps != nil {
		l.below(l.e.steps)
	}
}

// hints say what can be done with an error.
func (l *layout) hints(e *tui.EvalError) []style.Span {
	var out []style.Span
	if l.e.steps != nil {
		word := "variables"
		if n := len(e.Trace); n > 0 {
			word = text.Count(n) + "-frame trace"
		}
		if l.e.steps.open {
			word += ", hide it"
		}
		out = append(out, style.Span{Text: "   t: " + word, Token: themes.Muted})
		if l.width >= hinted {
			out = append(out, style.Span{Text: "   D: debug here", Token: themes.Muted})
		}
	}
	if e.File != "" {
		out = append(out, style.Span{Text: "   e: edit", Token: themes.Muted})
	}
	return out
}

// shortPlace shortens a place in a file to w cells by dropping from its
// directory first: the name, the line and the column matter most.
func shortPlace(where string, w int) string {
	where = text.SanitiseName(where)
	if text.Width(where) <= w {
		return where
	}
	i := strings.LastIndexByte(where, '/')
	room := w - text.Width(where[i+1:])
	if i < 0 || room < 4 {
		return text.CutMiddle(where[i+1:], w)
	}
	return text.Cut(where[:i], room-1) + where[i:]
}
