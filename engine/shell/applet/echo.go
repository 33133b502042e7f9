package applet

import (
	"context"
	"strings"
)

// echoMain is echo as bash has it: -n, -e and -E in any combination.
func echoMain(_ context.Context, c *Call) int {
	args := c.Args[1:]
	newline, escapes := true, false
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' && strings.Trim(args[0][1:], "neE") == "" {
		for _, ch := range args[0][1:] {
			switch ch {
			case 'n':
				newline = false
			case 'e':
				escapes = true
			case 'E':
				escapes = false
			}
		}
		args = args[1:]
	}
	for i, arg := range args {
		if i > 0 {
			c.out.WriteByte(' ')
		}
		if !escapes {
			c.out.WriteString(arg)
			continue
		}
		text, stop := unescape(arg, escapeEcho)
		c.out.WriteString(text)
		if stop {
			return exitOK
		}
	}
	if newline {
		c.out.WriteByte('\n')
	}
	return exitOK
}

// The dialects of backslash escapes: they differ in how octal is written.
const (
	escapeEcho   = iota // \0nnn
	escapeFormat        // \nnn
	escapeB             // both, as in printf's %b
)

// unescape replaces backslash escapes; stop says that \c was met, which ends
// all output.
func unescape(s string, dialect int) (text string, stop bool) {
	if strings.IndexByte(s, '\\') < 0 {
		return s, false
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		if s[i+1] == 'c' && dialect != escapeFormat {
			return b.String(), true
		}
		n := oneEscape(&b, s[i:], dialect)
		i += n
	}
	return b.String(), false
}

// oneEscape writes what the escape at the start of s means and returns its
// length. An unknown one stands for itself.
func oneEscape(b *strings.Builder, s string, dialect int) int {
	switch ch := s[1]; {
	case strings.IndexByte("abfnrtv", ch) >= 0:
		b.WriteByte(simpleEscape(ch))
		return 2
	case ch == '\\':
		b.WriteByte('\\')
		return 2
	case ch == 'e' || ch == 'E':
		b.WriteByte(0x1b)
		return 2
	case ch == '"' && dialect == escapeFormat, ch == '\'' && dialect != escapeEcho:
		b.WriteByte(ch)
		return 2
	case ch == 'x':
		if v, n := digitsValue(s[2:], 16, 2); n > 0 {
			b.WriteByte(byte(v))
			return 2 + n
		}
	case ch == 'u' || ch == 'U':
		if v, n := digitsValue(s[2:], 16, map[byte]int{'u': 4, 'U': 8}[ch]); n > 0 {
			b.WriteRune(rune(v))
			return 2 + n
		}
	case ch == '0' && dialect != escapeFormat:
		v, n := digitsValue(s[2:], 8, 3)
		b.WriteByte(byte(v))
		return 2 + n
	case '0' <= ch && ch <= '7' && dialect != escapeEcho:
		v, n := digitsValue(s[1:], 8, 3)
		b.WriteByte(byte(v))
		return 1 + n
	}
	b.WriteByte('\\')
	return 1
}

// digitsValue reads up to limit digits and returns their value and number.
func digitsValue(s string, base, limit int) (value, n int) {
	for n < len(s) && n < limit {
		d := strings.IndexByte("0123456789abcdef", lower(s[n]))
		if d < 0 || d >= base {
			break
		}
		value = value*base + d
		n++
	}
	return value, n
}
