package nixtoml

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxNesting bounds lists and inline tables within each other.
const maxNesting = 2000

// maxParts bounds the parts of keys that lead to one value.
const maxParts = 10_000

// A node is a table under construction.
type node struct {
	values Table
	tables map[string]*node   // sub-tables
	lists  map[string][]*node // lists of tables
	// explicit: a header [a] named the table; dotted: a key a.b = … made it.
	// Either may happen once, and closed tables (inline ones) not at all.
	explicit, dotted, closed bool
}

func newNode() *node {
	return &node{values: Table{}, tables: map[string]*node{}, lists: map[string][]*node{}}
}

func (n *node) has(key string) bool {
	_, v := n.values[key]
	return v || n.tables[key] != nil || n.lists[key] != nil
}

// finish turns the node and all below it to a Table.
func (n *node) finish() Table {
	for key, sub := range n.tables {
		n.values[key] = sub.finish()
	}
	for key, subs := range n.lists {
		list := make([]any, len(subs))
		for i, sub := range subs {
			list[i] = sub.finish()
		}
		n.values[key] = list
	}
	return n.values
}

// Parse reads a TOML document. Poll is called for every pair, and where
// there is a mistake for every value, and may panic; nil is not called. Its errors are *[SyntaxError].
func Parse(src string, poll func()) (t Table, err error) {
	p := &parser{src: src, poll: poll}
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *SyntaxError:
			e.Shown = diagnose(src, poll)
			t, err = nil, e
		default:
			panic(e)
		}
	}()
	if i := firstInvalid(src); i >= 0 {
		p.pos = i
		p.fail("invalid UTF-8 sequence")
	}
	return p.document(), nil
}

// firstInvalid returns the offset of the first byte that is not UTF-8, or -1.
func firstInvalid(s string) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return -1
}

// A parser reads one document. Errors unwind it by panic(*SyntaxError),
// which does not leave the package.
type parser struct {
	src   string
	poll  func() // nil is not called
	pos   int
	depth int
	parts int // of the keys that lead to where the parser is
}

func (p *parser) fail(format string, args ...any) {
	before := p.src[:min(p.pos, len(p.src))]
	panic(&SyntaxError{
		Line:   1 + strings.Count(before, "\n"),
		Column: len(before) - strings.LastIndexByte(before, '\n'),
		Msg:    fmt.Sprintf(format, args...),
	})
}

// peek returns the next byte, or 0 at the end.
func (p *parser) peek() byte {
	if p.pos < len(p.src) {
		return p.src[p.pos]
	}
	return 0
}

func (p *parser) atEnd() bool { return p.pos == len(p.src) }

// accept skips s if it is next.
func (p *parser) accept(s string) bool {
	if strings.HasPrefix(p.src[p.pos:], s) {
		p.pos += len(s)
		return true
	}
	return false
}

func (p *parser) expect(s string) {
	if !p.accept(s) {
		p.fail("got %s, want %q", p.here(), s)
	}
}

// here describes what is next, for messages.
func (p *parser) here() string {
	if p.atEnd() {
		return "end of input"
	}
	_, n := utf8.DecodeRuneInString(p.src[p.pos:])
	return fmt.Sprintf("%q", p.src[p.pos:p.pos+n])
}

// space skips spaces and tabs.
func (p *parser) space() {
	for p.peek() == ' ' || p.peek() == '\t' {
		p.pos++
	}
}

// comment skips a comment, up to the end of its line.
func (p *parser) comment() {
	if p.peek() != '#' {
		return
	}
	for !p.atEnd() && p.peek() != '\n' && !strings.HasPrefix(p.src[p.pos:], "\r\n") {
		if c := p.peek(); isControl(c) {
			p.fail("control character %#x in a comment", c)
		}
		p.pos++
	}
}

// newline skips the end of a line, if one is next.
func (p *parser) newline() bool { return p.accept("\n") || p.accept("\r\n") }

// blank skips spaces, comments and newlines.
func (p *parser) blank() {
	for {
		p.space()
		p.comment()
		if !p.newline() {
			return
		}
	}
}

// isControl reports whether a character may not stand unescaped anywhere.
func isControl(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }

