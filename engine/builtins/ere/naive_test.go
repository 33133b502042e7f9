package ere

import (
	"errors"
	"fmt"
	"testing"
)

// A naive is a regular expression that says at which ends it can match.
type naive interface {
	// ends calls yield with each end of a match of text that starts at i, maybe
	// with the same one several times.
	ends(text string, i int, yield func(int))
	String() string
}

type (
	naiveSet    struct{ pattern, chars string }
	naiveSeq    struct{ a, b naive }
	naiveAlt    struct{ a, b naive }
	naiveRepeat struct {
		of       naive
		mark     string
		min, max int
	}
)

func (n naiveSet) ends(text string, i int, yield func(int)) {
	for _, c := range n.chars {
		if i < len(text) && rune(text[i]) == c {
			yield(i + 1)
		}
	}
}

func (n naiveSeq) ends(text string, i int, yield func(int)) {
	n.a.ends(text, i, func(j int) { n.b.ends(text, j, yield) })
}

func (n naiveAlt) ends(text string, i int, yield func(int)) {
	n.a.ends(text, i, yield)
	n.b.ends(text, i, yield)
}

// ends steps through sets of ends, of which there are not more than bytes.
func (n naiveRepeat) ends(text string, i int, yield func(int)) {
	now, all := map[int]bool{i: true}, map[int]bool{}
	for k := 0; k <= n.max; k++ {
		next := map[int]bool{}
		for j := range now {
			if k >= n.min {
				all[j] = true
			}
			n.of.ends(text, j, func(end int) { next[end] = true })
		}
		now = next
	}
	for j := range all {
		yield(j)
	}
}

func (n naiveSet) String() string    { return n.pattern }
func (n naiveSeq) String() string    { return n.a.String() + n.b.String() }
func (n naiveAlt) String() string    { return "(" + n.a.String() + "|" + n.b.String() + ")" }
func (n naiveRepeat) String() string { return "(" + n.of.String() + ")" + n.mark }

// takeNaive makes an expression of bytes and returns those that it did not use.
func takeNaive(from []byte, depth int) (naive, []byte) {
	sets := []naiveSet{{"a", "a"}, {"b", "b"}, {".", "abc"}, {"[ab]", "ab"}, {"[^a]", "bc"}, {"[b-c]", "bc"}}
	if len(from) == 0 {
		return sets[0], nil
	}
	op := int(from[0])
	from = from[1:]
	if op%8 < 4 || depth == 0 {
		return sets[op/8%len(sets)], from
	}
	a, from := takeNaive(from, depth-1)
	switch op % 8 {
	case 4, 5:
		b, from := takeNaive(from, depth-1)
		if op%8 == 4 {
			return naiveAlt{a, b}, from
		}
		return naiveSeq{a, b}, from
	}
	const many = 12 // more than texts have bytes
	repeats := []naiveRepeat{{a, "*", 0, many}, {a, "+", 1, many}, {a, "?", 0, 1}, {a, "{2}", 2, 2}, {a, "{1,3}", 1, 3}, {a, "{2,}", 2, many}}
	return repeats[op/8%len(repeats)], from
}

// FuzzNaive holds matches of whole texts against a matcher that tries everything.
func FuzzNaive(f *testing.F) {
	f.Add([]byte{6, 4, 0, 8}, []byte{0, 1, 0})
	f.Add([]byte{5, 22, 4, 5, 0, 8, 0, 30, 24, 8}, []byte{0, 1, 2, 1, 1})
	f.Fuzz(func(t *testing.T, program, letters []byte) {
		n, _ := takeNaive(program, 4)
		text := ""
		for _, c := range letters[:min(len(letters), 8)] {
			text += string("abc"[c%3])
		}
		want := false
		n.ends(text, 0, func(end int) { want = want || end == len(text) })
		got, err := matches(n.String(), text)
		if errors.Is(err, ErrTooLarge) || errors.Is(err, ErrTooComplex) {
			return
		}
		if err != nil || got != want {
			t.Errorf("match %s with %q: got %v, %v, want %v", text, n, got, err, want)
		}
	})
}

func matches(pattern, text string) (bool, error) {
	re, err := Compile(pattern)
	if err != nil {
		return false, fmt.Errorf("compile: %w", err)
	}
	m, err := re.Match(text, nil)
	return m != nil, err
}
