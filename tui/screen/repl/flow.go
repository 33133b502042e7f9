package repl

import (
	"strings"

	"nixbench/tui"
)

// flow joins the lines of each paragraph of documentation, so that it is broken where
// the screen ends and not where the lines of its file did.
func flow(lines []tui.DocLine) []tui.DocLine {
	var out []tui.DocLine
	for i, dl := range lines {
		if i > 0 && goesOn(lines[i-1], dl) {
			out[len(out)-1].Text += " " + strings.TrimSpace(dl.Text)
			continue
		}
		out = append(out, dl)
	}
	return out
}

// goesOn reports whether a line belongs to the paragraph or item of the one before.
func goesOn(before, dl tui.DocLine) bool {
	for _, l := range []tui.DocLine{before, dl} {
		if l.Head || l.Code || strings.TrimSpace(l.Text) == "" || startsWithAny(l.Text, ":::", "|", "<") {
			return false
		}
	}
	return !beginsItem(strings.TrimSpace(dl.Text))
}

// beginsItem reports whether a line of Markdown begins an item of a list, a definition
// or a quotation.
func beginsItem(s string) bool {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	return startsWithAny(s, "- ", "* ", "+ ", ": ", "> ") || digits > 0 && startsWithAny(s[digits:], ". ", ") ")
}

func startsWithAny(s string, prefixes ...string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
