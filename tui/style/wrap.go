package style

import (
	"strings"

	"nixbench/repl/text"
)

// Wrap breaks a line into lines of at most w cells, between words if that is possible; all but
// the first are indented by hang cells, or by none where that leaves little room.
func Wrap(spans []Span, w, hang int) [][]Span {
	var whole strings.Builder
	for _, s := range spans {
		whole.WriteString(s.Text)
	}
	line := whole.String()
	if Width(line) <= w {
		return [][]Span{spans}
	}
	if hang > w/2 || w-hang < 8 { // the least that text.Wrap breaks at
		hang = 0
	}
	first := text.Wrap(line, w)[0]
	out := [][]Span{piece(spans, 0, len(first))}
	from := len(first)
	for from += leading(line[from:]); from < len(line); from += leading(line[from:]) {
		part := text.Wrap(line[from:], w-hang)[0]
		out = append(out, append([]Span{{Text: blanks(hang)}}, piece(spans, from, from+len(part))...))
		from += len(part)
	}
	return out
}

// leading is how many blanks s begins with.
func leading(s string) int { return len(s) - len(strings.TrimLeft(s, " ")) }

// piece are the bytes from..to of what spans say.
func piece(spans []Span, from, to int) []Span {
	var out []Span
	at := 0
	for _, s := range spans {
		a, b := max(from-at, 0), min(to-at, len(s.Text))
		at += len(s.Text)
		if a < b {
			s.Text = s.Text[a:b]
			out = append(out, s)
		}
	}
	return out
}
