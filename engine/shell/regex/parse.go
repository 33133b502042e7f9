package regex

import (
	"unicode/utf8"
)

// Flags select the syntax and the meaning of an expression.
type Flags uint8

// The flags of [Compile].
const (
	Extended   Flags = 1 << iota // ERE instead of BRE
	IgnoreCase                   // letters match in either case
	Multiline                    // ^ and $ also match at newlines
	Escapes                      // \n \t \xHH … name characters, as in sed
	Literal                      // the whole expression is one literal string
	Grep                         // an unmatched ) is literal, [:class:] alone an error
)

const (
	maxRepeat = 32767 // RE_DUP_MAX of GNU
	maxDepth  = 500
)

type op uint8

const (
	opEmpty     op = iota
	opChar         // r
	opAny          // any character
	opSet          // set
	opConcat       // subs
	opAlt          // subs
	opRepeat       // subs[0], min, max (-1: no limit)
	opGroup        // subs[0], index
	opBackref      // index
	opBol          // ^
	opEol          // $
	opBufStart     // \`
	opBufEnd       // \'
	opWordEdge     // \b
	opNotEdge      // \B
	opWordStart    // \<
	opWordEnd      // \>
)

type node struct {
	op       op
	r        rune
	set      *charSet
	subs     []*node
	min, max int
	index    int
}

type parser struct {
	src    string
	pos    int
	flags  Flags
	groups int   // opened so far
	closed []int // indexes of closed groups
	depth  int   // of open groups
	brefs  bool
}

func (p *parser) ere() bool { return p.flags&Extended != 0 }

func (p *parser) more() bool { return p.pos < len(p.src) }

func (p *parser) lookingAt(s string) bool {
	return len(p.src)-p.pos >= len(s) && p.src[p.pos:p.pos+len(s)] == s
}

// atAlt and atClose report whether an operator of the syntax in use is next.
func (p *parser) atAlt() bool {
	if p.ere() {
		return p.lookingAt("|")
	}
	return p.lookingAt(`\|`)
}

func (p *parser) atClose() bool {
	if p.ere() {
		return p.lookingAt(")") && p.depth > 0
	}
	return p.lookingAt(`\)`)
}

func (p *parser) parse() (*node, error) {
	if p.flags&Literal != 0 {
		return literalNode(p.src), nil
	}
	n, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if p.more() {
		return nil, errCloseOnly
	}
	return n, nil
}

func literalNode(s string) *node {
	n := &node{op: opConcat}
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		n.subs = append(n.subs, &node{op: opChar, r: r})
		i += size
	}
	return n
}

func (p *parser) alternatives() (*node, error) {
	var alts []*node
	for {
		n, err := p.concat()
		if err != nil {
			return nil, err
		}
		alts = append(alts, n)
		if !p.atAlt() {
			break
		}
		p.pos++
		if !p.ere() {
			p.pos++
		}
	}
	if len(alts) == 1 {
		return alts[0], nil
	}
	return &node{op: opAlt, subs: alts}, nil
}

func (p *parser) concat() (*node, error) {
	n := &node{op: opConcat}
	for p.more() && !p.atAlt() && !p.atClose() {
		first := len(n.subs) == 0
		if p.ere() && first && p.leadingRepeat() {
			continue
		}
		atom, err := p.atom(first)
		if err != nil {
			return nil, err
		}
		if atom, err = p.repeats(atom); err != nil {
			return nil, err
		}
		n.subs = append(n.subs, atom)
	}
	if len(n.subs) == 1 {
		return n.subs[0], nil
	}
	return n, nil
}

// leadingRepeat skips a repetition operator with nothing to repeat,
// which GNU ignores in extended expressions.
func (p *parser) leadingRepeat() bool {
	if c := p.src[p.pos]; c == '*' || c == '+' || c == '?' {
		p.pos++
		return true
	}
	return false
}

// atom parses one atom; first says that none precedes it in its branch.
func (p *parser) atom(first bool) (*node, error) {
	c := p.src[p.pos]
	switch {
	case c == '\\':
		return p.escape()
	case c == '[':
		return p.bracket()
	case c == '.':
		p.pos++
		return &node{op: opAny}, nil
	case c == '^' && (p.ere() || first):
		p.pos++
		return &node{op: opBol}, nil
	case c == '$' && (p.ere() || p.endsHere(p.pos+1)):
		p.pos++
		return &node{op: opEol}, nil
	case p.ere() && c == '(':
		p.pos++
		return p.group()
	case p.ere() && c == ')' && p.depth == 0 && p.flags&Grep == 0:
		return nil, errCloseOnly
	}
	r, size := utf8.DecodeRuneInString(p.src[p.pos:])
	p.pos += size
	return &node{op: opChar, r: r}, nil
}

// endsHere reports whether i ends a basic expression or one of its branches.
func (p *parser) endsHere(i int) bool {
	rest := p.src[i:]
	return rest == "" || len(rest) >= 2 && rest[0] == '\\' && (rest[1] == ')' || rest[1] == '|')
}

func (p *parser) group() (*node, error) {
	p.groups++
	index := p.groups
	if p.depth++; p.depth > maxDepth {
		return nil, errDepth
	}
	body, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if !p.atClose() {
		return nil, errParens
	}
	p.pos++
	if !p.ere() {
		p.pos++
	}
	p.depth--
	p.closed = append(p.closed, index)
	return &node{op: opGroup, index: index, subs: []*node{body}}, nil
}

func (p *parser) escape() (*node, error) {
	if p.pos+1 >= len(p.src) {
		return nil, errTrailing
	}
	c := p.src[p.pos+1]
	if !p.ere() && c == '(' {
		p.pos += 2
		return p.group()
	}
	if !p.ere() && c == '{' {
		return nil, errRepeat
	}
	if '1' <= c && c <= '9' {
		p.pos += 2
		return p.backref(int(c - '0'))
	}
	if o, ok := assertion(c); ok {
		p.pos += 2
		return &node{op: o}, nil
	}
	if set := escapedSet(c); set != nil {
		p.pos += 2
		return &node{op: opSet, set: set}, nil
	}
	if p.flags&Escapes != 0 {
		if r, size, ok := charEscape(p.src[p.pos:]); ok {
			p.pos += size
			return &node{op: opChar, r: r}, nil
		}
	}
	r, size := utf8.DecodeRuneInString(p.src[p.pos+1:])
	p.pos += 1 + size
	return &node{op: opChar, r: r}, nil
}

func (p *parser) backref(i int) (*node, error) {
	for _, c := range p.closed {
		if c == i {
			p.brefs = true
			return &node{op: opBackref, index: i}, nil
		}
	}
	return nil, errBackref
}

func assertion(c byte) (op, bool) {
	switch c {
	case 'b':
		return opWordEdge, true
	case 'B':
		return opNotEdge, true
	case '<':
		return opWordStart, true
	case '>':
		return opWordEnd, true
	case '`':
		return opBufStart, true
	case '\'':
		return opBufEnd, true
	}
	return 0, false
}
