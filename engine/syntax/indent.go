package syntax

import "strings"

// An indPart is a piece of ”…” as it is written.
type indPart struct {
	text string // with escapes; "" if x is there
	x    Expr
	at   Pos
}

// plain returns the text of a part if its spaces count as indentation.
func (part indPart) plain() (text string, ok bool) {
	return part.text, part.x == nil && hasIndentation(part.text)
}

// stripIndentation removes from every line the spaces that all lines begin
// with, and the last line if it holds nothing but spaces. Lines of spaces only do
// not count. Empty pieces are left out.
func (p *parser) stripIndentation(parts []indPart) []Part {
	d := dedenter{indent: commonIndent(parts), atLineStart: true}
	base := len(p.parts)
	for i, part := range parts {
		if part.x != nil {
			d.atLineStart, d.dropped = false, 0
			p.parts = append(p.parts, Part{part.x, part.at})
			continue
		}
		s := part.text
		if !hasIndentation(s) {
			s = indEscape(s)
		}
		s = d.dedent(s)
		if i == len(parts)-1 {
			s = dropLastLine(s)
		}
		if s != "" {
			p.parts = append(p.parts, Part{p.newStr(s, part.at), part.at})
		}
	}
	return p.popParts(base)
}

// commonIndent returns the number of spaces that every line begins with.
func commonIndent(parts []indPart) int {
	const unlimited = 1000000
	least, cur, atLineStart := unlimited, 0, true
	for _, part := range parts {
		text, ok := part.plain()
		if !ok {
			if atLineStart {
				atLineStart = false
				least = min(least, cur)
			}
			continue
		}
		for i := range len(text) {
			switch c := text[i]; {
			case c == '\n':
				atLineStart, cur = true, 0
			case !atLineStart:
			case c == ' ':
				cur++
			default:
				atLineStart = false
				least = min(least, cur)
			}
		}
	}
	return least
}

// A dedenter removes up to indent spaces from the start of each line of a text
// that comes in pieces. Line ends that are escapes begin a line too.
type dedenter struct {
	indent      int
	dropped     int // spaces removed from the current line
	atLineStart bool
}

func (d *dedenter) dedent(s string) string {
	if d.indent == 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if !d.atLineStart {
			n := strings.IndexByte(s[i:], '\n')
			if n < 0 {
				b.WriteString(s[i:])
				break
			}
			b.WriteString(s[i : i+n+1])
			i += n
			d.atLineStart = true
			continue
		}
		switch s[i] {
		case ' ':
			if d.dropped >= d.indent {
				b.WriteByte(' ')
			}
			d.dropped++
		case '\n':
			d.dropped = 0
			b.WriteByte('\n')
		default:
			d.atLineStart, d.dropped = false, 0
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// dropLastLine removes the spaces after the last line end of s, if there is
// nothing else there.
func dropLastLine(s string) string {
	i := strings.LastIndexByte(s, '\n')
	if i >= 0 && strings.Trim(s[i+1:], " ") == "" {
		return s[:i+1]
	}
	return s
}
