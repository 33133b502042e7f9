package regex

import (
	"errors"
	"strconv"
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

// The texts that GNU prints for malformed expressions.
var (
	errBrackets  = errors.New("Unmatched [, [^, [:, [., or [=")
	errParens    = errors.New("Unmatched ( or \\(")
	errCloseOnly = errors.New("Unmatched ) or \\)")
	errBraces    = errors.New("Unmatched \\{")
	errInterval  = errors.New("Invalid content of \\{\\}")
	errTooBig    = errors.New("Regular expression too big")
	errClass     = errors.New("Invalid character class name")
	errRange     = errors.New("Invalid range end")
	errBackref   = errors.New("Invalid back reference")
	errTrailing  = errors.New("Trailing backslash")
	errBareClass = errors.New("character class syntax is [[:space:]], not [:space:]")
	errRepeat    = errors.New("Invalid preceding regular expression")
	errDepth     = errors.New("Regular expression too deep")
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

// A charSet is a bracket expression or one of the escapes \w \W \s \S.
type charSet struct {
	negated bool
	ranges  []runeRange
}

type runeRange struct{ lo, hi rune }

func (s *charSet) add(lo, hi rune) { s.ranges = append(s.ranges, runeRange{lo, hi}) }

// contains reports whether the set matches r; fold ignores ASCII case.
func (s *charSet) contains(r rune, fold bool) bool {
	in := s.inRanges(r)
	if !in && fold {
		if o := otherCase(r); o != r {
			in = s.inRanges(o)
		}
	}
	return in != s.negated
}

func (s *charSet) inRanges(r rune) bool {
	for _, rr := range s.ranges {
		if rr.lo <= r && r <= rr.hi {
			return true
		}
	}
	return false
}

func otherCase(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z':
		return r - 32
	case 'A' <= r && r <= 'Z':
		return r + 32
	}
	return r
}

func isWord(r rune) bool {
	return r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

var (
	wordRanges  = []runeRange{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}
	spaceRanges = []runeRange{{'\t', '\r'}, {' ', ' '}}
)

// classRanges returns the characters of [:name:] in the C locale.
func classRanges(name string) ([]runeRange, bool) {
	switch name {
	case "alpha":
		return []runeRange{{'A', 'Z'}, {'a', 'z'}}, true
	case "digit":
		return []runeRange{{'0', '9'}}, true
	case "alnum":
		return []runeRange{{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}, true
	case "upper":
		return []runeRange{{'A', 'Z'}}, true
	case "lower":
		return []runeRange{{'a', 'z'}}, true
	case "space":
		return spaceRanges, true
	case "blank":
		return []runeRange{{'\t', '\t'}, {' ', ' '}}, true
	case "punct":
		return []runeRange{{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}, true
	case "print":
		return []runeRange{{' ', '~'}}, true
	case "graph":
		return []runeRange{{'!', '~'}}, true
	case "cntrl":
		return []runeRange{{0, 31}, {127, 127}}, true
	case "xdigit":
		return []runeRange{{'0', '9'}, {'A', 'F'}, {'a', 'f'}}, true
	}
	return nil, false
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

func escapedSet(c byte) *charSet {
	switch c {
	case 'w':
		return &charSet{ranges: wordRanges}
	case 'W':
		return &charSet{ranges: wordRanges, negated: true}
	case 's':
		return &charSet{ranges: spaceRanges}
	case 'S':
		return &charSet{ranges: spaceRanges, negated: true}
	}
	return nil
}

// charEscape decodes the escape at the start of s as sed does, and returns
// the character and how many bytes of s it took.
func charEscape(s string) (r rune, size int, ok bool) {
	if len(s) < 2 {
		return 0, 0, false
	}
	switch s[1] {
	case 'n':
		return '\n', 2, true
	case 't':
		return '\t', 2, true
	case 'f':
		return '\f', 2, true
	case 'v':
		return '\v', 2, true
	case 'a':
		return '\a', 2, true
	case 'r':
		return '\r', 2, true
	case 'x':
		return numEscape(s, 16, 2)
	case 'd':
		return numEscape(s, 10, 3)
	case 'o':
		return numEscape(s, 8, 3)
	case 'c':
		if len(s) > 2 {
			c := s[2]
			if 'a' <= c && c <= 'z' {
				c -= 32
			}
			return rune(c ^ 0x40), 3, true
		}
	}
	return 0, 0, false
}

func numEscape(s string, base, digits int) (rune, int, bool) {
	end := 2
	for end < len(s) && end < 2+digits {
		if _, err := strconv.ParseUint(s[end:end+1], base, 8); err != nil {
			break
		}
		end++
	}
	if end == 2 {
		return 0, 0, false
	}
	v, _ := strconv.ParseUint(s[2:end], base, 32)
	return rune(v & 0xff), end, true
}
