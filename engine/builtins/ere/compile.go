package ere

import (
	"errors"
	"strconv"
)

// Errors of [Compile] and of matching.
var (
	// ErrSyntax reports a pattern that the grammar does not allow.
	ErrSyntax = errors.New("invalid regular expression")
	// ErrTooLarge reports a pattern whose automaton has over 100,000 states.
	ErrTooLarge = errors.New("memory limit exceeded by regular expression")
	// ErrTooComplex reports a match that takes too many steps.
	ErrTooComplex = errors.New("too many steps to match regular expression")
)

// maxStates bounds the automaton, as the C++ library does.
const maxStates = 100_000

// maxNesting bounds the depth of groups.
const maxNesting = 5_000

// opcode is what a state of the automaton does.
type opcode uint8

const (
	opDummy opcode = iota
	opChar
	opAny
	opSet
	opAlt    // try alt and next, keep the longest
	opRepeat // try alt, and next only if alt failed
	opGroupBegin
	opGroupEnd
	opLineBegin
	opLineEnd
	opAccept
)

const noState = int32(-1)

// A state is a node of the automaton.
type state struct {
	op   opcode
	char byte
	next int32
	alt  int32 // opAlt and opRepeat: the branch that is tried first
	arg  int32 // the group of opGroupBegin and opGroupEnd; the set of opSet
}

// A Regexp is a compiled pattern. It is safe for concurrent use.
type Regexp struct {
	states []state
	sets   []set
	groups int // number of groups, without the whole match
	hasAlt bool
	start  int32
}

// Groups returns the number of parenthesised groups.
func (re *Regexp) Groups() int { return re.groups }

// Compile parses a pattern.
// Its error is [ErrSyntax] or [ErrTooLarge].
func Compile(pattern string) (*Regexp, error) {
	p := &parser{sc: scanner{src: pattern}, re: &Regexp{}}
	if err := p.sc.advance(); err != nil {
		return nil, err
	}
	body, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	if p.sc.tok != tokEOF {
		return nil, ErrSyntax
	}
	accept, err := p.single(state{op: opAccept})
	if err != nil {
		return nil, err
	}
	p.join(&body, accept)
	p.re.start = body.start
	p.re.skipDummies()
	return p.re, nil
}

// skipDummies makes every edge lead to a state that does something.
func (re *Regexp) skipDummies() {
	skip := func(id int32) int32 {
		for id != noState && re.states[id].op == opDummy && re.states[id].next != noState {
			id = re.states[id].next
		}
		return id
	}
	for i := range re.states {
		re.states[i].next = skip(re.states[i].next)
		re.states[i].alt = skip(re.states[i].alt)
	}
	re.start = skip(re.start)
}

// A parser builds a Regexp from tokens.
type parser struct {
	sc    scanner
	re    *Regexp
	depth int
}

// A seq is a part of the automaton with one way in and one way out.
type seq struct{ start, end int32 }

// insert adds a state.
func (p *parser) insert(st state) (int32, error) {
	if len(p.re.states) >= maxStates {
		return 0, ErrTooLarge
	}
	p.re.states = append(p.re.states, st)
	return int32(len(p.re.states) - 1), nil
}

// single adds a state without edges.
func (p *parser) single(st state) (seq, error) {
	st.next = noState
	if st.op != opAlt && st.op != opRepeat {
		st.alt = noState
	}
	id, err := p.insert(st)
	return seq{id, id}, err
}

// join appends b to a.
func (p *parser) join(a *seq, b seq) {
	p.re.states[a.end].next = b.start
	a.end = b.end
}

// disjunction parses alternatives separated by bars.
func (p *parser) disjunction() (seq, error) {
	left, err := p.alternative()
	if err != nil {
		return seq{}, err
	}
	for p.sc.tok == tokOr {
		if err := p.sc.advance(); err != nil {
			return seq{}, err
		}
		right, err := p.alternative()
		if err != nil {
			return seq{}, err
		}
		end, err := p.single(state{op: opDummy})
		if err != nil {
			return seq{}, err
		}
		p.join(&left, end)
		p.join(&right, end)
		id, err := p.insert(state{op: opAlt, next: right.start, alt: left.start})
		if err != nil {
			return seq{}, err
		}
		p.re.hasAlt = true
		left = seq{id, end.end}
	}
	return left, nil
}

// alternative parses a sequence of terms, which may be empty.
func (p *parser) alternative() (seq, error) {
	all, err := p.single(state{op: opDummy})
	if err != nil {
		return seq{}, err
	}
	for {
		term, ok, err := p.term()
		if err != nil || !ok {
			return all, err
		}
		p.join(&all, term)
	}
}

// term parses an assertion, or an atom with its quantifiers.
func (p *parser) term() (term seq, ok bool, err error) {
	switch p.sc.tok {
	case tokLineBegin, tokLineEnd:
		op := opLineBegin
		if p.sc.tok == tokLineEnd {
			op = opLineEnd
		}
		if term, err = p.single(state{op: op}); err != nil {
			return term, false, err
		}
		return term, true, p.sc.advance()
	}
	term, ok, err = p.atom()
	for ok && err == nil {
		var more bool
		if more, err = p.quantifier(&term); !more {
			break
		}
	}
	return term, ok, err
}

