package repl

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExcerptShowsThePlace pins that of long lines of source that is seen which the caret
// points at.
func TestExcerptShowsThePlace(t *testing.T) {
	source := []string{
		"     24| # short",
		"     25|   bad = n: let inner = n * 2; in if n == 0 then abort \"zero\" else deep { v = n; };",
		"       |                                                 ^",
		"     26|   deep = s: let k = s.v - 1; in bad k;",
	}
	for _, test := range []struct {
		name string
		in   []string
		w    int
		want []string
	}{
		{"there is room", source, 90, source},
		{"the place is seen", source, 72, source},
		{"it would not be", source, 50, []string{
			"     24|",
			"     25| ..in if n == 0 then abort \"zero\" else deep { v = n; };",
			"       |                     ^",
			"     26| ..n bad k;",
		}},
		{"no place", []string{"pkgs.edtor", "^^^^^^^^^^"}, 5, []string{"pkgs.edtor", "^^^^^^^^^^"}},
		{"wide characters", []string{"  1| " + "世界世界世界世界世界世界x", "   |                         ^"}, 24, []string{"  1| .. 界世界x", "   |          ^"}},
	} {
		if diff := cmp.Diff(aroundCaret(test.in, test.w), test.want); diff != "" {
			t.Errorf("%s: got, want:\n%s", test.name, diff)
		}
	}
}
