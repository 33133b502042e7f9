package ere

// token is one lexical element of a pattern.
type token uint8

const (
	tokEOF token = iota
	tokChar
	tokAny
	tokGroupBegin
	tokGroupEnd
	tokBracketBegin
	tokBracketNegBegin
	tokBracketEnd
	tokDash
	tokCollate
	tokClass
	tokEquiv
	tokBraceBegin
	tokBraceEnd
	tokNumber
	tokComma
	tokLineBegin
	tokLineEnd
	tokOr
	tokStar
	tokPlus
	tokOpt
)

// scanMode says which of the three token grammars the scanner is in.
type scanMode uint8

const (
	scanNormal scanMode = iota
	scanBracket
	scanBrace
)

// A scanner splits a pattern into tokens.
// It always holds one token of look-ahead in tok and val.
type scanner struct {
	src          string
	pos          int
	mode         scanMode
	bracketStart bool
	tok          token
	val          string // the character, class name or digits of tok
}

// advance reads the next token.
func (sc *scanner) advance() error {
	if sc.pos == len(sc.src) {
		sc.tok, sc.val = tokEOF, ""
		return nil
	}
	switch sc.mode {
	case scanBracket:
		return sc.bracket()
	case scanBrace:
		return sc.brace()
	}
	return sc.normal()
}

// normal reads a token outside brackets and braces.
func (sc *scanner) normal() error {
	c := sc.src[sc.pos]
	sc.pos++
	sc.val = ""
	switch c {
	case '\\':
		return sc.escape()
	case '(':
		sc.tok = tokGroupBegin
	case ')':
		sc.tok = tokGroupEnd
	case '[':
		sc.mode, sc.bracketStart = scanBracket, true
		sc.tok = tokBracketBegin
		if sc.pos < len(sc.src) && sc.src[sc.pos] == '^' {
			sc.pos++
			sc.tok = tokBracketNegBegin
		}
	case '{':
		sc.mode = scanBrace
		sc.tok = tokBraceBegin
	case '.':
		sc.tok = tokAny
	case '*':
		sc.tok = tokStar
	case '+':
		sc.tok = tokPlus
	case '?':
		sc.tok = tokOpt
	case '|':
		sc.tok = tokOr
	case '^':
		sc.tok = tokLineBegin
	case '$':
		sc.tok = tokLineEnd
	case 0:
		return errNull
	default:
		sc.tok, sc.val = tokChar, sc.src[sc.pos-1:sc.pos]
	}
	return nil
}

// escape reads the character after a backslash, which must be a special one.
func (sc *scanner) escape() error {
	if sc.pos == len(sc.src) {
		return errEscapeEnd
	}
	switch sc.src[sc.pos] {
	case '.', '[', '\\', '(', ')', '*', '+', '?', '{', '|', '^', '$':
		sc.tok, sc.val = tokChar, sc.src[sc.pos:sc.pos+1]
		sc.pos++
		return nil
	}
	return errEscape
}

// bracket reads a token inside [...].
func (sc *scanner) bracket() error {
	c := sc.src[sc.pos]
	sc.pos++
	start := sc.bracketStart
	sc.bracketStart = false
	sc.tok, sc.val = tokChar, sc.src[sc.pos-1:sc.pos]
	switch {
	case c == '-':
		sc.tok = tokDash
	case c == '[':
		if sc.pos == len(sc.src) {
			return errBracketOpen
		}
		switch sc.src[sc.pos] {
		case '.':
			return sc.named(tokCollate)
		case ':':
			return sc.named(tokClass)
		case '=':
			return sc.named(tokEquiv)
		}
	case c == ']' && !start:
		sc.tok, sc.mode = tokBracketEnd, scanNormal
	}
	return nil
}

// named reads a name between [. .], [: :] or [= =]; pos is at the first mark.
func (sc *scanner) named(tok token) error {
	mark := sc.src[sc.pos]
	begin := sc.pos + 1
	end := begin
	for end < len(sc.src) && sc.src[end] != mark {
		end++
	}
	if end+1 >= len(sc.src) || sc.src[end+1] != ']' {
		if tok == tokClass {
			return errClassEnd
		}
		return errCollateEnd
	}
	sc.tok, sc.val, sc.pos = tok, sc.src[begin:end], end+2
	return nil
}

// brace reads a token inside {...}.
func (sc *scanner) brace() error {
	begin := sc.pos
	c := sc.src[sc.pos]
	sc.pos++
	switch {
	case '0' <= c && c <= '9':
		for sc.pos < len(sc.src) && '0' <= sc.src[sc.pos] && sc.src[sc.pos] <= '9' {
			sc.pos++
		}
		sc.tok, sc.val = tokNumber, sc.src[begin:sc.pos]
	case c == ',':
		sc.tok = tokComma
	case c == '}':
		sc.tok, sc.mode = tokBraceEnd, scanNormal
	default:
		return errBraceRange
	}
	return nil
}
