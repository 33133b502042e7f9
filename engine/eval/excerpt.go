package eval

import (
	"fmt"
	"slices"
	"strings"

	"nixbench/engine/syntax"
)

// writePosition writes a position and the lines around it, and reports whether
// there is one. Where there are no lines, the text that comes next follows at once, as in Nix.
func writePosition(b *strings.Builder, margin string, p syntax.Position) bool {
	if p.Line == 0 {
		return false
	}
	fmt.Fprintf(b, "%s%sat %s:", margin, syntax.Blue, syntax.Magenta.Paint(p.String()))
	if p.File == nil || !p.File.Hidden() {
		if lines := excerpt(p, syntax.Red.Paint("^")); lines != "" {
			b.WriteString("\n" + lines)
		}
	}
	return true
}

// Excerpt returns the source line of a position, with a caret below the column,
// between its neighbours; each line ends with a newline.
// It is "" if the text is not at hand, or has no line, or one that is longer than
// [maxShownLine]. What Nix would hide is shown.
func Excerpt(p syntax.Position) string { return excerpt(p, "^") }

// maxShownLine is how many bytes of a line are shown: an error is copied a few times
// until it is told, and there may be no room for more.
const maxShownLine = 16 << 20

func excerpt(p syntax.Position, caret string) string {
	if p.File == nil || p.Line == 0 || p.Line > p.File.LineCount() || p.File.Source() == "" {
		return ""
	}
	for line := max(p.Line-1, 1); line <= min(p.Line+1, p.File.LineCount()); line++ {
		if len(p.File.Line(line)) > maxShownLine {
			return ""
		}
	}
	var b strings.Builder
	if p.Line > 1 {
		fmt.Fprintf(&b, " %5d| %s\n", p.Line-1, p.File.Line(p.Line-1))
	}
	fmt.Fprintf(&b, " %5d| %s\n", p.Line, p.File.Line(p.Line))
	fmt.Fprintf(&b, "      |%s%s\n", strings.Repeat(" ", p.Column), caret)
	if p.Line < p.File.LineCount() {
		fmt.Fprintf(&b, " %5d| %s\n", p.Line+1, p.File.Line(p.Line+1))
	}
	return b.String()
}

const (
	maxSuggestions     = 5
	maxSuggestDistance = 2
)

// suggestions returns the names that are like name, the nearest first.
// Behaviour: Suggestions in Nix's suggestions.cc.
func suggestions(names []string, name string) []string {
	type match struct {
		name string
		dist int
	}
	matches := make([]match, 0, len(names))
	for _, n := range names {
		if d := distance(name, n); d <= maxSuggestDistance {
			matches = append(matches, match{n, d})
		}
	}
	slices.SortFunc(matches, func(a, b match) int {
		if a.dist != b.dist {
			return a.dist - b.dist
		}
		return strings.Compare(a.name, b.name)
	})
	if len(matches) > maxSuggestions {
		matches = matches[:maxSuggestions]
	}
	var out []string
	for _, m := range matches {
		out = append(out, m.name)
	}
	return out
}

// distance returns the Levenshtein distance of two names.
func distance(a, b string) int {
	prev, cur := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		cur[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			cur[j+1] = min(prev[j+1]+1, cur[j]+1, prev[j]+cost)
		}
		prev, cur = cur, prev
	}
	return prev[len(b)]
}

// DidYouMean returns a line that asks whether one of the names was meant that are like
// name, in colours; "" if none is.
func DidYouMean(names []string, name string) syntax.Hint {
	like := suggestions(names, name)
	if len(like) == 0 {
		return ""
	}
	return syntax.Hint("Did you mean " + joinSuggestions(like) + "?")
}

func joinSuggestions(names []string) string {
	shown := make([]string, len(names))
	for i, name := range names {
		shown[i] = syntax.Magenta.Paint(name)
	}
	last := len(shown) - 1
	if last == 0 {
		return shown[0]
	}
	return "one of " + strings.Join(shown[:last], ", ") + " or " + shown[last]
}
