package eval

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// PlainText returns a message as Nix writes it where standard error is no terminal:
// without escape sequences, carriage returns and bells, and with spaces for tabs, to the
// next column that 8 divides; newlines do not begin a new count. All other bytes stay as
// they are, so a terminal must not see them.
// Behaviour: filterANSIEscapes in Nix's terminal.cc.
func PlainText(s string) string {
	if !strings.ContainsAny(s, "\x1b\t\r\a") {
		return s
	}
	var b strings.Builder
	column := 0
	for len(s) > 0 {
		switch s[0] {
		case '\x1b':
			s = s[escapeLen(s):]
			continue
		case '\t':
			n := 8 - column%8
			b.WriteString("        "[:n])
			column += n
		case '\r', '\a':
		default:
			r, n := utf8.DecodeRuneInString(s)
			column += columns(r)
			b.WriteString(s[:n])
			s = s[n:]
			continue
		}
		s = s[1:]
	}
	return b.String()
}

// escapeLen returns the length of the escape sequence that a text begins with.
func escapeLen(s string) int {
	n := 1
	eat := func(from, to byte) bool {
		if n < len(s) && s[n] >= from && s[n] <= to {
			n++
			return true
		}
		return false
	}
	switch {
	case eat('[', '['):
		for eat(0x30, 0x3f) {
		}
		for eat(0x20, 0x2f) {
		}
		eat(0x40, 0x7e)
	case eat(']', ']'): // to ESC \ or BEL
		end := strings.IndexAny(s[n:], "\x1b\a")
		if end < 0 {
			return len(s)
		}
		n += end + 1
		if s[n-1] == '\x1b' {
			eat('\\', '\\')
		}
	default:
		eat(0x40, 0x5f)
	}
	return n
}

// wide are the characters that take two columns, nearly all of them.
var wide = []*unicode.RangeTable{unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana, unicode.Yi}

// columns returns how many columns of a terminal a character takes.
func columns(r rune) int {
	switch {
	case r < 0x20, r == 0x7f, unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1100 && unicode.In(r, wide...),
		r >= 0x3000 && r <= 0x303e, r >= 0xff01 && r <= 0xff60, r >= 0x1f300 && r <= 0x1f64f, r >= 0x1f900 && r <= 0x1f9ff:
		return 2
	}
	return 1
}
