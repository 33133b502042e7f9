package regex

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// A Regexp is a compiled expression. It is safe for concurrent use.
type Regexp struct {
	groups   int
	anchored bool           // looks at what is around a match
	std      *regexp.Regexp // nil: match with back
	back     *backtracker
}

// Compile parses expr. The error is the text that the GNU tools print for it.
func Compile(expr string, flags Flags) (*Regexp, error) {
	p := &parser{src: expr, flags: flags}
	root, err := p.parse()
	if err != nil {
		return nil, err
	}
	re := &Regexp{groups: p.groups, anchored: hasAssertion(root)}
	e := &emitter{fold: flags&IgnoreCase != 0, multi: flags&Multiline != 0}
	re.back = &backtracker{root: root, groups: p.groups, fold: e.fold, multi: e.multi}
	if !p.brefs && e.emit(root) {
		src := "(?s)" + e.b.String()
		if e.fold {
			src = "(?is)" + e.b.String()
		}
		// Go refuses large repetitions, which the backtracker takes.
		if std, err := regexp.Compile(src); err == nil {
			std.Longest()
			re.std = std
			return re, nil
		}
	}
	return re, nil
}

// hasAssertion reports whether a tree holds ^, \b or the like.
func hasAssertion(n *node) bool {
	if isAssertion(n.op) {
		return true
	}
	for _, sub := range n.subs {
		if hasAssertion(sub) {
			return true
		}
	}
	return false
}

// Groups returns the number of parenthesised groups.
func (re *Regexp) Groups() int { return re.groups }

// Match reports whether b holds a match.
func (re *Regexp) Match(b []byte) bool {
	if re.std != nil {
		return re.std.Match(b)
	}
	loc, _ := re.back.find(b, 0)
	return loc != nil
}

// Find returns the offsets of the leftmost-longest match and its groups:
// pairs of start and end, -1 for a group that took no part. It returns nil if
// there is none.
func (re *Regexp) Find(b []byte) []int {
	if re.std != nil {
		return re.std.FindSubmatchIndex(b)
	}
	loc, _ := re.back.find(b, 0)
	return loc
}

// FindAt is Find for the part of b from pos on, where what is before pos still
// counts for ^ and \b.
func (re *Regexp) FindAt(b []byte, pos int) []int {
	if re.std == nil || re.anchored && pos > 0 {
		loc, _ := re.back.find(b, pos)
		return loc
	}
	m := re.std.FindSubmatchIndex(b[pos:])
	for i := range m {
		if m[i] >= 0 {
			m[i] += pos
		}
	}
	return m
}

// FindAll returns the successive matches that do not overlap, as [Regexp.Find]
// does. An empty match directly after another match does not count. If n >= 0
// there are at most n.
func (re *Regexp) FindAll(b []byte, n int) [][]int {
	if re.std != nil {
		return re.std.FindAllSubmatchIndex(b, n)
	}
	var all [][]int
	for pos, last := 0, -1; pos <= len(b) && (n < 0 || len(all) < n); {
		m, _ := re.back.find(b, pos)
		if m == nil {
			break
		}
		if m[1] > m[0] || m[0] != last {
			all = append(all, m)
		}
		last = m[1]
		pos = m[1]
		if m[1] == m[0] {
			if pos >= len(b) {
				break
			}
			_, size := utf8.DecodeRune(b[pos:])
			pos += size
		}
	}
	return all
}

// An emitter writes a tree as an expression of Go's regexp package.
type emitter struct {
	b     strings.Builder
	fold  bool
	multi bool
}

// emit reports false if the tree cannot be written so.
func (e *emitter) emit(n *node) bool {
	switch n.op {
	case opEmpty:
		e.b.WriteString("(?:)")
	case opChar:
		e.b.WriteString(regexp.QuoteMeta(string(n.r)))
	case opAny:
		e.b.WriteByte('.')
	case opSet:
		e.set(n.set)
	case opConcat:
		return e.concat(n.subs)
	case opAlt:
		return e.alt(n.subs)
	case opRepeat:
		return e.repeat(n)
	case opGroup:
		e.b.WriteByte('(')
		if !e.emit(n.subs[0]) {
			return false
		}
		e.b.WriteByte(')')
	case opWordStart, opWordEnd, opBackref:
		return false
	default:
		e.b.WriteString(e.assertion(n.op))
	}
	return true
}