// atom parses a character, a bracket expression or a group.
func (p *parser) atom() (atom seq, ok bool, err error) {
	tok, val := p.sc.tok, p.sc.val
	switch tok {
	case tokChar, tokAny, tokBracketBegin, tokBracketNegBegin, tokGroupBegin:
		if err = p.sc.advance(); err != nil {
			return seq{}, false, err
		}
	}
	switch tok {
	case tokChar:
		atom, err = p.single(state{op: opChar, char: val[0]})
	case tokAny:
		atom, err = p.single(state{op: opAny})
	case tokBracketBegin, tokBracketNegBegin:
		s, serr := p.bracketExpr(tok == tokBracketNegBegin)
		if serr != nil {
			return seq{}, false, serr
		}
		p.re.sets = append(p.re.sets, s)
		atom, err = p.single(state{op: opSet, arg: int32(len(p.re.sets) - 1)})
	case tokGroupBegin:
		atom, err = p.group()
	default:
		return seq{}, false, nil
	}
	return atom, err == nil, err
}

// group parses a group after its opening parenthesis.
func (p *parser) group() (seq, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxNesting {
		return seq{}, ErrSyntax
	}
	p.re.groups++
	index := int32(p.re.groups)
	all, err := p.single(state{op: opGroupBegin, arg: index})
	if err != nil {
		return seq{}, err
	}
	body, err := p.disjunction()
	if err != nil {
		return seq{}, err
	}
	if p.sc.tok != tokGroupEnd {
		return seq{}, ErrSyntax
	}
	end, err := p.single(state{op: opGroupEnd, arg: index})
	if err != nil {
		return seq{}, err
	}
	p.join(&all, body)
	p.join(&all, end)
	return all, p.sc.advance()
}

// quantifier parses one repetition operator and applies it to e.
func (p *parser) quantifier(e *seq) (ok bool, err error) {
	tok := p.sc.tok
	switch tok {
	case tokStar, tokPlus, tokOpt, tokBraceBegin:
		if err := p.sc.advance(); err != nil {
			return false, err
		}
	default:
		return false, nil
	}
	if tok == tokBraceBegin {
		return true, p.interval(e)
	}
	id, err := p.insert(state{op: opRepeat, next: noState, alt: e.start})
	if err != nil {
		return false, err
	}
	rep := seq{id, id}
	switch tok {
	case tokStar:
		p.join(e, rep)
		*e = rep
	case tokPlus:
		p.join(e, rep)
	case tokOpt:
		end, err := p.single(state{op: opDummy})
		if err != nil {
			return false, err
		}
		p.join(e, end)
		p.join(&rep, end)
		*e = rep
	}
	return true, nil
}

// interval parses {n}, {n,} or {n,m} after its opening brace.
func (p *parser) interval(e *seq) error {
	low, err := p.number()
	if err != nil {
		return err
	}
	extra, unbounded := 0, false
	if p.sc.tok == tokComma {
		if err := p.sc.advance(); err != nil {
			return err
		}
		if unbounded = p.sc.tok != tokNumber; !unbounded {
			high, err := p.number()
			if err != nil {
				return err
			}
			extra = high - low
		}
	}
	if p.sc.tok != tokBraceEnd || extra < 0 {
		return ErrSyntax
	}
	if err := p.sc.advance(); err != nil {
		return err
	}
	all, err := p.single(state{op: opDummy})
	if err != nil {
		return err
	}
	for range low {
		part, err := p.clone(*e)
		if err != nil {
			return err
		}
		p.join(&all, part)
	}
	if unbounded {
		err = p.repeatForever(&all, *e)
	} else {
		err = p.repeatUpTo(&all, *e, extra)
	}
	*e = all
	return err
}

// repeatForever appends e* to all.
func (p *parser) repeatForever(all *seq, e seq) error {
	part, err := p.clone(e)
	if err != nil {
		return err
	}
	id, err := p.insert(state{op: opRepeat, next: noState, alt: part.start})
	if err != nil {
		return err
	}
	p.join(&part, seq{id, id})
	p.join(all, seq{id, id})
	return nil
}

// repeatUpTo appends n optional copies of e to all, each within the one before.
func (p *parser) repeatUpTo(all *seq, e seq, n int) error {
	end, err := p.single(state{op: opDummy})
	if err != nil {
		return err
	}
	for range n {
		part, err := p.clone(e)
		if err != nil {
			return err
		}
		id, err := p.insert(state{op: opRepeat, next: end.start, alt: part.start})
		if err != nil {
			return err
		}
		p.join(all, seq{id, part.end})
	}
	p.join(all, end)
	return nil
}

// number parses a repetition count.
func (p *parser) number() (int, error) {
	if p.sc.tok != tokNumber {
		return 0, ErrSyntax
	}
	n, err := strconv.ParseInt(p.sc.val, 10, 32)
	if err != nil {
		return 0, ErrSyntax
	}
	return int(n), p.sc.advance()
}

// clone copies the states of e and returns the copy.
// Copies share the group numbers of the original.
func (p *parser) clone(e seq) (seq, error) {
	copies := make(map[int32]int32)
	todo := []int32{e.start}
	for len(todo) > 0 {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if _, done := copies[id]; done {
			continue
		}
		st := p.re.states[id]
		dup, err := p.insert(st)
		if err != nil {
			return seq{}, err
		}
		copies[id] = dup
		if st.alt != noState {
			todo = append(todo, st.alt)
		}
		if id != e.end && st.next != noState {
			todo = append(todo, st.next)
		}
	}
	for _, dup := range copies {
		st := &p.re.states[dup]
		if to, ok := copies[st.next]; ok {
			st.next = to
		}
		if to, ok := copies[st.alt]; ok {
			st.alt = to
		}
	}
	return seq{copies[e.start], copies[e.end]}, nil
}
