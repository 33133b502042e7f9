package ere

import "strconv"

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
	if p.sc.tok != tokBraceEnd {
		return errBrace
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
	switch {
	case unbounded:
		err = p.repeatForever(&all, *e)
	case extra < 0:
		err = errBraceRange
	default:
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
		return 0, errBraceRange
	}
	n, err := strconv.ParseInt(p.sc.val, 10, 32)
	if err != nil {
		return 0, errCount
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
