package syntax

import (
	"fmt"
	"strings"
	"testing"
)

// classLetters stands for classes in tests, in their order.
const classLetters = "!#Dkvcbaps\"\\$/uo.("

// classes of every piece of text that Highlight returns, as letter text.
func showSpans(src string) string {
	var b strings.Builder
	for _, s := range Highlight(src) {
		class := classLetters[s.Class : s.Class+1]
		if s.Class == ClassNumber {
			class = "n"
		}
		fmt.Fprintf(&b, "%s %s|", class, src[s.Start:s.End])
	}
	return strings.TrimSuffix(b.String(), "|")
}

func TestHighlight(t *testing.T) {
	tests := []struct{ in, want string }{
		{"let a = 1; in a", "k let|a a|. =|n 1|. ;|k in|v a"},
		{"{ a.b.c = x.y or z; }", "( {|a a|. .|a b|. .|a c|. =|v x|. .|a y|k or|v z|. ;|( }"},
		{"with x; y.z", "k with|v x|. ;|v y|. .|a z"},
		{"{ a, b ? c, ... }@d: e: d", "( {|p a|. ,|p b|o ?|v c|. ,|. ...|( }|. @|p d|. :|p e|. :|v d"},
		{"{ inherit (x) y z; w = y; }", "( {|k inherit|( (|v x|( )|a y|a z|. ;|a w|. =|v y|. ;|( }"},
		{"if true then null else import ./a", "k if|c true|k then|c null|k else|b import|/ ./a"},
		{`"a\n${b}$"`, `" "|" a|\ \n|$ ${|v b|$ }|" $|" "`},
		{"''a${b}''$c$''", "\" ''|\" a|$ ${|v b|$ }|\\ ''$|\" c|\" $|\" ''"},
		{"./a${x}b <c> u:v", "/ ./a|$ ${|v x|$ }|/ b|/ <c>|u u:v"},
		{"1 # c\n/** d */ /* e */ 2 /* f", "n 1|# # c|D /** d */|# /* e */|n 2|# /* f"},
		{"[ ( } ]", "( [|( (|! }|! ]"},
		{`a "b`, `v a|" "|" b`},
		{"a \x00 b ^", "v a|! \x00|v b|! ^"},
		{"1.0e999 ./x/ y", "! 1.0e999|/ ./x/|v y"},
	}
	for _, tt := range tests {
		if got := showSpans(tt.in); got != tt.want {
			t.Errorf("highlight %q:\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

// Partners point at each other and have the same depth.
func TestHighlightMatches(t *testing.T) {
	const src = `{ a = [ "x${(y)}" ''z'' ]; }`
	open := map[string]string{"{": "}", "[": "]", "(": ")", "${": "}", `"`: `"`, "''": "''"}
	spans := Highlight(src)
	pairs := 0
	for i, s := range spans {
		if s.Match <= i {
			continue
		}
		pairs++
		m := spans[s.Match]
		if m.Match != i {
			t.Errorf("span %d %+v and its partner %+v disagree", i, s, m)
		}
		if got, want := src[m.Start:m.End], open[src[s.Start:s.End]]; got != want {
			t.Errorf("partner of %s: got %s, want %s", src[s.Start:s.End], got, want)
		}
	}
	if pairs != 6 {
		t.Errorf("got %d pairs, want 6", pairs)
	}
}

// checkSpans checks what Highlight promises of every text.
func checkSpans(t *testing.T, src string) {
	t.Helper()
	end := 0
	spans := Highlight(src)
	for i, s := range spans {
		if s.Start < end || s.End <= s.Start {
			t.Fatalf("span %+v after %d", s, end)
		}
		if gap := src[end:s.Start]; strings.Trim(gap, " \t\r\n") != "" {
			t.Fatalf("%q is in no span", gap)
		}
		if s.Match >= 0 && spans[s.Match].Match != i {
			t.Fatalf("span %+v has a partner with another partner", s)
		}
		end = s.End
	}
	if rest := src[end:]; strings.Trim(rest, " \t\r\n") != "" {
		t.Fatalf("%q is in no span", rest)
	}
}

func TestCompletionAt(t *testing.T) {
	tests := []struct {
		in   string
		want Completion
	}{
		{"", Completion{CompleteVariable, 0, "", ""}},
		{"ab", Completion{CompleteVariable, 0, "ab", ""}},
		{"x ", Completion{CompleteVariable, 2, "", ""}},
		{"let a = bu", Completion{CompleteVariable, 8, "bu", ""}},
		{"inhe", Completion{CompleteVariable, 0, "inhe", ""}},
		{"a.", Completion{CompleteAttr, 2, "", "a"}},
		{"a.b.c", Completion{CompleteAttr, 4, "c", "a.b"}},
		{"f a.b", Completion{CompleteAttr, 4, "b", "a"}},
		{"(f x).y", Completion{CompleteAttr, 6, "y", "(f x)"}},
		{"rec { a = 1; }.a", Completion{CompleteAttr, 15, "a", "rec { a = 1; }"}},
		{`a."b c".d`, Completion{CompleteAttr, 8, "d", `a."b c"`}},
		{"a.in", Completion{CompleteAttr, 2, "in", "a"}},
		{`"x ${a.b`, Completion{CompleteAttr, 7, "b", "a"}},
		{`"x a.b`, Completion{CompleteNothing, 6, "", ""}},
		{"''x", Completion{CompleteNothing, 3, "", ""}},
		{"1", Completion{CompleteNothing, 1, "", ""}},
		{"a # b", Completion{CompleteNothing, 5, "", ""}},
		{"./fo", Completion{CompletePath, 0, "./fo", ""}},
		{"import ./fo/", Completion{CompletePath, 7, "./fo/", ""}},
		{"~/b", Completion{CompletePath, 0, "~/b", ""}},
		{"import <nixp", Completion{CompleteSearchPath, 8, "nixp", ""}},
		{"a<b", Completion{CompleteVariable, 2, "b", ""}},
		{"a < b", Completion{CompleteVariable, 4, "b", ""}},
	}
	for _, tt := range tests {
		if got := CompletionAt(tt.in, len(tt.in)); got != tt.want {
			t.Errorf("CompletionAt(%q): got %+v, want %+v", tt.in, got, tt.want)
		}
	}
	if got := CompletionAt("abc def", 2); got.Prefix != "ab" {
		t.Errorf("prefix in the middle of a word: got %q", got.Prefix)
	}
}
