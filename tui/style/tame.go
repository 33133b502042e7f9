package style

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// isTame reports whether s has nothing that a terminal obeys.
func isTame(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return s[i] >= utf8.RuneSelf && !strings.ContainsFunc(s, isWild) && utf8.ValidString(s)
		}
	}
	return true
}

// isWild tells of controls, C1 ones too, and of what turns the direction of text.
func isWild(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
		return true
	}
	return false
}

// tame leaves out what a terminal obeys. The result is as wide as s.
func tame(s string) string {
	clean := strings.Map(func(r rune) rune {
		if isWild(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(ansi.Strip(s), "\ufffd"))
	return Fit(clean, Width(s))
}
