package syntax

// scanPunct reads a token that is no word, number or path.
func (s *Scanner) scanPunct(i int, c byte) Kind {
	kind, n := s.punct(i, c)
	s.pos = i + n
	if s.noPipes && (kind == PipeFrom || kind == PipeInto) {
		const feature = "pipe-operators"
		return s.bad(i, "experimental Nix feature '"+feature+
			"' is disabled; add '--extra-experimental-features "+feature+"' to enable it")
	}
	switch kind {
	case DollarBrace, BraceOpen:
		s.push(modeDefault)
	case BraceClose:
		if s.mode != modeInitial {
			s.pop()
		}
	case Quote:
		s.push(modeString)
	case IndOpen:
		s.push(modeIndString)
	}
	return kind
}

// punct says which token of punctuation c begins at i, and its length.
func (s *Scanner) punct(i int, c byte) (Kind, int) {
	if two := doublePunct(c, s.at(i+1)); two != InvalidToken {
		return two, 2
	}
	switch c {
	case 0: // Nix takes it for the end of the text
		s.src = s.src[:i+1]
		return EndOfFile, 1
	case '.':
		if s.at(i+1) == '.' && s.at(i+2) == '.' {
			return Ellipsis, 3
		}
	case '<':
		if end := s.searchPath(i); end > 0 {
			return SearchPathLit, end - i
		}
	case '\'':
		if s.at(i+1) != '\'' {
			break
		}
		end := i + 2
		for s.at(end) == ' ' {
			end++
		}
		if s.at(end) == '\n' {
			return IndOpen, end + 1 - i
		}
		return IndOpen, 2
	}
	return singlePunct(c), 1
}

// searchPath returns the end of the <a/b> that begins at i, 0 if none does.
func (s *Scanner) searchPath(i int) int {
	for {
		end := s.run(i+1, clsPath)
		if end == i+1 {
			return 0
		}
		switch s.at(end) {
		case '>':
			return end + 1
		case '/':
			i = end
		default:
			return 0
		}
	}
}

func doublePunct(c, d byte) Kind {
	switch {
	case c == '=' && d == '=':
		return EqualEqual
	case c == '!' && d == '=':
		return BangEqual
	case c == '<' && d == '=':
		return LessEqual
	case c == '>' && d == '=':
		return GreaterEqual
	case c == '&' && d == '&':
		return AndAnd
	case c == '|' && d == '|':
		return OrOr
	case c == '-' && d == '>':
		return Arrow
	case c == '/' && d == '/':
		return SlashSlash
	case c == '+' && d == '+':
		return PlusPlus
	case c == '<' && d == '|':
		return PipeFrom
	case c == '|' && d == '>':
		return PipeInto
	case c == '$' && d == '{':
		return DollarBrace
	}
	return InvalidToken
}

var singles = [128]Kind{
	'<': Less, '>': Greater, '+': Plus, '-': Minus, '*': Star, '/': Slash, '?': Question,
	':': Colon, '@': At, ';': Semicolon, '!': Bang, '.': Dot, '"': Quote,
	'(': ParenOpen, ')': ParenClose, '{': BraceOpen, '}': BraceClose,
	'[': BracketOpen, ']': BracketClose, '=': Equals, ',': Comma,
}

func singlePunct(c byte) Kind {
	if c < 128 && singles[c] != 0 {
		return singles[c]
	}
	return InvalidToken
}
