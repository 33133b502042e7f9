package nixjson

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

type token uint8

const (
	tokNone token = iota
	tokTrue
	tokFalse
	tokNull
	tokString
	tokNumber
	tokBeginList
	tokBeginObject
	tokEndList
	tokEndObject
	tokColon
	tokComma
	tokError
	tokEOF
	tokValue // only in messages
)

// String names the token as error messages do.
func (t token) String() string {
	return [...]string{
		"<uninitialized>", "true literal", "false literal", "null literal", "string literal", "number literal",
		"'['", "'{'", "']'", "'}'", "':'", "','", "<parse error>", "end of input", "'[', '{', or a literal",
	}[t]
}

// eof is what get returns at the end of the text.
const eof = -1

// A lexer splits a JSON text into tokens, and counts lines and columns so that
// error messages tell the place of the last character read.
type lexer struct {
	src     string
	pos     int // of the next character
	read    int // characters read, the end of the text included
	line    int // newlines read
	column  int // characters read since the last newline
	begin   int // where the last string or number began; messages quote from there
	str     string
	integer bool // the current number has neither fraction nor exponent
	problem string
}

func (lx *lexer) get() int {
	lx.read++
	lx.column++
	lx.pos++
	if lx.pos > len(lx.src) {
		return eof
	}
	c := lx.src[lx.pos-1]
	if c == '\n' {
		lx.line++
		lx.column = 0
	}
	return int(c)
}

// unget puts back the last character, which was no newline that counts.
func (lx *lexer) unget() {
	lx.read--
	lx.pos--
	if lx.column > 0 {
		lx.column--
	} else if lx.line > 0 {
		lx.line--
	}
}

func (lx *lexer) skipBOM() {
	if strings.HasPrefix(lx.src, "\xef\xbb\xbf") {
		lx.pos, lx.read, lx.column = 3, 3, 3
	}
}

// text returns the characters that were read since begin.
func (lx *lexer) text() string { return lx.src[lx.begin:min(lx.pos, len(lx.src))] }

