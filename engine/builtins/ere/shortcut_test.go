package ere

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plain returns the Regexp without what only makes it faster.
func (re *Regexp) plain() *Regexp {
	slow := &Regexp{states: append([]state(nil), re.states...), sets: re.sets, groups: re.groups, hasAlt: re.hasAlt, start: re.start}
	for i := range slow.states {
		slow.states[i].nextStarts, slow.states[i].altStarts = nil, nil
		if slow.states[i].op == opLoop {
			slow.states[i].op = opRepeat
		}
	}
	return slow
}

// FuzzShortcuts holds loops over bytes, branches that are not taken as they cannot go on, and
// searches that skip what no match begins with, against the automaton gone through state by state.
func FuzzShortcuts(f *testing.F) {
	for _, seed := range [][2]string{
		{"[ab]*a(b*|a+)c?", "xabbabcab"},
		{"(a*)*b", "aaab"},
		{"(a*|b)*(ab|a)*", "aabbabab"},
		{".*foo([0-9]+).*", "xfoo12foo3"},
		{"[-.]+", "a-1..2-"},
		{"(a*)(ab)*(b*)", "abb"},
		{"^a*|b+$", "aabb"},
		{"x*", "axxb"},
		{"((a*b)*c|a*)*d*", "abababcaad"},
		{"([^,]*),|,*", "a,b,,c"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 60 || len(text) > 60 {
			return
		}
		re, err := Compile(pattern)
		if err != nil {
			return
		}
		slow := re.plain()
		compare := func(what string, answer func(*Regexp) (any, error)) {
			want, wantErr := answer(slow)
			got, err := answer(re)
			if errors.Is(wantErr, ErrTooComplex) || errors.Is(err, ErrTooComplex) {
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %q %q (-want +got)\n%s", what, pattern, text, diff)
			}
		}
		compare("match", func(re *Regexp) (any, error) { return re.Match(text, nil) })
		compare("split", func(re *Regexp) (any, error) { return re.FindAll(text, nil, nil) })
	})
}
