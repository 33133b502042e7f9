package exprtest

import (
	"math/rand/v2"
	"strings"

	"nixbench/engine/syntax"
)

// A Mutator makes texts that are close to texts that people wrote.
// It is not safe for concurrent use.
type Mutator struct {
	r     *rand.Rand
	texts [][]string // pieces of each text
}

// NewMutator returns a mutator of texts. What it makes depends on them and on
// the seed alone.
func NewMutator(seed uint64, texts []string) *Mutator {
	m := &Mutator{r: rand.New(rand.NewPCG(seed, 0x6d7574))}
	for _, t := range texts {
		if p := Pieces(t); len(p) > 0 {
			m.texts = append(m.texts, p)
		}
	}
	return m
}

// Pieces cuts a text into tokens, each with the blank that follows it. Joined
// they are the text again, without what cannot be read at its end.
func Pieces(text string) []string {
	var pieces []string
	sc := syntax.NewScanner(text)
	last := int32(0)
	for {
		tok := sc.Next()
		switch tok.Kind {
		case syntax.EndOfFile, syntax.BadToken:
			return append(pieces, text[last:max(last, tok.Start)])
		case syntax.PathEnd:
			continue
		}
		if tok.Start > last {
			pieces = append(pieces, text[last:tok.Start])
		}
		last = tok.Start
	}
}

// Text returns a mutant.
func (m *Mutator) Text() string {
	t := append([]string(nil), m.texts[m.r.IntN(len(m.texts))]...)
	for range 1 + m.r.IntN(3) {
		t = m.mutate(t)
	}
	return strings.Join(t, "")
}

// MutantOf returns a mutant of another text.
func (m *Mutator) MutantOf(text string) string {
	t := Pieces(text)
	for range 1 + m.r.IntN(2) {
		t = m.mutate(t)
	}
	return strings.Join(t, "")
}

// Golden returns one of the texts as it is.
func (m *Mutator) Golden() string { return strings.Join(m.texts[m.r.IntN(len(m.texts))], "") }

// misspellings are characters and tokens that rarely stand where they can.
var misspellings = []string{
	"\x00", "\x01", "$", "${", "}", "\"", "''", "'", "\\", "@", "..", "...", ":", "::", ";", ",", ".", "?", "!",
	"&", "~", "^", "é", "\xff", "#", "/*", "*/", "or", "//", "/", "<", "<a", ">", "(", ")", "[", "]", "{", "=",
	"==", "->", "\r", "\t", "\n", "1.", ".5", "1a", "a-", "-", "--", "rec", "in", "let", "inherit", "if", "then",
	"else", "with", "assert", "a:b", "http://x", "./", "/a", "~/", "<a/b>", "__curPos", "$$", "''$", "''\\", "+",
	"|>", "<|", "||", "|", "&&", "0x1", "1e5", "9223372036854775808", "\ufeff", "\u00a0", "\"a\"", "''a''",
}

// Misspelt returns a text in which a few bytes were put in, left out or exchanged.
func (m *Mutator) Misspelt(text string) string {
	for range 1 + m.r.IntN(2) {
		i := m.r.IntN(len(text) + 1)
		j := min(len(text), i+m.r.IntN(3))
		word := misspellings[m.r.IntN(len(misspellings))]
		if m.r.IntN(4) == 0 {
			word = ""
		}
		text = text[:i] + word + text[j:]
	}
	return text
}

// mutate changes one place.
func (m *Mutator) mutate(t []string) []string {
	if len(t) == 0 {
		return t
	}
	other := m.texts[m.r.IntN(len(m.texts))]
	if m.r.IntN(3) == 0 {
		other = t
	}
	i := m.r.IntN(len(t))
	from, fromEnd := balanced(other, m.r.IntN(len(other)))
	switch m.r.IntN(5) {
	case 0: // leave out
		return splice(t, i, i+1, nil)
	case 1: // put in
		return splice(t, i, i, other[from:fromEnd])
	case 2: // another token
		return splice(t, i, i+1, other[from:from+1])
	}
	begin, end := balanced(t, i)
	return splice(t, begin, end, other[from:fromEnd])
}

func splice(t []string, from, to int, with []string) []string {
	out := append([]string(nil), t[:from]...)
	out = append(out, with...)
	return append(out, t[to:]...)
}

// balanced returns the range that begins at i: one piece, or all up to the
// bracket that closes it.
func balanced(t []string, i int) (begin, end int) {
	depth := 0
	for j := i; j < len(t); j++ {
		depth += nesting(t[j])
		if depth <= 0 {
			return i, j + 1
		}
	}
	return i, i + 1
}

// nesting returns how much a piece opens, less what it closes.
func nesting(piece string) int {
	switch strings.TrimSpace(piece) {
	case "(", "{", "[", "${", "let":
		return 1
	case ")", "}", "]", "in":
		return -1
	}
	return 0
}
