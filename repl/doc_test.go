package repl

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is indented by less than code is not, in Markdown: so is what follows the first
// line of a comment that begins right behind its delimiter.
func TestDocLines(t *testing.T) {
	for _, c := range []struct {
		name, markdown string
		want           []DocLine
	}{
		{"behind the delimiter", "Adds one.\n\n  # Example\n  ```nix\n  inc 2\n    => 3\n  ```\n  More.\n", []DocLine{
			{Text: "Adds one."}, {}, {Text: "Example", Head: true}, {Text: "inc 2", Code: true}, {Text: "  => 3", Code: true}, {Text: "More."},
		}},
		{"lists", "Words.\n\n- one\n  ```\n  a\n  ```\n  - two\n", []DocLine{
			{Text: "Words."}, {}, {Text: "- one"}, {Text: "a", Code: true}, {Text: "  - two"},
		}},
		{"code", "Words.\n\n    a b\n      c\n", []DocLine{{Text: "Words."}, {}, {Text: "a b", Code: true}, {Text: "  c", Code: true}}},
		{"an indented heading", "Words.\n\n ## Head\nend", []DocLine{{Text: "Words."}, {}, {Text: "Head", Head: true}, {Text: "end"}}},
	} {
		if diff := cmp.Diff(c.want, docLines(c.markdown)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
