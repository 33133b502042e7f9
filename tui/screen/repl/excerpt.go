package repl

// This file moves source to the left where the place that is meant would be out of sight.

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"nixbench/repl/text"
	"nixbench/tui"
)

// behindCaret is how much of the source is at least to be seen behind a place.
const behindCaret = 12

// aroundCaret is an excerpt of a source with a caret in one of its lines, as it is shown in
// w cells.
func aroundCaret(lines []string, w int) []string {
	n := hiddenSource(lines, w)
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = withoutSource(line, n)
	}
	return out
}

// hiddenSource is how many cells of source are left out for the caret to be seen in w.
func hiddenSource(lines []string, w int) int {
	for _, line := range lines {
		numbers, source, ok := strings.Cut(line, "|")
		column := len(source) - 1
		if room := w - len(numbers) - 1; ok && isCaret(line) && column+behindCaret > room {
			return max(column-max(room, behindCaret)/2, 0)
		}
	}
	return 0
}

// isCaret reports whether a line of an excerpt points at the one above.
func isCaret(line string) bool {
	return strings.HasSuffix(line, "^") && strings.Trim(line, " |^") == ""
}

// withoutSource is a line of an excerpt without n cells of its source.
func withoutSource(line string, n int) string {
	numbers, source, ok := strings.Cut(line, "|")
	switch {
	case !ok || n == 0:
		return line
	case isCaret(line):
		return numbers + "|" + source[min(n, len(source)-1):]
	}
	lead := " " + text.Ellipsis
	left := text.Width(source) - n - len(lead)
	if left <= 0 {
		return numbers + "|"
	}
	rest := ansi.TruncateLeft(source, n+len(lead), "")
	if text.Width(rest) > left { // a wide character is on the cut
		rest = " " + ansi.TruncateLeft(source, n+len(lead)+1, "")
	}
	return numbers + "|" + lead + rest
}

// excerptOf are the lines among nodes that are source.
func excerptOf(nodes []*node) []string {
	var lines []string
	for _, n := range nodes {
		if n.Kind == tui.NodeSource {
			lines = append(lines, n.Text)
		}
	}
	return lines
}
