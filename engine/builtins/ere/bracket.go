package ere

import "strings"

// A set is a set of bytes.
type set [4]uint64

func (s *set) add(c byte)      { s[c>>6] |= 1 << (c & 63) }
func (s *set) has(c byte) bool { return s[c>>6]&(1<<(c&63)) != 0 }

// addFunc adds the bytes for which f holds.
func (s *set) addFunc(f func(c byte) bool) {
	for c := range 256 {
		if f(byte(c)) {
			s.add(byte(c))
		}
	}
}

// addSet adds the bytes of another set.
func (s *set) addSet(other *set) {
	for i, bits := range other {
		s[i] |= bits
	}
}

// addRange adds the bytes from lo to hi.
// Bytes compare as signed numbers, as C++'s char does on the usual machines.
func (s *set) addRange(lo, hi byte) error {
	if int8(lo) > int8(hi) {
		return errRangeOrder
	}
	s.addFunc(func(c byte) bool { return int8(lo) <= int8(c) && int8(c) <= int8(hi) })
	return nil
}

// negate replaces the set by its complement.
func (s *set) negate() {
	for i := range s {
		s[i] = ^s[i]
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isAlpha(c byte) bool { return isLower(c) || isUpper(c) }
func isAlnum(c byte) bool { return isAlpha(c) || isDigit(c) }
func isPrint(c byte) bool { return ' ' <= c && c <= '~' }
func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// classOf returns the predicate of a [:name:], or nil.
// Names are matched without regard to case.
func classOf(name string) func(byte) bool {
	switch strings.ToLower(name) {
	case "alnum":
		return isAlnum
	case "alpha":
		return isAlpha
	case "blank":
		return func(c byte) bool { return c == ' ' || c == '\t' }
	case "cntrl":
		return func(c byte) bool { return c < ' ' || c == 127 }
	case "d", "digit":
		return isDigit
	case "graph":
		return func(c byte) bool { return isPrint(c) && c != ' ' }
	case "lower":
		return isLower
	case "print":
		return isPrint
	case "punct":
		return func(c byte) bool { return isPrint(c) && c != ' ' && !isAlnum(c) }
	case "s", "space":
		return isSpace
	case "upper":
		return isUpper
	case "w":
		return func(c byte) bool { return isAlnum(c) || c == '_' }
	case "xdigit":
		return func(c byte) bool {
			return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
		}
	}
	return nil
}

// collateNames are the names of the bytes 0 to 127 in the POSIX locale,
// separated by spaces. A letter's name is the letter itself.
const collateNames = "NUL SOH STX ETX EOT ENQ ACK alert backspace tab newline vertical-tab form-feed carriage-return SO SI " +
	"DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC IS4 IS3 IS2 IS1 " +
	"space exclamation-mark quotation-mark number-sign dollar-sign percent-sign ampersand apostrophe " +
	"left-parenthesis right-parenthesis asterisk plus-sign comma hyphen period slash " +
	"zero one two three four five six seven eight nine colon semicolon " +
	"less-than-sign equals-sign greater-than-sign question-mark commercial-at " +
	"A B C D E F G H I J K L M N O P Q R S T U V W X Y Z " +
	"left-square-bracket backslash right-square-bracket circumflex underscore grave-accent " +
	"a b c d e f g h i j k l m n o p q r s t u v w x y z " +
	"left-curly-bracket vertical-line right-curly-bracket tilde DEL"

// collate returns the byte that has the collating name name.
func collate(name string) (c byte, ok bool) {
	i := 0
	for n := range strings.FieldsSeq(collateNames) {
		if n == name {
			return byte(i), true
		}
		i++
	}
	return 0, false
}

// bracketState is what the bracket parser remembers of the element before.
type bracketState struct {
	kind uint8 // none, char or class
	char byte
}

const (
	lastNone uint8 = iota
	lastChar
	lastClass
)

// bracketExpr parses the elements of [...] up to and with the closing bracket;
// its opening token has been consumed.
func (p *parser) bracketExpr(neg bool) (set, error) {
	var s set
	var last bracketState
	if p.sc.tok == tokChar || p.sc.tok == tokDash {
		last = bracketState{lastChar, p.sc.val[0]}
		if err := p.sc.advance(); err != nil {
			return s, err
		}
	}
	for {
		more, err := p.bracketTerm(&s, &last)
		if err != nil {
			return s, err
		}
		if !more {
			break
		}
	}
	if last.kind == lastChar {
		s.add(last.char)
	}
	if neg {
		s.negate()
	}
	return s, nil
}

// bracketTerm parses one element, and reports false at the closing bracket.
func (p *parser) bracketTerm(s *set, last *bracketState) (more bool, err error) {
	tok, val := p.sc.tok, p.sc.val
	if err := p.sc.advance(); err != nil {
		return false, err
	}
	push := func(next bracketState) {
		if last.kind == lastChar {
			s.add(last.char)
		}
		*last = next
	}
	switch tok {
	case tokBracketEnd:
		return false, nil
	case tokChar:
		push(bracketState{lastChar, val[0]})
	case tokCollate:
		c, ok := collate(val)
		if !ok {
			return false, errCollate
		}
		push(bracketState{lastChar, c})
	case tokEquiv:
		c, ok := collate(val)
		if !ok {
			return false, errEquivalence
		}
		push(bracketState{kind: lastClass})
		s.addFunc(func(b byte) bool { return lower(b) == lower(c) })
	case tokClass:
		class := classOf(val)
		if class == nil {
			return false, errClass
		}
		push(bracketState{kind: lastClass})
		s.addFunc(class)
	case tokDash:
		return p.bracketDash(s, last)
	default:
		return false, errBracketChar
	}
	return true, nil
}

// bracketDash parses what follows a dash inside brackets.
// A dash is literal only before the closing bracket;
// elsewhere it makes a range, which needs a character on its left.
func (p *parser) bracketDash(s *set, last *bracketState) (more bool, err error) {
	if p.sc.tok == tokBracketEnd {
		if last.kind == lastChar {
			s.add(last.char)
		}
		*last = bracketState{lastChar, '-'}
		return false, p.sc.advance()
	}
	switch {
	case last.kind == lastClass:
		return false, errRangeStart
	case last.kind == lastNone:
		return false, errDash
	case p.sc.tok != tokChar && p.sc.tok != tokDash:
		return false, errRangeEnd
	}
	if err := s.addRange(last.char, p.sc.val[0]); err != nil {
		return false, err
	}
	*last = bracketState{}
	return true, p.sc.advance()
}

func lower(c byte) byte {
	if isUpper(c) {
		return c + 'a' - 'A'
	}
	return c
}
