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
