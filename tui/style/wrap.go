package style

import (
	"slices"
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
	if hang > w/2 || w-hang < minWrap {
		hang = 0
	}
	rest := slices.Clone(spans)
	first := firstLine(line, w)
	out := [][]Span{take(&rest, len(first))}
	for line = line[len(first):]; ; {
		blank := len(line) - len(strings.TrimLeft(line, " "))
		take(&rest, blank)
		if line = line[blank:]; line == "" {
			return out
		}
		part := firstLine(line, w-hang)
		out = append(out, append([]Span{{Text: blanks(hang)}}, take(&rest, len(part))...))
		line = line[len(part):]
	}
}

// minWrap is the least that text.Wrap breaks at, in cells.
const minWrap = 8

// firstLine is as much of s as goes into a line of w cells. Of a long s only as much is
// looked at as may decide that: the line, and a word after it that fills another.
func firstLine(s string, w int) string {
	enough := 3 * max(w, minWrap)
	for n := 2 * enough; n < len(s); n *= 2 {
		if start := strings.ToValidUTF8(s[:n], ""); Width(start) > enough {
			return text.Wrap(start, w)[0]
		}
	}
	return text.Wrap(s, w)[0]
}

// take removes the first n bytes of what spans say, and returns them.
func take(spans *[]Span, n int) []Span {
	var out []Span
	for n > 0 {
		first := &(*spans)[0]
		if len(first.Text) > n {
			part := *first
			part.Text, first.Text = first.Text[:n], first.Text[n:]
			return append(out, part)
		}
		if n -= len(first.Text); first.Text != "" {
			out = append(out, *first)
		}
		*spans = (*spans)[1:]
	}
	return out
}
