package regex

import "strconv"

// A charSet is a bracket expression or one of the escapes \w \W \s \S.
type charSet struct {
	negated bool
	ranges  []runeRange
}

type runeRange struct{ lo, hi rune }

func (s *charSet) add(lo, hi rune) { s.ranges = append(s.ranges, runeRange{lo, hi}) }

// contains reports whether the set matches r; fold ignores ASCII case.
func (s *charSet) contains(r rune, fold bool) bool {
	in := s.inRanges(r)
	if !in && fold {
		if o := otherCase(r); o != r {
			in = s.inRanges(o)
		}
	}
	return in != s.negated
}

func (s *charSet) inRanges(r rune) bool {
	for _, rr := range s.ranges {
		if rr.lo <= r && r <= rr.hi {
			return true
		}
	}
	return false
}

func otherCase(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z':
		return r - 32
	case 'A' <= r && r <= 'Z':
		return r + 32
	}
	return r
}

func isWord(r rune) bool {
	return r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

var (
	wordRanges  = []runeRange{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}
	spaceRanges = []runeRange{{'\t', '\r'}, {' ', ' '}}
)

// classRanges returns the characters of [:name:] in the C locale.
func classRanges(name string) ([]runeRange, bool) {
	switch name {
	case "alpha":
		return []runeRange{{'A', 'Z'}, {'a', 'z'}}, true
	case "digit":
		return []runeRange{{'0', '9'}}, true
	case "alnum":
		return []runeRange{{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}, true
	case "upper":
		return []runeRange{{'A', 'Z'}}, true
	case "lower":
		return []runeRange{{'a', 'z'}}, true
	case "space":
		return spaceRanges, true
	case "blank":
		return []runeRange{{'\t', '\t'}, {' ', ' '}}, true
	case "punct":
		return []runeRange{{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}, true
	case "print":
		return []runeRange{{' ', '~'}}, true
	case "graph":
		return []runeRange{{'!', '~'}}, true
	case "cntrl":
		return []runeRange{{0, 31}, {127, 127}}, true
	case "xdigit":
		return []runeRange{{'0', '9'}, {'A', 'F'}, {'a', 'f'}}, true
	}
	return nil, false
}

func escapedSet(c byte) *charSet {
	switch c {
	case 'w':
		return &charSet{ranges: wordRanges}
	case 'W':
		return &charSet{ranges: wordRanges, negated: true}
	case 's':
		return &charSet{ranges: spaceRanges}
	case 'S':
		return &charSet{ranges: spaceRanges, negated: true}
	}
	return nil
}

// charEscape decodes the escape at the start of s as sed does, and returns
// the character and how many bytes of s it took.
func charEscape(s string) (r rune, size int, ok bool) {
	if len(s) < 2 {
		return 0, 0, false
	}
	switch s[1] {
	case 'n':
		return '\n', 2, true
	case 't':
		return '\t', 2, true
	case 'f':
		return '\f', 2, true
	case 'v':
		return '\v', 2, true
	case 'a':
		return '\a', 2, true
	case 'r':
		return '\r', 2, true
	case 'x':
		return numEscape(s, 16, 2)
	case 'd':
		return numEscape(s, 10, 3)
	case 'o':
		return numEscape(s, 8, 3)
	case 'c':
		if len(s) > 2 {
			c := s[2]
			if 'a' <= c && c <= 'z' {
				c -= 32
			}
			return rune(c ^ 0x40), 3, true
		}
	}
	return 0, 0, false
}

func numEscape(s string, base, digits int) (rune, int, bool) {
	end := 2
	for end < len(s) && end < 2+digits {
		if _, err := strconv.ParseUint(s[end:end+1], base, 8); err != nil {
			break
		}
		end++
	}
	if end == 2 {
		return 0, 0, false
	}
	v, _ := strconv.ParseUint(s[2:end], base, 32)
	return rune(v & 0xff), end, true
}
