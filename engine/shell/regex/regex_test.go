package regex

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFind(t *testing.T) {
	tests := []struct {
		expr  string
		flags Flags
		text  string
		want  string // the match and its groups, "no" if there is none
	}{
		// Basic syntax.
		{`a*`, 0, "aaa", "aaa"},
		{`*a`, 0, "x*a", "*a"},
		{`^*a`, 0, "*a", "*a"},
		{`\(*a\)`, 0, "*a", "*a *a"},
		{`a\{2\}`, 0, "aaaa", "aa"},
		{`a\{2,\}`, 0, "aaaa", "aaaa"},
		{`a\{1,3\}b`, 0, "aaaab", "aaab"},
		{`a\|bc`, 0, "xbc", "bc"},
		{`ab\+`, 0, "abbb", "abbb"},
		{`ab\?c`, 0, "ac", "ac"},
		{`a+b?`, 0, "a+b?", "a+b?"},
		{`(a)`, 0, "(a)", "(a)"},
		{`a{2}`, 0, "a{2}", "a{2}"},
		{`a^b$c`, 0, "a^b$c", "a^b$c"},
		{`\(^a\)`, 0, "ba", "no"},
		{`a\.b`, 0, "axb a.b", "a.b"},
		{`\(a\)\(b\)*`, 0, "abb", "abb a b"},
		{`x*`, 0, "abc", ""},
		// Extended syntax.
		{`a+`, Extended, "caab", "aa"},
		{`(a|ab)(c|bcd)`, Extended, "abcd", "abcd a bcd"},
		{`a|ab|abc`, Extended, "abcd", "abc"},
		{`a{2,3}`, Extended, "aaaa", "aaa"},
		{`a{,2}b`, Extended, "aaab", "aab"},
		{`a{x`, Extended, "a{x", "a{x"},
		{`()a`, Extended, "a", "a "},
		{`a||b`, Extended, "b", "b"},
		{`*a`, Extended, "a", "a"},
		{`\(a\)`, Extended, "(a)", "(a)"},
		{`a)`, Extended | Grep, "a)", "a)"},
		{`^a|b$`, Extended, "cb", "b"},
		// Brackets.
		{`[]a]`, 0, "x]", "]"},
		{`[^]a]`, 0, "]ab", "b"},
		{`[a-]`, 0, "-", "-"},
		{`[[:digit:]x-z]*`, 0, "12y34", "12y34"},
		{`[[.-.]a]`, 0, "-", "-"},
		{`[[=a=]]`, 0, "a", "a"},
		{`[\n]`, 0, `\`, `\`},
		{`[\n]`, Escapes, "\n", "\n"},
		{`[.*]`, 0, "a*", "*"},
		// Case, lines, words.
		{`aB[c-d]`, IgnoreCase, "AbC", "AbC"},
		{`[[:upper:]]`, IgnoreCase, "a", "a"},
		{`^b`, Multiline, "a\nb", "b"},
		{`^b`, 0, "a\nb", "no"},
		{`a$`, Multiline, "a\nb", "a"},
		{`a.b`, 0, "a\nb", "a\nb"},
		{"\\`b", Multiline, "a\nb", "no"},
		{`\bfoo\b`, 0, "xfoo foo", "foo"},
		{`\<.`, 0, " ab", "a"},
		{`.\>`, 0, "ab cd", "b"},
		{`\<[a-z]*\>`, 0, "ab cd", "ab"},
		{`\w\+\W`, 0, "a_1-", "a_1-"},
		{`\s\S`, 0, "a b", " b"},
		{`\Boo`, 0, "oo foo", "oo"},
		// Back-references.
		{`\(.\)\1`, 0, "abccd", "cc c"},
		{`(a*)b\1`, Extended, "aabaa", "aabaa aa"},
		{`^\(.*\)\n\1$`, Escapes, "x\nx", "x\nx x"},
		// Escapes and literals.
		{`a\tb`, Escapes, "a\tb", "a\tb"},
		{`\x41\d066\o103`, Escapes, "ABC", "ABC"},
		{`a.*[`, Literal, "a.*[", "a.*["},
		{`é*`, 0, "éé", "éé"},
		{`.`, 0, "é", "é"},
		{`a\{1,2000\}`, 0, "aaa", "aaa"},
	}
	for _, test := range tests {
		re, err := Compile(test.expr, test.flags)
		if err != nil {
			t.Errorf("%q: %v", test.expr, err)
			continue
		}
		if got := show(re.Find([]byte(test.text)), test.text); got != test.want {
			t.Errorf("%q on %q: got %q, want %q", test.expr, test.text, got, test.want)
		}
	}
}

func show(m []int, text string) string {
	if m == nil {
		return "no"
	}
	var parts []string
	for i := 0; i < len(m); i += 2 {
		part := "-"
		if m[i] >= 0 {
			part = text[m[i]:m[i+1]]
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

func TestErrors(t *testing.T) {
	tests := []struct {
		expr  string
		flags Flags
		want  string
	}{
		{`[a`, 0, "Unmatched [, [^, [:, [., or [="},
		{`\(a`, 0, `Unmatched ( or \(`},
		{`a\)`, 0, `Unmatched ) or \)`},
		{`(a`, Extended, `Unmatched ( or \(`},
		{`a)`, Extended, `Unmatched ) or \)`},
		{`a\{1`, 0, `Unmatched \{`},
		{`a\{x\}`, 0, `Invalid content of \{\}`},
		{`a\{2,1\}`, 0, `Invalid content of \{\}`},
		{`a\{99999\}`, 0, "Regular expression too big"},
		{`[[:foo:]]`, 0, "Invalid character class name"},
		{`[b-a]`, 0, "Invalid range end"},
		{`\1`, 0, "Invalid back reference"},
		{`a\`, 0, "Trailing backslash"},
		{`\{1\}`, 0, "Invalid preceding regular expression"},
		{`[:space:]`, Grep, "character class syntax is [[:space:]], not [:space:]"},
		{strings.Repeat("(", 1000), Extended, "Regular expression too deep"},
	}
	for _, test := range tests {
		if _, err := Compile(test.expr, test.flags); err == nil || err.Error() != test.want {
			t.Errorf("%.20q: got error %v, want %s", test.expr, err, test.want)
		}
	}
}

func TestFindAll(t *testing.T) {
	tests := []struct {
		expr, text string
		n          int
		want       string
	}{
		{`x*`, "abc", -1, "[[0 0] [1 1] [2 2] [3 3]]"},
		{`a*`, "baaac", -1, "[[0 0] [1 4] [5 5]]"},
		{`\(a*\)\1`, "baab", -1, "[[0 0 0 0] [1 3 1 2] [4 4 4 4]]"},
		{`a`, "aaa", 2, "[[0 1] [1 2]]"},
		{`\<.`, "ab cd", -1, "[[0 1] [3 4]]"},
		{`b`, "aaa", -1, "[]"},
	}
	for _, test := range tests {
		re, err := Compile(test.expr, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(re.FindAll([]byte(test.text), test.n)); got != test.want {
			t.Errorf("%q on %q: got %s, want %s", test.expr, test.text, got, test.want)
		}
	}
}

// TestFindAt pins that what is before the position counts.
func TestFindAt(t *testing.T) {
	for expr, want := range map[string]string{`^b`: "no", `\bb`: "no", `b`: "b", `c$`: "c", `\(b\)\1`: "no"} {
		re, err := Compile(expr, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := show(re.FindAt([]byte("abc"), 1), "abc"); got != want {
			t.Errorf("%q: got %q, want %q", expr, got, want)
		}
	}
}

// TestRepeated pins that operators one after the other are one to the backtracker, which
// is that of expressions with references back.
func TestRepeated(t *testing.T) {
	for expr, want := range map[string]string{
		`(.)\1.**********$`: "no", `(.)\1b+*$`: "no", `(a)\1c*+`: "aac a", `(a)\1b?+`: "aa a", `(a)\1c??`: "aac a", `(a)\1c++`: "aac a",
	} {
		re, err := Compile(expr, Extended)
		if err != nil {
			t.Fatal(err)
		}
		const text = "aacabababababababababababababaxX"
		if got := show(re.Find([]byte(text)), text); got != want && want != "no" {
			t.Errorf("%q: got %q, want %q", expr, got, want)
		}
		if _, whole := re.back.find([]byte(text), 0); !whole {
			t.Errorf("%q: it was cut short", expr)
		}
	}
}

// TestExponential pins that the backtracker gives up in time.
func TestExponential(t *testing.T) {
	re, err := Compile(`\(a*\)*\(a*\)*\(a*\)*\1b`, 0)
	if err != nil {
		t.Fatal(err)
	}
	re.Match([]byte(strings.Repeat("a", 40)))
}

// FuzzCompile compiles anything, and compares the two matchers on what both
// can do.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{`a\(b*\)c`, `(a|ab)(c|bcd)*`, `[^]a-z[:digit:]]\{2,3\}`, `\<x\>`, `^.*$`, `\(a\)\1`, `a**`, `\w+\b`} {
		f.Add(s, "abcd xx 12", uint8(0))
		f.Add(s, "aab\nabc", uint8(Extended|Multiline))
	}
	f.Fuzz(func(t *testing.T, expr, text string, flags uint8) {
		if len(expr) > 30 || len(text) > 20 {
			return
		}
		re, err := Compile(expr, Flags(flags))
		if err != nil {
			return
		}
		got := re.Find([]byte(text))
		re.FindAll([]byte(text), -1)
		if re.std == nil || !isASCII(expr+text) {
			return
		}
		back, whole := re.back.find([]byte(text), 0)
		if !whole {
			return
		}
		if len(got) == 0 || len(back) == 0 {
			if len(got) != len(back) {
				t.Errorf("%q (%d) on %q: got %v and %v", expr, flags, text, got, back)
			}
			return
		}
		if diff := cmp.Diff(got[:2], back[:2]); diff != "" {
			t.Errorf("%q (%d) on %q: (-std +backtracker)\n%s", expr, flags, text, diff)
		}
	})
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
