package applet

import (
	"strings"

	"nixbench/engine/shell/regex"
)

// body parses what follows a command's letter.
func (p *sedParser) body(cmd *sedCmd) error {
	s := p.sed
	index := len(s.commands)
	switch cmd.name {
	case '#':
		if cmd.a1 != nil {
			return p.errorf("comments don't accept any addresses")
		}
		p.toNewline()
		return nil
	case ':':
		return p.label(cmd, index)
	case '{':
		p.blocks = append(p.blocks, index)
		s.commands = append(s.commands, cmd)
		return nil
	case '}':
		if cmd.a1 != nil {
			return p.errorf("} doesn't want any addresses")
		}
		if len(p.blocks) == 0 {
			return p.errorf("unexpected `}'")
		}
		s.commands[p.blocks[len(p.blocks)-1]].target = index
		p.blocks = p.blocks[:len(p.blocks)-1]
		return p.end()
	}
	s.commands = append(s.commands, cmd)
	switch cmd.name {
	case '=', 'd', 'D', 'F', 'g', 'G', 'h', 'H', 'n', 'N', 'p', 'P', 'x', 'z':
		return p.end()
	case 'a', 'i', 'c':
		return p.text(cmd)
	case 'b', 't', 'T':
		p.skipSpace(" \t")
		cmd.label = p.word(";\n}")
		return p.end()
	case 'l', 'L':
		p.skipSpace(" \t")
		cmd.width = -1
		if n, ok := p.number(); ok {
			cmd.width = n
		}
		return p.end()
	case 'q', 'Q':
		if cmd.a2 != nil {
			return p.errorf("command only uses one address")
		}
		p.skipSpace(" \t")
		cmd.status, _ = p.number()
		return p.end()
	case 'r', 'R', 'w', 'W':
		return p.file(cmd)
	case 's':
		return p.substitute(cmd)
	case 'y':
		return p.transliterate(cmd)
	case 'v':
		p.word(";\n")
		return nil
	case 'e':
		return p.errorf("e is not supported")
	}
	return p.errorf("unknown command: `%c'", cmd.name)
}

func (p *sedParser) toNewline() string {
	start := p.pos
	for p.more() && p.src[p.pos] != '\n' {
		p.pos++
	}
	return p.src[start:p.pos]
}

// word reads up to one of the characters or a blank.
func (p *sedParser) word(stops string) string {
	start := p.pos
	for p.more() && strings.IndexByte(stops+" \t", p.src[p.pos]) < 0 {
		p.pos++
	}
	return p.src[start:p.pos]
}

func (p *sedParser) label(cmd *sedCmd, index int) error {
	if cmd.a1 != nil {
		return p.errorf(": doesn't want any addresses")
	}
	p.skipSpace(" \t")
	name := strings.TrimRight(p.word(";\n"), " \t")
	if name == "" {
		return p.errorf("\":\" lacks a label")
	}
	p.labels[name] = index
	return nil
}

// end checks that a command ends here.
func (p *sedParser) end() error {
	p.skipSpace(" \t")
	if !p.more() {
		return nil
	}
	switch p.src[p.pos] {
	case ';', '\n':
		p.pos++
	case '}', '#':
	default:
		p.pos++
		return p.errorf("extra characters after command")
	}
	return nil
}

// text parses the text of a, i and c: on the same line, or after \ on lines
// that a backslash continues.
func (p *sedParser) text(cmd *sedCmd) error {
	p.skipSpace(" \t")
	if !p.more() {
		return p.errorf("expected \\ after `a', `c' or `i'")
	}
	if p.src[p.pos] == '\\' {
		p.pos++
		mark := p.pos
		p.skipSpace(" \t")
		if p.more() && p.src[p.pos] == '\n' {
			p.pos++
		} else {
			p.pos = mark // a\text: the blanks before it count
		}
		if !p.more() {
			return nil // a\ and nothing more
		}
	}
	var b strings.Builder
	for p.more() && p.src[p.pos] != '\n' {
		if p.src[p.pos] == '\\' && p.pos+1 < len(p.src) {
			p.pos++
			if n := escapeInText(&b, p.src[p.pos-1:]); n > 0 {
				p.pos += n - 1
				continue
			}
		} else if p.src[p.pos] == '\\' {
			p.pos++
			break
		}
		b.WriteByte(p.src[p.pos])
		p.pos++
	}
	if p.more() {
		p.pos++
	}
	cmd.text = []byte(b.String() + "\n")
	return nil
}

// escapeInText writes the character that an escape at the start of s means
// and returns its length, or 0 if the backslash only protects what follows.
func escapeInText(b *strings.Builder, s string) int {
	switch s[1] {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'f':
		b.WriteByte('\f')
	case 'v':
		b.WriteByte('\v')
	case 'a':
		b.WriteByte('\a')
	case 'r':
		b.WriteByte('\r')
	case 'x', 'o', 'd':
		base, limit := 16, 2
		if s[1] == 'o' {
			base, limit = 8, 3
		} else if s[1] == 'd' {
			base, limit = 10, 3
		}
		v, n := digitsValue(s[2:], base, limit)
		if n == 0 {
			return 0
		}
		b.WriteByte(byte(v))
		return 2 + n
	default:
		return 0
	}
	return 2
}

