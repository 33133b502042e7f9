package regex

import (
	"bytes"
	"unicode/utf8"
)

// maxSteps bounds the work of one attempt at one position; beyond it the
// longest match found so far stands.
const maxSteps = 1 << 20

// A backtracker matches a tree by trying its possibilities in order,
// and keeps the longest match. It is exponential in the worst case, which
// maxSteps cuts short.
type backtracker struct {
	root   *node
	groups int
	fold   bool
	multi  bool
}

// A match is one attempt: the text and the groups set so far.
type match struct {
	*backtracker
	text  []byte
	caps  []int
	best  []int
	steps int
}

// find returns the leftmost-longest match at or after pos, and whether no attempt
// at it had to be cut short.
func (bt *backtracker) find(text []byte, pos int) (loc []int, whole bool) {
	whole = true
	for start := pos; start <= len(text); {
		m := &match{backtracker: bt, text: text, caps: make([]int, 2*(bt.groups+1))}
		for i := range m.caps {
			m.caps[i] = -1
		}
		m.run(bt.root, start, func(end int) bool {
			if m.best == nil || end > m.best[1] {
				m.best = append(m.best[:0], m.caps...)
				m.best[0], m.best[1] = start, end
			}
			return end == len(text) || m.steps > maxSteps
		})
		whole = whole && m.steps <= maxSteps
		if m.best != nil {
			return m.best, whole
		}
		if start == len(text) {
			break
		}
		_, size := utf8.DecodeRune(text[start:])
		start += size
	}
	return nil, whole
}

// run matches n at i and calls k with where it ended; k returning true ends
// the search.
func (m *match) run(n *node, i int, k func(int) bool) bool {
	if m.steps++; m.steps > maxSteps {
		return true
	}
	switch n.op {
	case opEmpty:
		return k(i)
	case opChar, opAny, opSet:
		if i >= len(m.text) {
			return false
		}
		r, size := utf8.DecodeRune(m.text[i:])
		return m.matchesRune(n, r) && k(i+size)
	case opConcat:
		return m.concat(n.subs, i, k)
	case opAlt:
		for _, sub := range n.subs {
			if m.run(sub, i, k) {
				return true
			}
		}
		return false
	case opRepeat:
		return m.repeat(n, 0, i, -1, k)
	case opGroup:
		return m.group(n, i, k)
	case opBackref:
		s, e := m.caps[2*n.index], m.caps[2*n.index+1]
		if s < 0 || e < s {
			return false
		}
		ref := m.text[s:e]
		if i+len(ref) > len(m.text) || !m.equal(ref, m.text[i:i+len(ref)]) {
			return false
		}
		return k(i + len(ref))
	}
	return m.asserts(n.op, i) && k(i)
}

func (m *match) matchesRune(n *node, r rune) bool {
	switch n.op {
	case opAny:
		return true
	case opSet:
		return n.set.contains(r, m.fold)
	}
	return r == n.r || m.fold && otherCase(r) == n.r
}

func (m *match) equal(a, b []byte) bool {
	if m.fold {
		return bytes.EqualFold(a, b)
	}
	return bytes.Equal(a, b)
}

func (m *match) concat(subs []*node, i int, k func(int) bool) bool {
	if len(subs) == 0 {
		return k(i)
	}
	return m.run(subs[0], i, func(j int) bool { return m.concat(subs[1:], j, k) })
}

// repeat tries one more round first (greedy); last is where the previous
// round began, so that empty rounds end.
func (m *match) repeat(n *node, count, i, last int, k func(int) bool) bool {
	if (n.max < 0 || count < n.max) && i != last {
		if m.run(n.subs[0], i, func(j int) bool { return m.repeat(n, count+1, j, i, k) }) {
			return true
		}
	}
	return count >= n.min && k(i) || i == last && count < n.min && k(i)
}

func (m *match) group(n *node, i int, k func(int) bool) bool {
	s, e := 2*n.index, 2*n.index+1
	oldS, oldE := m.caps[s], m.caps[e]
	done := m.run(n.subs[0], i, func(j int) bool {
		prevS, prevE := m.caps[s], m.caps[e]
		m.caps[s], m.caps[e] = i, j
		if k(j) {
			return true
		}
		m.caps[s], m.caps[e] = prevS, prevE
		return false
	})
	if !done {
		m.caps[s], m.caps[e] = oldS, oldE
	}
	return done
}

func (m *match) asserts(o op, i int) bool {
	before := i > 0 && isWord(rune(m.text[i-1]))
	after := i < len(m.text) && isWord(rune(m.text[i]))
	switch o {
	case opBol:
		return i == 0 || m.multi && m.text[i-1] == '\n'
	case opEol:
		return i == len(m.text) || m.multi && m.text[i] == '\n'
	case opBufStart:
		return i == 0
	case opBufEnd:
		return i == len(m.text)
	case opWordEdge:
		return before != after
	case opNotEdge:
		return before == after
	case opWordStart:
		return !before && after
	case opWordEnd:
		return before && !after
	}
	return false
}