func (e *emitter) assertion(o op) string {
	switch {
	case o == opBol && e.multi:
		return "(?m:^)"
	case o == opEol && e.multi:
		return "(?m:$)"
	case o == opBol, o == opBufStart:
		return `\A`
	case o == opEol, o == opBufEnd:
		return `\z`
	case o == opWordEdge:
		return `\b`
	}
	return `\B`
}

// concat writes \< and \> as \b where the neighbouring atom makes that the
// same: it must begin (or end) with a word character.
func (e *emitter) concat(subs []*node) bool {
	if len(subs) == 0 {
		e.b.WriteString("(?:)")
	}
	for i := 0; i < len(subs); i++ {
		n := subs[i]
		switch n.op {
		case opWordStart:
			if i+1 == len(subs) {
				return false
			}
			next := wordOnly(subs[i+1])
			if next == nil {
				return false
			}
			e.b.WriteString(`\b`)
			subs = append(append(append([]*node(nil), subs[:i+1]...), next), subs[i+2:]...)
		case opWordEnd:
			if i == 0 || !endsInWord(subs[i-1]) {
				return false
			}
			e.b.WriteString(`\b`)
		default:
			if !e.emit(n) {
				return false
			}
		}
	}
	return true
}

// wordOnly returns n restricted to matches that begin with a word character,
// or nil if that is not simple.
func wordOnly(n *node) *node {
	switch n.op {
	case opChar:
		if isWord(n.r) {
			return n
		}
	case opAny:
		return &node{op: opSet, set: &charSet{ranges: wordRanges}}
	case opSet:
		return &node{op: opSet, set: wordsOf(n.set)}
	case opRepeat:
		if n.min >= 1 && endsInWord(n.subs[0]) {
			return n
		}
	}
	return nil
}

// wordsOf returns the word characters of a set.
func wordsOf(s *charSet) *charSet {
	out := &charSet{}
	for _, rr := range wordRanges {
		for r := rr.lo; r <= rr.hi; r++ {
			if s.contains(r, false) {
				out.add(r, r)
			}
		}
	}
	return out
}

// endsInWord reports whether n always matches a single word character or a
// repetition of them.
func endsInWord(n *node) bool {
	switch n.op {
	case opChar:
		return isWord(n.r)
	case opSet:
		if n.set.negated || len(n.set.ranges) == 0 {
			return false
		}
		for _, rr := range n.set.ranges {
			if !isWord(rr.lo) || !isWord(rr.hi) || rr.hi-rr.lo > 25 {
				return false
			}
		}
		return true
	case opRepeat:
		return n.min >= 1 && endsInWord(n.subs[0])
	}
	return false
}

func (e *emitter) alt(subs []*node) bool {
	e.b.WriteString("(?:")
	for i, n := range subs {
		if i > 0 {
			e.b.WriteByte('|')
		}
		if !e.emit(n) {
			return false
		}
	}
	e.b.WriteByte(')')
	return true
}

func (e *emitter) repeat(n *node) bool {
	e.b.WriteString("(?:")
	if !e.emit(n.subs[0]) {
		return false
	}
	e.b.WriteByte(')')
	switch {
	case n.min == 0 && n.max < 0:
		e.b.WriteByte('*')
	case n.min == 1 && n.max < 0:
		e.b.WriteByte('+')
	case n.min == 0 && n.max == 1:
		e.b.WriteByte('?')
	case n.max < 0:
		fmt.Fprintf(&e.b, "{%d,}", n.min)
	default:
		fmt.Fprintf(&e.b, "{%d,%d}", n.min, n.max)
	}
	return true
}

func (e *emitter) set(s *charSet) {
	if len(s.ranges) == 0 { // nothing, or everything
		if s.negated {
			e.b.WriteString(".")
		} else {
			e.b.WriteString(`[^\x00-\x{10FFFF}]`)
		}
		return
	}
	e.b.WriteByte('[')
	if s.negated {
		e.b.WriteByte('^')
	}
	for _, rr := range s.ranges {
		fmt.Fprintf(&e.b, `\x{%X}-\x{%X}`, rr.lo, rr.hi)
	}
	e.b.WriteByte(']')
}
