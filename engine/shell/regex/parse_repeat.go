package regex

import "unicode/utf8"

// repeats parses the repetition operators that follow an atom.
func (p *parser) repeats(atom *node) (*node, error) {
	if atom.op == opBol && !p.ere() {
		return atom, nil // the star of ^* stands for itself
	}
	for p.more() {
		lo, hi, size, err := p.repeat()
		if err != nil {
			return nil, err
		}
		if size == 0 {
			break
		}
		p.pos += size
		if isAssertion(atom.op) {
			continue // \<* and the like: nothing to repeat
		}
		if isSimple(lo, hi) && atom.op == opRepeat && isSimple(atom.min, atom.max) {
			// a** is a*: a repetition of repetitions has no end of ways to match.
			atom.min *= lo
			if hi < 0 {
				atom.max = -1
			}
			continue
		}
		atom = &node{op: opRepeat, subs: []*node{atom}, min: lo, max: hi}
	}
	return atom, nil
}

// isSimple reports whether bounds are those of *, + or ?.
func isSimple(lo, hi int) bool { return hi < 0 && lo <= 1 || lo == 0 && hi == 1 }

func isAssertion(o op) bool { return o >= opBol }

// repeat reads the operator at p.pos without consuming it; size 0 means that
// there is none.
func (p *parser) repeat() (lo, hi, size int, err error) {
	rest := p.src[p.pos:]
	switch {
	case rest[0] == '*':
		return 0, -1, 1, nil
	case p.ere() && rest[0] == '+', !p.ere() && p.lookingAt(`\+`):
		return 1, -1, p.opLen(), nil
	case p.ere() && rest[0] == '?', !p.ere() && p.lookingAt(`\?`):
		return 0, 1, p.opLen(), nil
	case p.ere() && rest[0] == '{', !p.ere() && p.lookingAt(`\{`):
		return p.interval(rest[p.opLen():])
	}
	return 0, 0, 0, nil
}

func (p *parser) opLen() int {
	if p.ere() {
		return 1
	}
	return 2
}

// interval reads m}, m,} ,n} or m,n}. In an extended expression something
// else after { makes the brace a literal, which size 0 tells.
func (p *parser) interval(s string) (lo, hi, size int, err error) {
	i := 0
	lo, n := number(s)
	i += n
	hi = lo
	hasLo := n > 0
	if i < len(s) && s[i] == ',' {
		i++
		hi, n = number(s[i:])
		i += n
		if n == 0 {
			hi = -1
		}
		if !hasLo {
			lo = 0
		}
	} else if !hasLo {
		return p.badInterval(errInterval)
	}
	end := "}"
	if !p.ere() {
		end = `\}`
	}
	if len(s)-i < len(end) {
		return p.badInterval(errBraces)
	}
	if s[i:i+len(end)] != end {
		return p.badInterval(errInterval)
	}
	if hi >= 0 && lo > hi {
		return 0, 0, 0, errInterval
	}
	if lo > maxRepeat || hi > maxRepeat {
		return 0, 0, 0, errTooBig
	}
	return lo, hi, p.opLen() + i + len(end), nil
}

func (p *parser) badInterval(err error) (lo, hi, size int, _ error) {
	if p.ere() {
		return 0, 0, 0, nil
	}
	return 0, 0, 0, err
}

func number(s string) (value, size int) {
	for size < len(s) && '0' <= s[size] && s[size] <= '9' {
		if value <= maxRepeat {
			value = value*10 + int(s[size]-'0')
		}
		size++
	}
	return value, size
}

// bracket parses a bracket expression.
func (p *parser) bracket() (*node, error) {
	set := &charSet{}
	i := p.pos + 1
	if i < len(p.src) && p.src[i] == '^' {
		set.negated = true
		i++
	}
	for first := true; ; first = false {
		if i >= len(p.src) {
			return nil, errBrackets
		}
		if p.src[i] == ']' && !first {
			break
		}
		if p.src[i] == '[' && i+1 < len(p.src) && p.src[i+1] == ':' {
			next, err := p.class(set, i)
			if err != nil {
				return nil, err
			}
			i = next
			continue
		}
		next, err := p.bracketRange(set, i)
		if err != nil {
			return nil, err
		}
		i = next
	}
	if text := p.src[p.pos+1 : i]; p.flags&Grep != 0 && len(text) > 1 && text[0] == ':' && text[len(text)-1] == ':' {
		return nil, errBareClass
	}
	p.pos = i + 1
	return &node{op: opSet, set: set}, nil
}

// class adds the class [:name:] that starts at i and returns where it ends.
func (p *parser) class(set *charSet, i int) (int, error) {
	end := i + 2
	for {
		if end+1 >= len(p.src) {
			return 0, errBrackets
		}
		if p.src[end] == ':' && p.src[end+1] == ']' {
			break
		}
		end++
	}
	name := p.src[i+2 : end]
	if p.flags&IgnoreCase != 0 && (name == "upper" || name == "lower") {
		name = "alpha"
	}
	ranges, ok := classRanges(name)
	if !ok {
		return 0, errClass
	}
	set.ranges = append(set.ranges, ranges...)
	return end + 2, nil
}

// bracketRange adds the character or range that starts at i.
func (p *parser) bracketRange(set *charSet, i int) (int, error) {
	lo, i, err := p.bracketChar(i)
	if err != nil {
		return 0, err
	}
	hi := lo
	if i+1 < len(p.src) && p.src[i] == '-' && p.src[i+1] != ']' {
		hi, i, err = p.bracketChar(i + 1)
		if err != nil {
			return 0, err
		}
		if hi < lo {
			return 0, errRange
		}
	}
	set.add(lo, hi)
	return i, nil
}

// bracketChar reads one character, which may be written [.x.] or [=x=].
func (p *parser) bracketChar(i int) (rune, int, error) {
	s := p.src[i:]
	if len(s) >= 2 && s[0] == '[' && (s[1] == '.' || s[1] == '=') {
		r, size := utf8.DecodeRuneInString(s[2:])
		end := 2 + size
		if end+1 >= len(s) || s[end] != s[1] || s[end+1] != ']' {
			return 0, 0, errBrackets
		}
		return r, i + end + 2, nil
	}
	if p.flags&Escapes != 0 && s[0] == '\\' {
		if r, size, ok := charEscape(s); ok {
			return r, i + size, nil
		}
	}
	r, size := utf8.DecodeRuneInString(s)
	return r, i + size, nil
}
