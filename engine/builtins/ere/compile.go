package ere

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
	opLoop   // an opRepeat whose alt is one byte and back again
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
	alt  int32 // opAlt, opRepeat, opLoop: the branch that is tried first
	arg  int32 // the group of opGroupBegin and opGroupEnd; the set of opSet

	// Of the branching ones: the bytes that next and alt can go on with; nil if they may
	// go on without one, or if there is too much to look at.
	nextStarts, altStarts *set
}

// A Regexp is a compiled pattern. It is safe for concurrent use.
type Regexp struct {
	states []state
	sets   []set
	groups int // number of groups, without the whole match
	hasAlt bool
	start  int32
	starts *set // the bytes that a match begins with; nil if it may be empty
}

// Compile parses a pattern.
// Its error is a [SyntaxError] or [ErrTooLarge].
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
		return nil, errParen
	}
	accept, err := p.single(state{op: opAccept})
	if err != nil {
		return nil, err
	}
	p.join(&body, accept)
	p.re.start = body.start
	p.re.skipDummies()
	p.re.findLoops()
	p.re.findStarts()
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

// findLoops marks the loops over one byte.
func (re *Regexp) findLoops() {
	for i := range re.states {
		st := &re.states[i]
		if st.op != opRepeat {
			continue
		}
		if body := &re.states[st.alt]; body.consumes() && body.next == int32(i) {
			st.op = opLoop
		}
	}
}

// findStarts finds the bytes that matches begin with, and branches go on with.
func (re *Regexp) findStarts() {
	seen := make([]int32, len(re.states))
	search := int32(0)
	starts := func(id int32) *set {
		search++
		return re.startsOf(id, seen, search)
	}
	re.starts = starts(re.start)
	for i := range re.states {
		switch st := &re.states[i]; st.op {
		case opAlt, opRepeat, opLoop:
			st.nextStarts, st.altStarts = starts(st.next), starts(st.alt)
		}
	}
}

// maxStartStates bounds the states that are looked at for the bytes that one goes on with.
const maxStartStates = 64

// startsOf returns the bytes that a state goes on with, or nil. Seen is by state, and
// tells those of this search by its number.
func (re *Regexp) startsOf(id int32, seen []int32, search int32) *set {
	starts := &set{}
	todo := []int32{id}
	for n := 0; len(todo) > 0; {
		id := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if id == noState || seen[id] == search {
			continue
		}
		seen[id] = search
		if n++; n > maxStartStates {
			return nil
		}
		st := &re.states[id]
		switch {
		case st.op == opAccept:
			return nil
		case st.consumes():
			re.addAccepted(starts, st)
		default:
			todo = append(todo, st.next, st.alt)
		}
	}
	return starts
}

// addAccepted adds the bytes that a consuming state takes to s.
func (re *Regexp) addAccepted(s *set, st *state) {
	switch st.op {
	case opChar:
		s.add(st.char)
	case opAny:
		s.addFunc(func(c byte) bool { return c != 0 })
	case opSet:
		s.addSet(&re.sets[st.arg])
	}
}

// consumes reports whether a state takes a byte.
func (st *state) consumes() bool { return st.op == opChar || st.op == opAny || st.op == opSet }

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
		return seq{}, ErrTooLarge
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
		return seq{}, errParen
	}
	end, err := p.single(state{op: opGroupEnd, arg: index})
	if err != nil {
		return seq{}, err
	}
	p.join(&all, body)
	p.join(&all, end)
	return all, p.sc.advance()
}