// document reads everything.
func (p *parser) document() Table {
	root := newNode()
	root.explicit = true
	current := root
	p.accept("\xef\xbb\xbf")
	for {
		p.blank()
		switch {
		case p.atEnd():
			return root.finish()
		case p.accept("[["):
			current = p.appendTable(root, p.header("]]"))
		case p.accept("["):
			current = p.openTable(root, p.header("]"))
		default:
			p.keyValue(current)
		}
		p.space()
		p.comment()
		if !p.atEnd() && !p.newline() {
			p.fail("got %s, want the end of the line", p.here())
		}
	}
}

// descend follows the path of a header, except its last key.
func (p *parser) descend(n *node, path []string) *node {
	for _, key := range path[:len(path)-1] {
		switch {
		case n.lists[key] != nil:
			n = n.lists[key][len(n.lists[key])-1]
		case n.tables[key] != nil:
			n = n.tables[key]
		case n.has(key):
			p.fail("key %q is a value, not a table", key)
		default:
			sub := newNode()
			n.tables[key] = sub
			n = sub
		}
		if n.closed {
			p.fail("inline table %q cannot be extended", key)
		}
	}
	return n
}

// openTable returns the table of a header [path].
func (p *parser) openTable(root *node, path []string) *node {
	n, key := p.descend(root, path), path[len(path)-1]
	sub := n.tables[key]
	if sub == nil {
		if n.has(key) {
			p.fail("key %q is defined twice", key)
		}
		sub = newNode()
		n.tables[key] = sub
	}
	if sub.explicit || sub.dotted || sub.closed {
		p.fail("table %q is defined twice", strings.Join(path, "."))
	}
	sub.explicit = true
	return sub
}

// appendTable returns a new table for a header [[path]].
func (p *parser) appendTable(root *node, path []string) *node {
	n, key := p.descend(root, path), path[len(path)-1]
	if n.lists[key] == nil && n.has(key) {
		p.fail("key %q is defined twice", key)
	}
	sub := newNode()
	sub.explicit = true
	n.lists[key] = append(n.lists[key], sub)
	return sub
}

// keyValue reads "a.b = value" into n.
func (p *parser) keyValue(n *node) {
	if p.poll != nil {
		p.poll()
	}
	path := p.path()
	p.expect("=")
	p.space()
	p.parts += len(path)
	defer func() { p.parts -= len(path) }()
	for _, key := range path[:len(path)-1] {
		sub := n.tables[key]
		switch {
		case sub == nil && n.has(key):
			p.fail("key %q is a value, not a table", key)
		case sub == nil:
			sub = newNode()
			sub.dotted = true
			n.tables[key] = sub
		case !sub.dotted:
			p.fail("table %q is defined elsewhere", key)
		}
		n = sub
	}
	key := path[len(path)-1]
	if n.has(key) {
		p.fail("key %q is defined twice", key)
	}
	if p.peek() == '{' {
		sub := p.inlineTable()
		n.tables[key] = sub
		return
	}
	n.values[key] = p.value()
}

// header reads the key of a table, and what closes it. What follows is in that table.
func (p *parser) header(end string) []string {
	p.parts = 0
	path := p.path()
	p.expect(end)
	p.parts = len(path)
	return path
}

// path reads a dotted key, with the spaces around it.
func (p *parser) path() []string {
	var path []string
	for {
		p.space()
		path = append(path, p.key())
		if p.parts+len(path) > maxParts {
			p.fail("keys have more than %d parts", maxParts)
		}
		p.space()
		if !p.accept(".") {
			return path
		}
	}
}

// key reads a simple key.
func (p *parser) key() string {
	switch p.peek() {
	case '"':
		if strings.HasPrefix(p.src[p.pos:], `"""`) {
			p.fail("a key cannot be a multi-line string")
		}
		return p.basicString()
	case '\'':
		if strings.HasPrefix(p.src[p.pos:], `'''`) {
			p.fail("a key cannot be a multi-line string")
		}
		return p.literalString()
	}
	begin := p.pos
	for isBare(p.peek()) {
		p.pos++
	}
	if begin == p.pos {
		p.fail("got %s, want a key", p.here())
	}
	return p.src[begin:p.pos]
}

func isBare(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || c == '_' || c == '-'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
