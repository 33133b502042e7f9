package repl

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nixbench/tui"
)

// TestUsesResult pins which expressions name earlier results.
func TestUsesResult(t *testing.T) {
	named := regexp.MustCompile(`(^|[^A-Za-z0-9_'-])_[0-9]*($|[^A-Za-z0-9_'-])`)
	for _, c := range []struct {
		input string
		want  bool
	}{
		{"_", true}, {"_4 + 1", true}, {"x._", true}, {"(_)", true}, {"a_ _", true}, {"a_b", false}, {"__x", false},
		{"_a", false}, {"_4a", false}, {"_'", false}, {"1 + 2", false}, {"", false}, {"ä_", true},
	} {
		if got := usesResult(c.input); got != c.want || got != named.MatchString(c.input) {
			t.Errorf("%q: got %v, want %v", c.input, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		input := rapid.StringOfN(rapid.RuneFrom([]rune("_a4 -'(ä")), 0, 12, -1).Draw(t, "input")
		if got, want := usesResult(input), named.MatchString(input); got != want {
			t.Fatalf("%q: got %v, want %v", input, got, want)
		}
	})
}

// BenchmarkWhyNone asks, as each frame does, whether a command does what a long input did.
func BenchmarkWhyNone(b *testing.B) {
	s := &Screen{}
	e := &entry{input: strings.Repeat("attribute = \"a value\" + toString [ 1 2 ];\n", 8000), root: &node{}, res: &tui.Result{OfScope: true}}
	for b.Loop() {
		s.whyNone(e)
	}
}
