package ere

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readCase reads the JSON values of a line of testdata/cases.txt.
func readCase(t *testing.T, line string) (pattern, text string, match, split any) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(line))
	for _, v := range []any{&pattern, &text, &match, &split} {
		if err := dec.Decode(v); err != nil {
			t.Fatalf("read %s: %v", line, err)
		}
	}
	return pattern, text, match, split
}

// groupsOf returns the groups of a match as JSON has them.
func groupsOf(text string, m []Span) []any {
	out := []any{}
	for _, g := range m[1:] {
		if g.Start < 0 {
			out = append(out, nil)
		} else {
			out = append(out, text[g.Start:g.End])
		}
	}
	return out
}

// said returns what the builtins say of an error.
func said(err error) string {
	switch {
	case errors.As(err, new(SyntaxError)):
		return "invalid regular expression"
	case errors.Is(err, ErrTooLarge):
		return "memory limit exceeded by regular expression"
	}
	return err.Error()
}

// answers returns what builtins.match and builtins.split would.
func answers(pattern, text string) (match, split any) {
	re, err := Compile(pattern)
	if err != nil {
		return said(err), said(err)
	}
	if m, err := re.Match(text, nil); err != nil {
		match = said(err)
	} else if m != nil {
		match = groupsOf(text, m)
	}
	all, err := re.FindAll(text, nil, nil)
	if err != nil {
		return match, said(err)
	}
	parts, from := []any{}, 0
	for _, m := range all {
		parts = append(parts, text[from:m[0].Start], groupsOf(text, m))
		from = m[0].End
	}
	return match, append(parts, text[from:])
}

// TestCases compares with the answers of Nix.
func TestCases(t *testing.T) {
	file, err := os.ReadFile("testdata/cases.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		pattern, text, wantMatch, wantSplit := readCase(t, line)
		match, split := answers(pattern, text)
		if diff := cmp.Diff(wantMatch, match); diff != "" {
			t.Errorf("match %q %q: (-want +got)\n%s", pattern, text, diff)
		}
		if diff := cmp.Diff(wantSplit, split); diff != "" {
			t.Errorf("split %q %q: (-want +got)\n%s", pattern, text, diff)
		}
	}
}

// TestBytes pins that a dot is a byte, not a character.
func TestBytes(t *testing.T) {
	for _, tt := range []struct {
		pattern string
		want    bool
	}{{".", false}, {"..", true}, {"[é]", false}, {"é", true}, {"[\xc0-\xff].", true}} {
		re, err := Compile(tt.pattern)
		if err != nil {
			t.Fatal(err)
		}
		m, err := re.Match("é", nil)
		if got := m != nil; got != tt.want || err != nil {
			t.Errorf("match %q: got %v, %v, want %v", tt.pattern, got, err, tt.want)
		}
	}
}

// TestLongWalks pins that patterns whose naive search is exponential, and
// texts that are long, are answered within the steps that a walk may take.
func TestLongWalks(t *testing.T) {
	as := strings.Repeat("a", 800)
	for _, tt := range []struct{ pattern, text string }{
		{"(a|a)*b", as},
		{"(a*)*b", as[:300]},
		{"((a|a)*|b)*c", as},
		{"(a?){30}a{30}", as[:30]},
		{".*", strings.Repeat("x", 1<<20)},
		{"([^\n]*\n)*", strings.Repeat("line\n", 1<<16)},
		{"(x|y)+", strings.Repeat("xy", 1<<15)},
	} {
		re, err := Compile(tt.pattern)
		if err != nil {
			t.Fatal(err)
		}
		steps := 0
		poll := func() {
			if steps += pollEvery; steps > maxSteps+pollEvery {
				t.Fatalf("%s takes more than %d steps", tt.pattern, maxSteps)
			}
		}
		if _, err := re.Match(tt.text, poll); err != nil {
			t.Errorf("match %s: %v", tt.pattern, err)
		}
		t.Log(tt.pattern, steps)
		steps = 0
		if _, err := re.FindAll(tt.text, poll, nil); err != nil && !errors.Is(err, ErrTooComplex) {
			t.Errorf("split %s: %v", tt.pattern, err)
		}
		t.Log(tt.pattern, steps)
	}
}

// TestSyntaxErrors pins what is said of patterns that are none.
func TestSyntaxErrors(t *testing.T) {
	for pattern, want := range map[string]error{
		"a(": errParen, "+": errParen, "a[": errBracketChar, "[[": errBracketOpen, "[b-": errRangeEnd, "[z-a]": errRangeOrder,
		"[a-z-0]": errDash, "[[:alpha:]-z]": errRangeStart, "[[:foo:]]": errClass, "[[:al": errClassEnd, "[[.foo.]]": errCollate,
		"[[=a": errCollateEnd, "[[=foo=]]": errEquivalence, "a{": errBraceRange, "a{1": errBrace, "a{2,1}": errBraceRange,
		"a{99999999999}": errCount, `a\`: errEscapeEnd, `\d`: errEscape, "a\x00": errNull,
	} {
		if _, err := Compile(pattern); err != want {
			t.Errorf("compile %q: got %v, want %v", pattern, err, want)
		}
	}
}

// TestTooLarge pins the limit of the automaton.
func TestTooLarge(t *testing.T) {
	for _, pattern := range []string{"(x{1000}){1000}", "(){100000}", "((((x{9}){9}){9}){9}){99}"} {
		if _, err := Compile(pattern); !errors.Is(err, ErrTooLarge) {
			t.Errorf("compile %q: got %v, want %v", pattern, err, ErrTooLarge)
		}
	}
}

// FuzzMatch looks for panics, and for matches that lie outside the text.
func FuzzMatch(f *testing.F) {
	f.Add("(a|b)*c{2,3}[[:alpha:]-]$", "abcc-")
	f.Add("[[.a.]-z]+?|^", "xyz")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 200 || len(text) > 200 {
			return
		}
		re, err := Compile(pattern)
		if err != nil {
			return
		}
		m, err := re.Match(text, nil)
		if err == nil && m != nil && m[0] != (Span{0, len(text)}) {
			t.Errorf("match %q %q: got %v", pattern, text, m[0])
		}
		all, _ := re.FindAll(text, nil, nil)
		from := 0
		for _, m := range all {
			if m[0].Start < from || m[0].End < m[0].Start || m[0].End > len(text) {
				t.Fatalf("split %q %q: got %v after %d", pattern, text, m[0], from)
			}
			from = m[0].End
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	re, err := Compile(`([^/]*)/([^/]*)(/SHA256:([^/]*))?`)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if m, _ := re.Match("owner/repository-name", nil); m == nil {
			b.Fatal("no match")
		}
	}
}

// Room is asked for all matches before they are there.
func TestFindAllRoom(t *testing.T) {
	re, err := Compile("(a)|(b)")
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	all, err := re.FindAll(strings.Repeat("ab", 500), nil, func(bytes int) { asked += bytes })
	if err != nil || len(all) != 1000 || asked < 1000*(3*16+24) {
		t.Errorf("got %d matches, %v, asked for %d bytes", len(all), err, asked)
	}
}
