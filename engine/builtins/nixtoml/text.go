package nixtoml

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// literalString reads '…'.
func (p *parser) literalString() string {
	p.expect("'")
	begin := p.pos
	for p.peek() != '\'' || p.atEnd() {
		p.textChar("string")
	}
	p.pos++
	return p.src[begin : p.pos-1]
}

// textChar skips a character of a string that ends on its line.
func (p *parser) textChar(what string) {
	c := p.peek()
	switch {
	case p.atEnd() || c == '\n':
		p.fail("unterminated %s", what)
	case isControl(c):
		p.fail("control character %#x in a %s", c, what)
	}
	p.pos++
}

// basicString reads "…".
func (p *parser) basicString() string {
	p.expect(`"`)
	var b strings.Builder
	for {
		switch begin := p.pos; {
		case p.accept(`"`):
			return b.String()
		case p.accept(`\`):
			p.escape(&b)
		default:
			p.textChar("string")
			b.WriteString(p.src[begin:p.pos])
		}
	}
}

// multiString reads a string in three quotes, after the opening ones.
// Only one in double quotes has escapes.
func (p *parser) multiString(quote byte) string {
	var b strings.Builder
	p.newline()
	for {
		begin, c := p.pos, p.peek()
		switch {
		case p.atEnd():
			p.fail("unterminated multi-line string")
		case c == quote:
			n := 0
			for n < 5 && p.peek() == quote {
				n++
				p.pos++
			}
			if n >= 3 { // up to two quotes may stand before the closing ones
				b.WriteString(strings.Repeat(string(quote), n-3))
				return b.String()
			}
			b.WriteString(strings.Repeat(string(quote), n))
		case c == '\\' && quote == '"':
			p.pos++
			if !p.lineEscape() {
				p.escape(&b)
			}
		case p.newline(): // kept as it is written
			b.WriteString(p.src[begin:p.pos])
		case isControl(c):
			p.fail("control character %#x in a string", c)
		default:
			b.WriteByte(c)
			p.pos++
		}
	}
}

// lineEscape skips what a backslash at the end of a line removes:
// all white space up to the next other character.
func (p *parser) lineEscape() bool {
	begin := p.pos
	p.space()
	if !p.newline() {
		p.pos = begin
		return false
	}
	for {
		p.space()
		if !p.newline() {
			return true
		}
	}
}

// escape reads what follows a backslash.
func (p *parser) escape(b *strings.Builder) {
	c := p.peek()
	p.pos++
	switch c {
	case 'b':
		b.WriteByte('\b')
	case 't':
		b.WriteByte('\t')
	case 'n':
		b.WriteByte('\n')
	case 'f':
		b.WriteByte('\f')
	case 'r':
		b.WriteByte('\r')
	case '"', '\\':
		b.WriteByte(c)
	case 'u':
		p.codepoint(b, 4)
	case 'U':
		p.codepoint(b, 8)
	default:
		p.pos--
		p.fail("got %s after a backslash, want an escape sequence", p.here())
	}
}

// codepoint reads n hexadecimal digits.
func (p *parser) codepoint(b *strings.Builder, n int) {
	begin := p.pos
	for range n {
		if p.atEnd() || !isHex(p.peek()) {
			p.fail("got %s, want a hexadecimal digit", p.here())
		}
		p.pos++
	}
	v, err := strconv.ParseUint(p.src[begin:p.pos], 16, 32)
	if err != nil || v > utf8.MaxRune || !utf8.ValidRune(rune(v)) {
		p.pos = begin
		p.fail("invalid code point U+%X", v)
	}
	b.WriteRune(rune(v))
}
