package editor

import (
	"strings"
	"testing"

	"nixbench/tui/style"
)

// TestLongLineStaysBesideItsPrompt pins that of a line that is wider than its place is seen
// what is at the cursor, beside the prompt, with a sign at either end of what is left out.
func TestLongLineStaysBesideItsPrompt(t *testing.T) {
	const long = "/home/ada/some/directory/with/a/long/name/x.json"
	for _, test := range []struct {
		name, text string
		cursor     int
		want       string
	}{
		{"short", "x.json", 6, "to: x.json"},
		{"at the end", long, len(long), "to: ../with/a/long/name/x.json"},
		{"at the start", long, 0, "to: /home/ada/some/directory.."},
		{"in the middle", long, 29, "to: ..e/directory/with/a/lon.."},
		{"wide", strings.Repeat("世", 30), 90, "to: .." + strings.Repeat("世", 12)},
		{"what is shown longer", strings.Repeat("\u202e", 10), 30, "to: .." + strings.Repeat(`\u202e`, 4)},
	} {
		w := New(style.New(style.Options{}))
		w.Single, w.Prompt = true, "to: "
		w.SetValue(test.text)
		w.cur = test.cursor
		got := w.Draw(31, 1, true)[0]
		if style.Width(got) != 31 || strings.TrimRight(style.Strip(got), " ") != test.want {
			t.Errorf("%s: got %q, want %q", test.name, style.Strip(got), test.want)
		}
		if x, y := w.CursorXY(); x < 4 || x > 30 || y != 0 {
			t.Errorf("%s: the cursor is at %d, %d", test.name, x, y)
		}
	}
}
