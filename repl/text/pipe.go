package text

import (
	"strings"
	"unicode/utf8"
)

// ForPipe returns a message as Nix writes it where standard error is no terminal:
// without escape sequences, bells and carriage returns, and with spaces for tabs,
// whose columns are counted from the message's beginning. All other bytes stay as
// they are, so a terminal must not see them.
// Behaviour: filterANSIEscapes in Nix's terminal.cc.
func ForPipe(msg string) string {
	if !strings.ContainsAny(msg, "\x1b\t\r\a") {
		return msg
	}
	var b strings.Builder
	column := 0
	for i := 0; i < len(msg); {
		switch c := msg[i]; {
		case c == '\x1b':
			i += escapeLen(msg[i:])
		case c == '\t':
			n := tabStop - column%tabStop
			b.WriteString(strings.Repeat(" ", n))
			column += n
			i++
		case c == '\r' || c == '\a':
			i++
		default:
			_, n := utf8.DecodeRuneInString(msg[i:])
			if c >= ' ' {
				column += Width(msg[i : i+n])
			}
			b.WriteString(msg[i : i+n])
			i += n
		}
	}
	return b.String()
}

// escapeLen returns the length of the escape sequence that s begins with.
func escapeLen(s string) int {
	n := 1
	span := func(low, high byte) {
		for n < len(s) && low <= s[n] && s[n] <= high {
			n++
		}
	}
	switch {
	case len(s) < 2:
	case s[1] == '[':
		n = 2
		span(0x30, 0x3f)
		span(0x20, 0x2f)
		if n < len(s) && 0x40 <= s[n] && s[n] <= 0x7e {
			n++
		}
	case s[1] == ']':
		for n = 2; n < len(s) && s[n] != '\x1b' && s[n] != '\a'; n++ {
		}
		if n < len(s) {
			if n++; s[n-1] == '\x1b' && n < len(s) && s[n] == '\\' {
				n++
			}
		}
	case 0x40 <= s[1] && s[1] <= 0x5f:
		n = 2
	}
	return n
}
