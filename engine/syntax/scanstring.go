package syntax

import "strings"

// This file reads the text between the quotes of both kinds of strings: first
// where a piece of it ends, then (for a parser) what it stands for.

// scanString reads a piece of "…".
func (s *Scanner) scanString(i int) Kind {
	src, j := s.src, i
	for {
		j = s.run(j, clsString)
		if j >= len(src) || src[j] == '"' {
			break
		}
		n := stringEscape(src[j:])
		if n == 0 {
			break
		}
		j += n
	}
	switch {
	case j > i:
		s.pos = j
		return StrText
	case j >= len(src):
		return EndOfFile
	case src[j] == '"':
		s.pop()
		s.pos = j + 1
		return Quote
	case src[j] == '$' && s.at(j+1) == '{':
		s.push(modeDefault)
		s.pos = j + 2
		return DollarBrace
	}
	s.pos = len(src) // half an escape at the end of the text
	return EndOfFile
}

// stringEscape returns the length of the \x, $x, $\x or lone $ that t
// begins with, 0 if it is the start of an interpolation or cut off.
func stringEscape(t string) int {
	switch {
	case len(t) < 2:
		return 0
	case t[0] == '\\':
		return 2
	case t[1] == '{':
		return 0
	case t[1] == '"':
		return 1
	case t[1] != '\\':
		return 2
	case len(t) < 3:
		return 0
	}
	return 3
}

// scanIndString reads a piece of ”…”. An escape is a piece of its own.
func (s *Scanner) scanIndString(i int) Kind {
	src, j := s.src, i
	for j < len(src) {
		if c := src[j]; c != '$' && c != '\'' {
			j++
			continue
		}
		d := s.at(j + 1)
		if j+1 >= len(src) || d == '\'' || src[j] == '$' && d == '{' || src[j] == '\'' && d == '$' {
			break
		}
		j += 2
	}
	s.pos = j
	switch {
	case j > i:
		return IndText
	case j >= len(src):
		return EndOfFile
	case src[j] == '$':
		if s.at(j+1) == '{' {
			s.push(modeDefault)
			s.pos = j + 2
			return DollarBrace
		}
		s.pos = j + 1
		return IndText
	case s.at(j+1) != '\'':
		s.pos = j + 1
		return IndText
	}
	switch s.at(j + 2) {
	case '$', '\'':
		s.pos = j + 3
		return IndText
	case '\\':
		if j+3 < len(src) {
			s.pos = j + 4
			return IndText
		}
	}
	s.pop()
	s.pos = j + 2
	return IndClose
}

// hasIndentation reports whether a piece of ”…” is plain text, whose spaces
// after line ends are indentation, as opposed to an escape or a lone $ or '.
func hasIndentation(t string) bool {
	return t != "$" && t != "'" && !strings.HasPrefix(t, "''")
}

// indEscape returns what an escape in ”…” stands for.
func indEscape(t string) string {
	switch {
	case len(t) < 3:
		return t
	case t[2] == '$':
		return "$"
	case t[2] == '\'':
		return "''"
	}
	return unescape(t[2:])
}

// unescape returns what text between double quotes stands for:
// \n, \r, \t are control characters, \ and any other character is that
// character, and every line end is \n.
func unescape(t string) string {
	i := strings.IndexAny(t, "\\\r")
	if i < 0 {
		return t
	}
	b := append(make([]byte, 0, len(t)), t[:i]...)
	for ; i < len(t); i++ {
		c := t[i]
		switch {
		case c == '\\' && i+1 < len(t):
			i++
			b = append(b, controlEscape(t[i]))
		case c == '\r':
			b = append(b, '\n')
			if i+1 < len(t) && t[i+1] == '\n' {
				i++
			}
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

func controlEscape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}
