package nixtoml

import (
	"math"
	"strconv"
	"strings"
)

// value reads any value but an inline table at the top, which keyValue reads.
func (p *parser) value() any {
	switch c := p.peek(); {
	case c == '"':
		if p.accept(`"""`) {
			return p.multiString('"')
		}
		return p.basicString()
	case c == '\'':
		if p.accept("'''") {
			return p.multiString('\'')
		}
		return p.literalString()
	case c == '[':
		return p.list()
	case c == '{':
		return p.inlineTable().finish()
	}
	word := p.word()
	switch word {
	case "true":
		return true
	case "false":
		return false
	case "":
		p.fail("got %s, want a value", p.here())
	}
	return p.scalar(word)
}

// word reads the characters that numbers, dates and Booleans are made of.
// A date may have one space before its time.
func (p *parser) word() string {
	begin := p.pos
	for !p.atEnd() && (isBare(p.peek()) || strings.IndexByte("+.:", p.peek()) >= 0) {
		p.pos++
	}
	word := p.src[begin:p.pos]
	if isDate(word) && p.pos+3 < len(p.src) && p.peek() == ' ' && isDigit(p.src[p.pos+1]) &&
		isDigit(p.src[p.pos+2]) && p.src[p.pos+3] == ':' {
		p.pos++
		return word + " " + p.word()
	}
	return word
}

// scalar reads a number or a date from a word.
func (p *parser) scalar(word string) any {
	p.pos -= len(word) // errors point at the beginning
	v, ok := p.number(word)
	if !ok {
		ts, isTime := timestamp(word)
		if !isTime {
			p.fail("invalid value %q", word)
		}
		v = ts
	}
	p.pos += len(word)
	return v
}

// number reads an integer or a float.
func (p *parser) number(word string) (v any, ok bool) {
	unsigned, sign := word, 1.0
	switch word[0] {
	case '-':
		unsigned, sign = word[1:], -1
	case '+':
		unsigned = word[1:]
	}
	switch unsigned {
	case "inf":
		return math.Inf(int(sign)), true
	case "nan":
		return math.Copysign(math.NaN(), sign), true
	}
	base, digits := 10, unsigned
	if len(word) > 2 && word[0] == '0' {
		if b := map[byte]int{'x': 16, 'o': 8, 'b': 2}[word[1]]; b != 0 {
			base, digits = b, word[2:]
		}
	}
	plain, ok := stripUnderscores(digits, base)
	if !ok {
		return nil, false
	}
	if base == 10 && !isInteger(plain) {
		return p.float(plain, sign)
	}
	if base == 10 {
		if len(plain) > 1 && plain[0] == '0' {
			return nil, false
		}
		if sign < 0 {
			plain = "-" + plain
		}
	}
	i, err := strconv.ParseInt(plain, base, 64)
	if err != nil {
		if e, isNum := err.(*strconv.NumError); isNum && e.Err == strconv.ErrRange {
			p.fail("integer %s is out of range", word)
		}
		return nil, false
	}
	return i, true
}

// isInteger reports whether s has only digits.
func isInteger(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// stripUnderscores removes underscores, each of which must be between digits.
func stripUnderscores(s string, base int) (string, bool) {
	if strings.IndexByte(s, '_') < 0 {
		return s, true
	}
	digit := func(i int) bool {
		return i >= 0 && i < len(s) && (isDigit(s[i]) || base == 16 && isHex(s[i]))
	}
	for i := range len(s) {
		if s[i] == '_' && !(digit(i-1) && digit(i+1)) {
			return "", false
		}
	}
	return strings.ReplaceAll(s, "_", ""), true
}

func isHex(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }

// float reads digits with a fraction, an exponent or both.
func (p *parser) float(s string, sign float64) (any, bool) {
	mantissa, exp, hasExp := s, "", false
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exp, hasExp = s[:i], s[i+1:], true
		exp = strings.TrimPrefix(exp, "+")
		if len(exp) < len(s)-i-1 && strings.HasPrefix(exp, "-") || !isInteger(strings.TrimPrefix(exp, "-")) {
			return nil, false
		}
	}
	whole, frac, hasFrac := strings.Cut(mantissa, ".")
	if !isInteger(whole) || len(whole) > 1 && whole[0] == '0' || hasFrac && !isInteger(frac) || !hasFrac && !hasExp {
		return nil, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		p.fail("float %s is out of range", s)
	}
	return f * sign, true
}

// list reads [ … ], which may span lines.
func (p *parser) list() []any {
	p.enter()
	defer p.leave()
	p.expect("[")
	list := []any{}
	for {
		p.blank()
		if p.accept("]") {
			return list
		}
		list = append(list, p.value())
		p.blank()
		if !p.accept(",") {
			p.expect("]")
			return list
		}
	}
}

// inlineTable reads { … }, which is on one line.
func (p *parser) inlineTable() *node {
	p.enter()
	defer p.leave()
	p.expect("{")
	n := newNode()
	p.space()
	if !p.accept("}") {
		for {
			p.keyValue(n)
			p.space()
			if !p.accept(",") {
				p.expect("}")
				break
			}
		}
	}
	n.close()
	return n
}

// close makes a table and all below it immutable.
func (n *node) close() {
	n.closed = true
	for _, sub := range n.tables {
		sub.close()
	}
}

func (p *parser) enter() {
	if p.depth++; p.depth > maxNesting {
		p.fail("values are nested too deeply")
	}
}

func (p *parser) leave() { p.depth-- }
