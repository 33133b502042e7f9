// Package aterm reads and writes the tokens of store derivations: punctuation
// and quoted strings, a small part of the ATerm text format.
//
// Strings are bytes. Within the quotes a quote, a backslash, a line feed, a
// carriage return and a tab are escaped; every other byte stands for itself.
//
// Format: Nix manual, "Derivation ATerm Format".
package aterm

import (
	"fmt"
	"strings"
)

// AppendString appends s in quotes to dst.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := range len(s) {
		switch s[i] {
		case '"', '\\', '\n', '\r', '\t':
			dst = append(dst, s[start:i]...)
			dst = append(dst, '\\', escape(s[i]))
			start = i + 1
		}
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// AppendRaw appends s in quotes to dst, without escaping anything. Nix writes
// the system of a derivation and names of outputs so.
func AppendRaw(dst []byte, s string) []byte {
	return append(append(append(dst, '"'), s...), '"')
}

func escape(c byte) byte {
	switch c {
	case '\n':
		return 'n'
	case '\r':
		return 'r'
	case '\t':
		return 't'
	}
	return c
}

func unescape(c byte) byte {
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

// AppendStrings appends a list of strings to dst.
func AppendStrings(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for i, s := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendString(dst, s)
	}
	return append(dst, ']')
}

// Scanner takes tokens off a text. After its first error it takes nothing
// more, so that only the end need be checked. It is not safe for concurrent
// use.
type Scanner struct {
	src string
	pos int // bytes taken
	err error
}

// NewScanner returns a Scanner at the start of src. Strings that it returns
// may share memory with src.
func NewScanner(src string) *Scanner { return &Scanner{src: src} }

// Reset makes s a Scanner at the start of src, as [NewScanner] does.
func (s *Scanner) Reset(src string) { *s = Scanner{src: src} }

// Err returns the first error: an [*Error], or what Fail was given.
func (s *Scanner) Err() error { return s.err }

// Error says where a text departs from the format.
type Error struct {
	Offset int // bytes from the start of the text
	Msg    string
	// Want is the literal that should come there, "" if it is not a literal that is
	// missing.
	Want string
	Open bool // it is a string that does not end
}

func (e *Error) Error() string { return fmt.Sprintf("offset %d: %s", e.Offset, e.Msg) }

// Fail makes err the Scanner's error unless it has one.
func (s *Scanner) Fail(err error) {
	if s.err == nil && err != nil {
		s.err = err
	}
}

func (s *Scanner) failf(offset int, format string, args ...any) {
	s.Fail(&Error{Offset: offset, Msg: fmt.Sprintf(format, args...)})
}

// Literal takes want, which must come next.
func (s *Scanner) Literal(want string) {
	if s.err != nil {
		return
	}
	if !strings.HasPrefix(s.src[s.pos:], want) {
		rest := s.src[s.pos:]
		got := rest[:min(len(rest), max(8, len(want)))]
		s.Fail(&Error{Offset: s.pos, Msg: fmt.Sprintf("got %q, want %q", got, want), Want: want})
		return
	}
	s.pos += len(want)
}

// Take reads want if that is what comes, and reports whether it is.
func (s *Scanner) Take(want string) bool {
	if s.err != nil || !strings.HasPrefix(s.src[s.pos:], want) {
		return false
	}
	s.pos += len(want)
	return true
}

// Text takes a quoted string and returns what it stands for.
func (s *Scanner) Text() string {
	s.Literal(`"`)
	if s.err != nil {
		return ""
	}
	rest := s.src[s.pos:]
	end := strings.IndexByte(rest, '"')
	if end >= 0 && strings.IndexByte(rest[:end], '\\') < 0 {
		s.pos += end + 1
		return rest[:end]
	}
	return s.escaped()
}

// escaped takes the rest of a quoted string that holds a backslash or does
// not end.
func (s *Scanner) escaped() string {
	out := make([]byte, 0, 128)
	for i := s.pos; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == '"':
			s.pos = i + 1
			return string(out)
		case c == '\\' && i+1 < len(s.src):
			i++
			out = append(out, unescape(s.src[i]))
		default:
			out = append(out, c)
		}
	}
	s.Fail(&Error{Offset: s.pos - 1, Msg: "string does not end", Open: true})
	return ""
}

// List takes a list, calling elem to take each element.
func (s *Scanner) List(elem func()) { s.ListAfter("[", elem) }

// ListAfter is List for one that begins with another literal than [.
func (s *Scanner) ListAfter(begin string, elem func()) {
	s.Literal(begin)
	if s.err != nil || s.take(']') {
		return
	}
	for {
		elem()
		if s.err != nil || s.take(']') {
			return
		}
		if s.Take(",") {
			continue
		}
		// Nix reads the next element without its comma: what is wrong is its beginning.
		missing := *s
		missing.Literal(",")
		elem()
		s.Fail(missing.err)
		return
	}
}

// Strings takes a list of strings. It is nil if empty.
func (s *Scanner) Strings() []string {
	var list []string
	s.List(func() { list = append(list, s.Text()) })
	return list
}

// End reports an error if anything is left.
func (s *Scanner) End() {
	if s.err == nil && s.pos < len(s.src) {
		s.failf(s.pos, "%d bytes follow the end", len(s.src)-s.pos)
	}
}

func (s *Scanner) take(c byte) bool {
	if s.pos < len(s.src) && s.src[s.pos] == c {
		s.pos++
		return true
	}
	return false
}
