package text

// This file cleans one line of untrusted output. It is a single pass over the
// bytes: a lexer for terminal sequences (scan.go) names what stands at a
// position, and the cleaner either drops it, rewrites it or copies it. Every
// byte of the result was written by the cleaner, so that removing one thing
// can never put together another.

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// MaxCells is the longest line in cells that [Sanitise] returns; the rest of a
// longer line is only in the file it came from.
const MaxCells = 4096

const (
	maxMarks   = 8  // combining marks kept on one character
	maxPending = 16 // colour changes kept between two characters
	tabStop    = 8
	reset      = "\x1b[m"
)

// Sanitise cleans one line of a log for display. Of a line that was redrawn
// with carriage returns, what was drawn last is kept; tabs become spaces; of
// the terminal sequences only colours and text attributes remain, without
// blinking and concealing; control, bidirectional and zero-width characters go;
// bytes that are not UTF-8 become U+FFFD; at most [MaxCells] cells are kept and
// the line ends with its colours reset. A newline in line becomes a space.
// Sanitise(Sanitise(s)) = Sanitise(s).
func Sanitise(line string) string {
	if isPlainASCII(line) && len(line) <= MaxCells {
		return line
	}
	c := cleaner{colours: true, max: MaxCells}
	return c.clean(LastDrawn(line))
}

// PlainLine is [Sanitise] without colours and without a limit on the length:
// one line that holds no escape sequence.
func PlainLine(line string) string {
	if isPlainASCII(line) {
		return line
	}
	c := cleaner{max: -1}
	return c.clean(LastDrawn(line))
}

// Coloured is [PlainLine] that keeps colours as Sanitise does.
func Coloured(line string) string {
	if isPlainASCII(line) {
		return line
	}
	c := cleaner{colours: true, max: -1}
	return c.clean(LastDrawn(line))
}

// Plain cleans text of several lines for a file or a pipe: [PlainLine] on each
// line, with tabs and newlines kept.
func Plain(s string) string {
	if isPlainASCII(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for line := range strings.Lines(s) {
		body, newline := strings.CutSuffix(line, "\n")
		c := cleaner{max: -1, tabs: true}
		b.WriteString(c.clean(LastDrawn(body)))
		if newline {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// SanitiseName shows a name, path or value on one line with nothing hidden:
// control, bidirectional and zero-width characters and bytes that are not
// UTF-8 appear as escapes such as \n, \x1b and \u202e. A backslash stays as it
// is, so SanitiseName(SanitiseName(s)) = SanitiseName(s).
func SanitiseName(s string) string {
	if isPlainASCII(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n <= 1:
			writeHexByte(&b, s[i])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x20 || r == 0x7f:
			writeHexByte(&b, byte(r))
		case isHidden(r):
			writeHexRune(&b, r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

// LastDrawn returns the part of line that a terminal would show last: what
// follows the last carriage return that has visible text behind it.
func LastDrawn(line string) string {
	for {
		i := strings.LastIndexByte(line, '\r')
		if i < 0 {
			return line
		}
		tail := line[i+1:]
		c := cleaner{max: -1}
		if strings.TrimSpace(c.clean(tail)) != "" {
			return tail
		}
		line = line[:i]
	}
}

// A cleaner holds the state of cleaning one line.
type cleaner struct {
	colours bool // keep safe SGR sequences
	tabs    bool // keep tabs
	max     int  // cells kept; negative for all

	out     strings.Builder
	cells   int
	marks   int      // combining marks since the last base character
	pending []string // colour changes not yet written, oldest first
	off     bool     // the last of pending turns everything off
	active  bool     // a colour is on at the end of out
}

func (c *cleaner) clean(s string) string {
	for len(s) > 0 && c.cells != c.max {
		n := sequence(s)
		if n == 0 {
			n = c.char(s)
		} else if c.colours {
			c.colour(s[:n])
		}
		s = s[n:]
	}
	if c.active {
		c.out.WriteString(reset)
	}
	return c.out.String()
}

// char handles the character that s begins with and returns its length.
func (c *cleaner) char(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && n <= 1:
		if s[0] >= 0xa0 { // else a raw C1 control
			c.write("\ufffd", 1)
		}
	case r == '\t' && c.tabs:
		c.write("\t", 1)
	case r == '\t':
		k := tabStop - c.cells%tabStop
		if c.max >= 0 {
			k = min(k, c.max-c.cells)
		}
		c.write("        "[:k], k)
	case r == '\n':
		c.write(" ", 1)
	case r < 0x20 || isHidden(r):
	case unicode.In(r, unicode.Mn, unicode.Me):
		if c.marks++; c.marks <= maxMarks {
			c.out.WriteString(s[:n])
		}
	default:
		w := 1
		if r >= 0x300 {
			w = ansi.StringWidth(s[:n])
		}
		if c.max >= 0 && c.cells+w > c.max {
			c.cells = c.max
			return n
		}
		c.write(s[:n], w)
	}
	return n
}

func (c *cleaner) write(s string, cells int) {
	for _, p := range c.pending {
		c.out.WriteString(p)
		c.active = !c.off
	}
	c.pending = c.pending[:0]
	c.out.WriteString(s)
	c.cells += cells
	c.marks = 0
}

// colour notes the SGR sequence seq, if it is one and something safe is left
// of it; it is written with the next character.
func (c *cleaner) colour(seq string) {
	safe, off, ok := safeSGR(seq)
	if !ok {
		return
	}
	if safe == reset {
		c.pending = c.pending[:0]
	}
	if len(c.pending) == maxPending {
		c.pending = c.pending[1:]
	}
	c.pending = append(c.pending, safe)
	c.off = off
}

// isHidden tells whether r, 0x7f or above, is a control, steers the direction
// of text or takes no cell of its own without being a combining mark.
func isHidden(r rune) bool {
	if r < 0x7f {
		return false
	}
	if r < 0xa0 {
		return true
	}
	if r < 0x300 {
		return r == 0xad // soft hyphen
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// isPlainASCII tells whether s holds only printable ASCII and newlines are
// absent, so that no cleaning can change it.
func isPlainASCII(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

const hexDigits = "0123456789abcdef"

func writeHexByte(b *strings.Builder, c byte) {
	b.WriteString(`\x`)
	b.WriteByte(hexDigits[c>>4])
	b.WriteByte(hexDigits[c&15])
}

func writeHexRune(b *strings.Builder, r rune) {
	digits := 4
	b.WriteString(`\u`)
	if r > 0xffff {
		b.WriteByte('{')
		defer b.WriteByte('}')
		digits = 5
	}
	for i := digits - 1; i >= 0; i-- {
		b.WriteByte(hexDigits[r>>(4*i)&15])
	}
}
