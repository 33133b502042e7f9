package applet

import "strings"

// A globber matches shell patterns as fnmatch(3) does without flags: * also
// matches slashes and leading dots.
type globber struct {
	fold bool // ignore the case of letters
}

// match reports whether the pattern matches all of s.
func (g globber) match(pattern, s string) bool {
	starP, starS := -1, 0
	p, i := 0, 0
	for i < len(s) {
		if p < len(pattern) && pattern[p] == '*' {
			starP, starS = p, i
			p++
			continue
		}
		if n, ok := g.one(pattern[p:], s[i]); ok {
			p += n
			i++
			continue
		}
		if starP < 0 {
			return false
		}
		starS++
		p, i = starP+1, starS
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// one matches a single character against the start of a pattern and returns
// how much of the pattern that took.
func (g globber) one(pattern string, ch byte) (n int, ok bool) {
	if pattern == "" {
		return 0, false
	}
	switch pattern[0] {
	case '?':
		return 1, true
	case '[':
		if n, ok, closed := g.bracket(pattern, ch); closed {
			return n, ok
		}
	case '\\':
		if len(pattern) > 1 {
			return 2, g.equal(pattern[1], ch)
		}
	}
	return 1, g.equal(pattern[0], ch)
}

func (g globber) equal(a, b byte) bool {
	return a == b || g.fold && lower(a) == lower(b)
}

// bracket matches a bracket expression; closed is false if it has no end.
func (g globber) bracket(pattern string, ch byte) (n int, ok, closed bool) {
	i := 1
	negated := i < len(pattern) && (pattern[i] == '!' || pattern[i] == '^')
	if negated {
		i++
	}
	in := false
	for first := true; ; first = false {
		if i >= len(pattern) {
			return 0, false, false
		}
		if pattern[i] == ']' && !first {
			return i + 1, in != negated, true
		}
		if strings.HasPrefix(pattern[i:], "[:") {
			if end := strings.Index(pattern[i:], ":]"); end > 0 {
				test := classTest(pattern[i+2 : i+end])
				in = in || test != nil && test(ch)
				i += end + 2
				continue
			}
		}
		lo := pattern[i]
		if lo == '\\' && i+1 < len(pattern) {
			i++
			lo = pattern[i]
		}
		i++
		hi := lo
		if i+1 < len(pattern) && pattern[i] == '-' && pattern[i+1] != ']' {
			hi = pattern[i+1]
			i += 2
			if hi == '\\' && i < len(pattern) {
				hi = pattern[i]
				i++
			}
		}
		in = in || lo <= ch && ch <= hi || g.fold && (lo <= lower(ch) && lower(ch) <= hi || lo <= upper(ch) && upper(ch) <= hi)
	}
}
