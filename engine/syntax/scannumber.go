package syntax

import (
	"strconv"
	"strings"
)

// scanNumber reads a number. A fraction needs no digits after its point
// if digits other than a leading 0 stand before it.
func (s *Scanner) scanNumber(i int) Kind {
	end := s.run(i, clsDigit)
	switch {
	case s.at(end) != '.':
		return s.intLit(i, end)
	case end > i && s.src[i] != '0', end <= i+1 && s.is(end+1, clsDigit):
		end = s.run(end+1, clsDigit)
	default:
		return s.intLit(i, end)
	}
	if c := s.at(end); c == 'e' || c == 'E' {
		exp := end + 1
		if c := s.at(exp); c == '+' || c == '-' {
			exp++
		}
		if s.is(exp, clsDigit) {
			end = s.run(exp, clsDigit)
		}
	}
	s.pos = end
	if !representable(s.src[i:end]) {
		return s.bad(i, "invalid float '"+s.src[i:end]+"'")
	}
	return FloatLit
}

// intLit ends an integer, which must fit in 64 bits.
func (s *Scanner) intLit(i, end int) Kind {
	s.pos = end
	if end-i < len("9223372036854775807") {
		return IntLit
	}
	if _, err := strconv.ParseInt(s.src[i:end], 10, 64); err != nil {
		return s.bad(i, "invalid integer '"+s.src[i:end]+"'")
	}
	return IntLit
}

// representable reports whether a number is neither too large for a float nor
// so small that it loses digits, as strtod does.
func representable(text string) bool {
	if len(text) < 300 && !strings.ContainsAny(text, "eE") {
		return true
	}
	const smallestNormal = 0x1p-1022
	x, err := strconv.ParseFloat(text, 64)
	mantissa, _, _ := strings.Cut(strings.ToLower(text), "e")
	return err == nil && (x >= smallestNormal || strings.Trim(mantissa, "0.") == "")
}
