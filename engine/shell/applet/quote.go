package applet

import (
	"fmt"
	"strings"
)

// quote writes a file name as the GNU tools write it in messages: in single
// quotes, and if it holds odd characters, so that a shell reads it back.
func quote(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == '\'' || r < ' ' || r == 127 }) {
		return "'" + s + "'"
	}
	if !strings.ContainsAny(s, "\"$`\\!\n\t\r\a\b\f\v\x1b") {
		return `"` + s + `"`
	}
	return shellQuote(s)
}

// shown is quote where the GNU tools quote only if there is a need to
// (`head: x: No such file` but `head: 'a b': …`).
func shown(s string) string {
	if s != "" && !strings.ContainsFunc(s, needsQuote) && s[0] != '~' && s[0] != '#' {
		return s
	}
	return quote(s)
}

func needsQuote(r rune) bool {
	return r <= ' ' || r == 127 || strings.ContainsRune("!\"$&'()*;<=>?[\\^`|:", r)
}

// shellQuote quotes s in pieces of '…' and $'…'.
func shellQuote(s string) string {
	var b strings.Builder
	inDollar := false
	b.WriteByte('\'')
	for i := 0; i < len(s); i++ {
		ch := s[i]
		switch {
		case ch == '\'':
			if inDollar {
				b.WriteString("''")
				inDollar = false
			}
			b.WriteString(`'\''`)
		case ch < ' ' || ch == 127:
			if !inDollar {
				b.WriteString("'$'")
				inDollar = true
			}
			b.WriteString(cEscape(ch))
		default:
			if inDollar {
				b.WriteString("''")
				inDollar = false
			}
			b.WriteByte(ch)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

func cEscape(ch byte) string {
	if i := strings.IndexByte("\a\b\t\n\v\f\r", ch); i >= 0 {
		return `\` + string("abtnvfr"[i])
	}
	return fmt.Sprintf(`\%03o`, ch)
}