// printable returns text with control characters spelt out.
func (lx *lexer) printable() string {
	var b strings.Builder
	for _, c := range []byte(lx.text()) {
		if c < ' ' {
			fmt.Fprintf(&b, "<U+%04X>", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (lx *lexer) fail(problem string) token {
	lx.problem = problem
	return tokError
}

// next reads a token.
func (lx *lexer) next() token {
	c := lx.get()
	for c == ' ' || c == '\t' || c == '\n' || c == '\r' {
		c = lx.get()
	}
	switch c {
	case '[':
		return tokBeginList
	case ']':
		return tokEndList
	case '{':
		return tokBeginObject
	case '}':
		return tokEndObject
	case ':':
		return tokColon
	case ',':
		return tokComma
	case 't':
		return lx.literal("true", tokTrue)
	case 'f':
		return lx.literal("false", tokFalse)
	case 'n':
		return lx.literal("null", tokNull)
	case '"':
		return lx.string()
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return lx.number(c)
	case eof:
		return tokEOF
	}
	return lx.fail("invalid literal")
}

func (lx *lexer) literal(word string, t token) token {
	for i := 1; i < len(word); i++ {
		if lx.get() != int(word[i]) {
			return lx.fail("invalid literal")
		}
	}
	return t
}

func isDigit(c int) bool { return '0' <= c && c <= '9' }

// number reads a number whose first character is c.
func (lx *lexer) number(c int) token {
	lx.begin, lx.integer = lx.pos-1, true
	if c == '-' {
		if c = lx.get(); !isDigit(c) {
			return lx.fail("invalid number; expected digit after '-'")
		}
	}
	if c == '0' {
		c = lx.get()
	} else {
		c = lx.digits()
	}
	if c == '.' {
		lx.integer = false
		if !isDigit(lx.get()) {
			return lx.fail("invalid number; expected digit after '.'")
		}
		c = lx.digits()
	}
	if c == 'e' || c == 'E' {
		lx.integer = false
		c = lx.get()
		if c == '+' || c == '-' {
			if !isDigit(lx.get()) {
				return lx.fail("invalid number; expected digit after exponent sign")
			}
		} else if !isDigit(c) {
			return lx.fail("invalid number; expected '+', '-', or digit after exponent")
		}
		lx.digits()
	}
	lx.unget()
	return tokNumber
}

// digits skips digits and returns the character after them.
func (lx *lexer) digits() int {
	for {
		if c := lx.get(); !isDigit(c) {
			return c
		}
	}
}

// string reads a string after its opening quote.
func (lx *lexer) string() token {
	lx.begin = lx.pos - 1
	var b []byte
	for {
		c := lx.get()
		switch {
		case c == '"':
			lx.str = string(b)
			return tokString
		case c == eof:
			return lx.fail("invalid string: missing closing quote")
		case c == '\\':
			var ok bool
			if b, ok = lx.escape(b); !ok {
				return tokError
			}
		case c < ' ':
			return lx.fail(controlProblem(c))
		case c < 0x80:
			b = append(b, byte(c))
		default:
			start := lx.pos - 1
			if !lx.sequence(byte(c)) {
				return lx.fail("invalid string: ill-formed UTF-8 byte")
			}
			b = append(b, lx.src[start:lx.pos]...)
		}
	}
}

// controlProblem says that a control character must be escaped.
func controlProblem(c int) string {
	short := map[int]string{'\b': `\b`, '\t': `\t`, '\n': `\n`, '\f': `\f`, '\r': `\r`}[c]
	escape := fmt.Sprintf("\\u%04X", c)
	if short != "" {
		escape += " or " + short
	}
	names := strings.Fields("NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI " +
		"DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US")
	return fmt.Sprintf("invalid string: control character U+%04X (%s) must be escaped to %s", c, names[c], escape)
}

// sequence reads the bytes after the first one of a UTF-8 sequence.
func (lx *lexer) sequence(c byte) bool {
	n, lo, hi := leadByte(c)
	if n == 0 {
		return false
	}
	for range n - 1 {
		if c := lx.get(); c < int(lo) || c > int(hi) {
			return false
		}
		lo, hi = 0x80, 0xbf
	}
	return true
}

// escape appends the character of an escape sequence, after its backslash.
func (lx *lexer) escape(b []byte) (out []byte, ok bool) {
	switch c := lx.get(); c {
	case '"', '\\', '/':
		return append(b, byte(c)), true
	case 'b':
		return append(b, '\b'), true
	case 'f':
		return append(b, '\f'), true
	case 'n':
		return append(b, '\n'), true
	case 'r':
		return append(b, '\r'), true
	case 't':
		return append(b, '\t'), true
	case 'u':
		r, problem := lx.codepoint()
		if problem != "" {
			lx.problem = problem
			return b, false
		}
		return utf8.AppendRune(b, r), true
	}
	lx.problem = "invalid string: forbidden character after backslash"
	return b, false
}

// codepoint reads the digits after \u, and those of a second \u if the first
// is the upper half of a pair.
func (lx *lexer) codepoint() (r rune, problem string) {
	const (
		badDigits = `invalid string: '\u' must be followed by 4 hex digits`
		badHigh   = "invalid string: surrogate U+D800..U+DBFF must be followed by U+DC00..U+DFFF"
		badLow    = "invalid string: surrogate U+DC00..U+DFFF must follow U+D800..U+DBFF"
	)
	r, ok := lx.hex4()
	switch {
	case !ok:
		return 0, badDigits
	case 0xdc00 <= r && r <= 0xdfff:
		return 0, badLow
	case r < 0xd800 || r > 0xdbff:
		return r, ""
	}
	if lx.get() != '\\' || lx.get() != 'u' {
		return 0, badHigh
	}
	low, ok := lx.hex4()
	switch {
	case !ok:
		return 0, badDigits
	case low < 0xdc00 || low > 0xdfff:
		return 0, badHigh
	}
	return (r-0xd800)<<10 + (low - 0xdc00) + 0x10000, ""
}

// hex4 reads four hexadecimal digits.
func (lx *lexer) hex4() (r rune, ok bool) {
	for range 4 {
		c := lx.get()
		switch {
		case isDigit(c):
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 + rune(c)
	}
	return r, true
}
