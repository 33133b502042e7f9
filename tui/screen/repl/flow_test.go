package repl

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/tui"
)

// Paragraphs and items are joined; what has lines of its own keeps them.
func TestFlow(t *testing.T) {
	lines := []tui.DocLine{
		{Text: "A paragraph that"}, {Text: "goes on."}, {},
		{Text: "- an item"}, {Text: "  that goes on"}, {Text: "- another"}, {Text: "1. a third"}, {},
		{Text: "Type", Head: true}, {Text: "a :: b", Code: true}, {Text: "c :: d", Code: true}, {Text: "text"},
		{Text: ":::{.note}"}, {Text: "a note"}, {Text: ":::"}, {Text: "2 x 2"}, {Text: "is 4"},
	}
	var got []string
	for _, l := range flow(lines) {
		got = append(got, l.Text)
	}
	want := strings.Split("A paragraph that goes on.||- an item that goes on|- another|1. a third||Type|a :: b|c :: d|text|:::{.note}|a note|:::|2 x 2 is 4", "|")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDocLinesFit pins that what is defined stands above its definition, which hangs, and
// that code that is wider than its pane goes on below.
func TestDocLinesFit(t *testing.T) {
	doc := &tui.Doc{Lines: []tui.DocLine{
		{Text: "`nul`"}, {Text: ": what the first call gets, and"}, {Text: "a list of none."}, {},
		{Text: "builtins.foldl' (sum: x: sum + x) 0 [ 1 2 3 ]", Code: true},
	}}
	var got []string
	for _, line := range docLines(doc, 34, false) {
		row := ""
		for _, sp := range line.spans {
			row += sp.Text
		}
		got = append(got, row)
	}
	want := []string{
		"`nul`", "  what the first call gets, and a", "  list of none.", "",
		"  builtins.foldl' (sum: x: sum +", "    x) 0 [ 1 2 3 ]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
