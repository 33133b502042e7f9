package applet

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"nixbench/engine/shell/regex"
)

// A sedCmd is one command of a script.
type sedCmd struct {
	a1, a2  *sedAddr
	negated bool
	name    byte

	text   []byte     // a i c
	label  string     // b t T, and file of r R
	target int        // b t T and {: index of the command to go to
	status int        // q Q
	width  int        // l
	out    *sedOutput // w W
	subst  *sedSubst
	trans  [256]byte // y

	active   bool // between a1 and a2
	rangeEnd int  // line at which the range ends, if it is by number
}

// A sedAddr is an address.
type sedAddr struct {
	kind  byte // n number, $ last, r regex, ~ step, + and * relative, 0
	n     int
	step  int
	regex *sedRegex
}

// A sedRegex is an expression, or the empty one, which stands for the last
// that was used.
type sedRegex struct{ re *regex.Regexp }

// A sedParser parses scripts. Its position is in one of several expressions,
// which are one script joined by newlines.
type sedParser struct {
	sed    *sed
	src    string
	pos    int
	starts []sedSource
	labels map[string]int
	blocks []int
}

// A sedSource is a part of the script, for messages.
type sedSource struct {
	start int
	file  string // "" for -e
	n     int    // of the -e expression
}

func (p *sedParser) add(expr string) {
	n := 1
	for _, s := range p.starts {
		if s.file == "" {
			n++
		}
	}
	if p.src != "" || len(p.starts) > 0 {
		p.src += "\n"
	}
	p.starts = append(p.starts, sedSource{start: len(p.src), n: n})
	p.src += expr
}

func (p *sedParser) addFile(name string) error {
	r, err := p.sed.c.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	text := strings.TrimSuffix(string(data), "\n")
	if len(p.starts) == 0 && strings.HasPrefix(text, "#n\n") || text == "#n" {
		p.sed.quiet = true
	}
	if p.src != "" || len(p.starts) > 0 {
		p.src += "\n"
	}
	p.starts = append(p.starts, sedSource{start: len(p.src), file: name})
	p.src += text
	return nil
}

// errorf says what is wrong at the current position.
func (p *sedParser) errorf(format string, args ...any) error {
	src := sedSource{n: 1}
	for _, s := range p.starts {
		if s.start <= p.pos {
			src = s
		}
	}
	text := fmt.Sprintf(format, args...)
	if src.file != "" {
		line := 1 + strings.Count(p.src[src.start:min(p.pos, len(p.src))], "\n")
		return fmt.Errorf("file %s line %d: %s", src.file, line, text)
	}
	return fmt.Errorf("-e expression #%d, char %d: %s", src.n, p.pos-src.start, text)
}

func (p *sedParser) more() bool { return p.pos < len(p.src) }

func (p *sedParser) skipSpace(set string) {
	for p.more() && strings.IndexByte(set, p.src[p.pos]) >= 0 {
		p.pos++
	}
}

func (p *sedParser) parse() error {
	p.labels = make(map[string]int)
	if strings.HasPrefix(p.src, "#n\n") && len(p.starts) > 0 && p.starts[0].file == "" {
		p.sed.quiet = true
	}
	for {
		p.skipSpace(" \t\n;")
		if !p.more() {
			break
		}
		if err := p.command(); err != nil {
			return err
		}
	}
	if len(p.blocks) > 0 {
		p.pos = p.starts[0].start
		return p.errorf("unmatched `{'")
	}
	for _, cmd := range p.sed.commands {
		if cmd.name != 'b' && cmd.name != 't' && cmd.name != 'T' {
			continue
		}
		cmd.target = len(p.sed.commands)
		if cmd.label != "" {
			target, ok := p.labels[cmd.label]
			if !ok {
				return fmt.Errorf("can't find label for jump to `%s'", cmd.label)
			}
			cmd.target = target
		}
	}
	return nil
}

func (p *sedParser) command() error {
	cmd := &sedCmd{}
	if err := p.addresses(cmd); err != nil {
		return err
	}
	p.skipSpace(" \t")
	for p.more() && p.src[p.pos] == '!' {
		cmd.negated = true
		p.pos++
		p.skipSpace(" \t")
	}
	if !p.more() || p.src[p.pos] == '\n' || p.src[p.pos] == ';' {
		return p.errorf("missing command")
	}
	cmd.name = p.src[p.pos]
	p.pos++
	return p.body(cmd)
}