func (p *sedParser) file(cmd *sedCmd) error {
	p.skipSpace(" \t")
	name := p.toNewline()
	if name == "" {
		return p.errorf("missing filename in r/R/w/W commands")
	}
	cmd.label = name
	if cmd.name == 'w' || cmd.name == 'W' {
		out, err := p.sed.output(name)
		if err != nil {
			return err
		}
		cmd.out = out
	}
	return nil
}

// A sedSubst is the s command.
type sedSubst struct {
	regex  *sedRegex
	parts  []sedPart
	global bool
	print  bool
	nth    int
	out    *sedOutput
}

// A sedPart is a piece of a replacement: text, a group, or a change of case.
type sedPart struct {
	text     []byte
	group    int  // -1: none
	caseFlag byte // L U l u E, or 0
}

func (p *sedParser) substitute(cmd *sedCmd) error {
	if !p.more() || p.src[p.pos] == '\n' || p.src[p.pos] == '\\' {
		return p.errorf("unterminated `s' command")
	}
	delim := p.src[p.pos]
	p.pos++
	expr, ok := p.delimited(delim, true)
	if !ok {
		p.pos = len(p.src)
		return p.errorf("unterminated `s' command")
	}
	text, ok := p.delimited(delim, false)
	if !ok {
		p.pos = len(p.src)
		return p.errorf("unterminated `s' command")
	}
	sub := &sedSubst{parts: replacement(text)}
	cmd.subst = sub
	flags, err := p.substFlags(sub)
	if err != nil {
		return err
	}
	if sub.regex, err = p.regex(expr, flags); err != nil {
		return err
	}
	for _, part := range sub.parts {
		if sub.regex.re != nil && part.group > sub.regex.re.Groups() {
			return p.errorf("invalid reference \\%d on `s' command's RHS", part.group)
		}
	}
	return nil
}

func (p *sedParser) substFlags(sub *sedSubst) (flags regex.Flags, err error) {
	for p.more() {
		ch := p.src[p.pos]
		switch {
		case ch == 'g':
			sub.global = true
		case ch == 'p':
			sub.print = true
		case ch == 'i' || ch == 'I':
			flags |= regex.IgnoreCase
		case ch == 'm' || ch == 'M':
			flags |= regex.Multiline
		case ch == 'e':
			return 0, p.errorf("the e flag is not supported")
		case isDigit(ch):
			n, _ := p.number()
			if n == 0 {
				return 0, p.errorf("number option to `s' command may not be zero")
			}
			sub.nth = n
			continue
		case ch == 'w':
			p.pos++
			p.skipSpace(" \t")
			sub.out, err = p.sed.output(p.toNewline())
			return flags, err
		case ch == '}' || ch == '#':
			return flags, nil
		case ch == ';' || ch == '\n':
			p.pos++
			return flags, nil
		case ch == ' ' || ch == '\t' || ch == '\r':
		default:
			p.pos++
			return 0, p.errorf("unknown option to `s'")
		}
		p.pos++
	}
	return flags, nil
}

// replacement takes the right side of s apart.
func replacement(s string) []sedPart {
	var parts []sedPart
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			parts = append(parts, sedPart{text: []byte(b.String()), group: -1})
			b.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		switch ch := s[i]; {
		case ch == '&':
			flush()
			parts = append(parts, sedPart{group: 0})
		case ch == '\\' && i+1 < len(s):
			i++
			next := s[i]
			switch {
			case isDigit(next):
				flush()
				parts = append(parts, sedPart{group: int(next - '0')})
			case strings.IndexByte("LUluE", next) >= 0:
				flush()
				parts = append(parts, sedPart{group: -1, caseFlag: next})
			case next == 'n':
				b.WriteByte('\n')
			case next == 'c' && i+1 < len(s):
				i++
				b.WriteByte(upper(s[i]) ^ 0x40)
			default:
				if n := escapeInText(&b, s[i-1:]); n > 0 {
					i += n - 2
				} else {
					b.WriteByte(next)
				}
			}
		default:
			b.WriteByte(ch)
		}
	}
	flush()
	return parts
}

func (p *sedParser) transliterate(cmd *sedCmd) error {
	if !p.more() {
		return p.errorf("unterminated `y' command")
	}
	delim := p.src[p.pos]
	p.pos++
	from, ok1 := p.delimited(delim, false)
	to, ok2 := p.delimited(delim, false)
	if !ok1 || !ok2 {
		return p.errorf("unterminated `y' command")
	}
	a, b := unescapeY(from), unescapeY(to)
	if len(a) != len(b) {
		return p.errorf("strings for `y' command are different lengths")
	}
	for i := range cmd.trans {
		cmd.trans[i] = byte(i)
	}
	for i := range a {
		cmd.trans[a[i]] = b[i]
	}
	return p.end()
}

func unescapeY(s string) []byte {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
			switch s[i] {
			case '\\':
				b.WriteByte('\\')
			case 'n':
				b.WriteByte('\n')
			default:
				if n := escapeInText(&b, s[i-1:]); n > 0 {
					i += n - 2
				} else {
					b.WriteString(s[i-1 : i+1])
				}
			}
			continue
		}
		b.WriteByte(s[i])
	}
	return []byte(b.String())
}
