package exprtest

import "strings"

// Shrink makes a text smaller as long as it still shows a fault. Shows is asked
// about many texts at once, and returns the index of one that shows it, -1 if
// none does.
func Shrink(text string, shows func(texts []string) int) string {
	for range 60 {
		candidates := smaller(text)
		if len(candidates) == 0 {
			break
		}
		i := shows(candidates)
		if i < 0 {
			break
		}
		text = candidates[i]
	}
	return text
}

// maxCandidates bounds what is asked about at once.
const maxCandidates = 150

// smaller returns texts like the given one with something left out or replaced
// by less, those that lose most first.
func smaller(text string) []string {
	t := Pieces(text)
	seen := map[string]bool{text: true}
	var out []string
	add := func(from, to int, with ...string) {
		c := strings.Join(splice(t, from, to, with), "")
		if len(c) < len(text) && !seen[c] && len(out) < maxCandidates {
			seen[c] = true
			out = append(out, c)
		}
	}
	for i := range t { // a bracketed part instead of the whole
		if b, e := balanced(t, i); e > b+1 {
			c := strings.Join(t[b:e], "")
			if !seen[c] {
				seen[c] = true
				out = append(out, c)
			}
		}
	}
	for size := len(t) / 2; size >= 1; size /= 2 {
		for i := 0; i+size <= len(t); i += max(1, size/2) {
			add(i, i+size)
		}
	}
	for i := range t {
		if b, e := balanced(t, i); e > b+1 {
			add(b, e)
			add(b, e, t[b+1:e-1]...)
			for _, leaf := range []string{"1 ", "{ } ", "[ ] ", "\"\" ", "null "} {
				add(b, e, leaf)
			}
		}
		if len(strings.TrimSpace(t[i])) > 1 {
			add(i, i+1, "1 ")
			add(i, i+1, "a ")
		}
	}
	return out
}