func (p *sedParser) addresses(cmd *sedCmd) (err error) {
	if cmd.a1, err = p.address(); err != nil || cmd.a1 == nil {
		return err
	}
	p.skipSpace(" \t")
	if !p.more() || p.src[p.pos] != ',' {
		if cmd.a1.kind == '0' {
			p.pos++
			return p.errorf("invalid usage of line address 0")
		}
		return nil
	}
	p.pos++
	p.skipSpace(" \t")
	if cmd.a2, err = p.address(); err != nil {
		return err
	}
	if cmd.a2 == nil {
		p.pos++
		return p.errorf("unexpected `,'")
	}
	if cmd.a1.kind == '0' && cmd.a2.kind != 'r' {
		p.pos++
		return p.errorf("invalid usage of line address 0")
	}
	if cmd.a1.kind == '0' {
		cmd.active = true
	}
	return nil
}

func (p *sedParser) number() (int, bool) {
	start := p.pos
	for p.more() && isDigit(p.src[p.pos]) {
		p.pos++
	}
	n, err := strconv.Atoi(p.src[start:p.pos])
	return n, err == nil
}

// address parses one address; nil means that there is none.
func (p *sedParser) address() (*sedAddr, error) {
	if !p.more() {
		return nil, nil
	}
	switch ch := p.src[p.pos]; {
	case isDigit(ch):
		n, _ := p.number()
		a := &sedAddr{kind: 'n', n: n}
		if p.more() && p.src[p.pos] == '~' {
			p.pos++
			a.kind = '~'
			a.step, _ = p.number()
		} else if n == 0 {
			a.kind = '0'
		}
		return a, nil
	case ch == '$':
		p.pos++
		return &sedAddr{kind: '$'}, nil
	case ch == '+' || ch == '~':
		p.pos++
		n, ok := p.number()
		if !ok {
			return nil, p.errorf("expected number")
		}
		return &sedAddr{kind: map[byte]byte{'+': '+', '~': '*'}[ch], n: n}, nil
	case ch == '/' || ch == '\\':
		p.pos++
		if ch == '\\' {
			if !p.more() {
				return nil, p.errorf("unexpected `,'")
			}
			ch = p.src[p.pos]
			p.pos++
		}
		return p.regexAddress(ch)
	}
	return nil, nil
}

func (p *sedParser) regexAddress(delim byte) (*sedAddr, error) {
	expr, ok := p.delimited(delim, true)
	if !ok {
		return nil, p.errorf("unterminated address regex")
	}
	var flags regex.Flags
	for p.more() && (p.src[p.pos] == 'I' || p.src[p.pos] == 'M') {
		flags |= map[byte]regex.Flags{'I': regex.IgnoreCase, 'M': regex.Multiline}[p.src[p.pos]]
		p.pos++
	}
	re, err := p.regex(expr, flags)
	if err != nil {
		return nil, err
	}
	return &sedAddr{kind: 'r', regex: re}, nil
}

func (p *sedParser) regex(expr string, flags regex.Flags) (*sedRegex, error) {
	if expr == "" {
		return &sedRegex{}, nil
	}
	if p.sed.extended {
		flags |= regex.Extended
	}
	re, err := regex.Compile(expr, flags|regex.Escapes)
	if err != nil {
		return nil, p.errorf("%v", err)
	}
	return &sedRegex{re}, nil
}

// delimited reads up to an unescaped delimiter. In an expression a bracket
// expression may hold the delimiter, and \ before it makes it literal.
func (p *sedParser) delimited(delim byte, isRegex bool) (string, bool) {
	var b strings.Builder
	for p.more() {
		ch := p.src[p.pos]
		switch {
		case ch == delim:
			p.pos++
			return b.String(), true
		case ch == '\\' && p.pos+1 < len(p.src):
			next := p.src[p.pos+1]
			p.pos += 2
			switch {
			case next == delim:
				if delim == '&' && !isRegex {
					b.WriteByte('\\')
				}
				b.WriteByte(delim)
			case next == 'n' && isRegex:
				b.WriteString(`\n`)
			default:
				b.WriteByte('\\')
				b.WriteByte(next)
			}
			continue
		case ch == '\n' && isRegex:
			return "", false
		case ch == '[' && isRegex:
			n := bracketLength(p.src[p.pos:])
			if n == 0 {
				return "", false
			}
			b.WriteString(p.src[p.pos : p.pos+n])
			p.pos += n
			continue
		}
		b.WriteByte(ch)
		p.pos++
	}
	return "", false
}

// bracketLength returns the length of the bracket expression at the start of
// s, 0 if it does not end on its line.
func bracketLength(s string) int {
	i := 1
	if i < len(s) && s[i] == '^' {
		i++
	}
	if i < len(s) && s[i] == ']' {
		i++
	}
	for i < len(s) && s[i] != '\n' {
		if s[i] == '[' && i+1 < len(s) && strings.IndexByte(":.=", s[i+1]) >= 0 {
			if end := strings.Index(s[i+2:], s[i+1:i+2]+"]"); end >= 0 {
				i += end + 4
				continue
			}
		}
		if s[i] == ']' {
			return i + 1
		}
		i++
	}
	return 0
}
