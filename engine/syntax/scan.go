package syntax

import (
	"math"
	"strings"
)

// A Scanner splits a text into tokens. It needs no help from a parser: whether
// it is inside a string, a path or plain text it keeps on a stack of its own,
// so that tokens may be read ahead without limit.
//
// Of several tokens that could begin at a place the longest wins, as in a
// lexer made by flex: a/b is a path, x:x a URL, 1.5/a a path.
//
// A Scanner is not safe for concurrent use. The zero value is at the start of
// an empty text.
type Scanner struct {
	src   string
	pos   int
	modes []mode
	mode  mode // on top of modes; modeInitial at the bottom
	last  Token

	// noPath and noURI are the ends of runs of characters known to be followed
	// by nothing that makes them a path or a URL.
	noPath, noURI int
	noPipes       bool  // |> and <| are errors
	afterPath     bool  // the text ends right after a path
	before        int32 // where the token before the last StrText of a path begins

	// badAt is the offset of what Err complains about, badMsg the complaint.
	badMsg string
	badAt  int
	// openComment is 1 + the offset of a /* that is never closed, 0 if none.
	openComment int
	docs        []docRange // in order
	doc         docRange   // the last doc comment, if no token has followed it
}

// A docRange is a doc comment and the token that comes after it.
type docRange struct {
	begin, end int32 // of the comment, with its delimiters
	target     int32 // offset of the token
}

type mode uint8

const (
	modeInitial mode = iota // the bottom of the stack; like modeDefault
	modeDefault
	modeString
	modeIndString
	modePath      // after a piece of a path
	modePathSlash // after a piece of a path that ends with a slash
)

// NewScanner returns a Scanner at the start of src.
func NewScanner(src string) *Scanner { return &Scanner{src: src} }

// Character classes.
const (
	clsIdentStart = 1 << iota
	clsIdent
	clsPath
	clsScheme
	clsURI
	clsSpace
	clsDigit
	clsString // needs no attention inside "…"
)

var classes = makeClasses()

func makeClasses() (table [256]uint8) {
	set := func(chars string, cls uint8) {
		for i := range len(chars) {
			table[chars[i]] |= cls
		}
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	const digits = "0123456789"
	set(letters+"_", clsIdentStart)
	set(letters+digits+"_'-", clsIdent)
	set(letters+digits+"._-+", clsPath)
	set(letters+digits+"+-.", clsScheme)
	set(letters+digits+"%/?:@&=+$,-_.!~*'", clsURI)
	set(" \t\r\n", clsSpace)
	set(digits, clsDigit)
	for c := range 256 {
		if c != '"' && c != '$' && c != '\\' {
			table[c] |= clsString
		}
	}
	return table
}

// is reports whether the byte at i is there and of one of the classes.
func (s *Scanner) is(i int, cls uint8) bool {
	return i < len(s.src) && classes[s.src[i]]&cls != 0
}

// at returns the byte at i, 0 beyond the end.
func (s *Scanner) at(i int) byte {
	if i < len(s.src) {
		return s.src[i]
	}
	return 0
}

// run returns the end of the characters of cls that begin at i.
func (s *Scanner) run(i int, cls uint8) int {
	for i < len(s.src) && classes[s.src[i]]&cls != 0 {
		i++
	}
	return i
}

func (s *Scanner) push(m mode) {
	s.modes = append(s.modes, s.mode)
	s.mode = m
}

func (s *Scanner) pop() {
	s.mode = s.modes[len(s.modes)-1]
	s.modes = s.modes[:len(s.modes)-1]
}

// Next returns the next token. At the end of the text it returns [EndOfFile]
// for ever.
func (s *Scanner) Next() Token {
	var kind Kind
	start := s.pos
	switch s.mode {
	case modeInitial, modeDefault:
		start = s.skip()
		kind = s.scanDefault(start)
	case modeString:
		kind = s.scanString(start)
	case modeIndString:
		kind = s.scanIndString(start)
	default:
		kind = s.scanPath(start)
	}
	switch {
	case kind == PathEnd:
		s.afterPath = start == len(s.src)
		if s.afterPath && s.last.Kind == StrText {
			return Token{Kind: PathEnd, Start: s.before, End: s.last.End}
		}
		return Token{Kind: PathEnd, Start: s.last.Start, End: s.last.End}
	case kind == EndOfFile && s.afterPath:
		// Nix takes a text that ends with a path to end before its last piece.
		return Token{Kind: EndOfFile, Start: s.last.Start, End: s.last.Start}
	}
	s.last = Token{Kind: kind, Start: int32(start), End: int32(s.pos)}
	return s.last
}

// Err returns the offset of the text for which Next gave a [BadToken], and
// what is wrong with it in Nix's words.
func (s *Scanner) Err() (offset int, msg string) { return s.badAt, s.badMsg }

func (s *Scanner) bad(offset int, msg string) Kind {
	s.badAt, s.badMsg = offset, msg
	return BadToken
}

// skip moves past white space and comments and returns where the next token
// begins. It notes which token a doc comment belongs to.
func (s *Scanner) skip() int {
	src, i := s.src, s.pos
	for i < len(src) {
		switch c := src[i]; {
		case classes[c]&clsSpace != 0:
			i++
		case c == '#':
			for i < len(src) && src[i] != '\n' && src[i] != '\r' {
				i++
			}
		case c == '/' && i+1 < len(src) && src[i+1] == '*':
			n := strings.Index(src[i+2:], "*/")
			if n < 0 {
				s.openComment = i + 1
				return s.begin(i)
			}
			end := i + 2 + n + 2
			if isDocComment(src[i:end]) {
				s.doc = docRange{begin: int32(i), end: int32(end)}
			}
			i = end
		default:
			return s.begin(i)
		}
	}
	return s.begin(i)
}

// begin notes that a token begins at i.
func (s *Scanner) begin(i int) int {
	if s.doc.end != 0 {
		s.doc.target = int32(i)
		s.docs = append(s.docs, s.doc)
		s.doc = docRange{}
	}
	return i
}

// isDocComment reports whether a comment is /** … */, as opposed to /***…*/ or
// one without content.
func isDocComment(c string) bool {
	return len(c) > 5 && c[2] == '*' && c[3] != '*' && c[3] != '/'
}

// scanDefault reads the token that begins at i, outside strings and paths.
func (s *Scanner) scanDefault(i int) Kind {
	if i >= len(s.src) {
		s.pos = i
		return EndOfFile
	}
	c := s.src[i]
	switch {
	case classes[c]&clsIdentStart != 0:
		return s.scanWord(i)
	case classes[c]&clsPath != 0 || c == '/' || c == '~':
		if kind, ok := s.scanPathStart(i); ok {
			return kind
		}
		if classes[c]&clsDigit != 0 || c == '.' && s.is(i+1, clsDigit) {
			return s.scanNumber(i)
		}
	}
	return s.scanPunct(i, c)
}

// scanWord reads an identifier, a keyword, or a path or URL that begins with
// letters.
func (s *Scanner) scanWord(i int) Kind {
	end := s.run(i, clsIdent)
	switch s.at(end) {
	case '/', '.', '+', ':':
		if kind, ok := s.scanPathStart(i); ok {
			return kind
		}
		if s.scanURI(i) {
			return URILit
		}
	}
	s.pos = end
	if n := end - i; n < 2 || n > 7 {
		return Ident
	}
	return keyword(s.src[i:end])
}

// scanURI reads the URL that begins at i, if there is one.
func (s *Scanner) scanURI(i int) bool {
	if i < s.noURI || s.src[i] == '_' {
		return false
	}
	end := s.run(i, clsScheme)
	if s.at(end) != ':' || !s.is(end+1, clsURI) {
		s.noURI = end
		return false
	}
	s.pos = s.run(end+1, clsURI)
	return true
}

// scanPathStart reads the first piece of the path at i, if there is one.
func (s *Scanner) scanPathStart(i int) (kind Kind, ok bool) {
	if i < s.noPath {
		return 0, false
	}
	kind, run := PathText, i+1
	if s.src[i] == '~' {
		kind = HomePathText
	} else {
		run = s.run(i, clsPath)
	}
	if s.at(run) != '/' {
		s.noPath = run
		return 0, false
	}
	if !s.is(run+1, clsPath) {
		if s.at(run+1) != '$' || s.at(run+2) != '{' {
			s.noPath = run
			return 0, false
		}
		s.pos = run + 1
		s.push(modePathSlash)
		return kind, true
	}
	s.pos = s.pathSegments(run)
	return kind, true
}

// pathSegments returns the end of the segments /a/b that begin at i, with a
// slash that may follow them, and enters the mode after them.
func (s *Scanner) pathSegments(i int) int {
	for s.at(i) == '/' && s.is(i+1, clsPath) {
		i = s.run(i+1, clsPath)
	}
	if s.at(i) == '/' {
		s.push(modePathSlash)
		return i + 1
	}
	s.push(modePath)
	return i
}

// scanPath reads what follows the first piece of a path.
func (s *Scanner) scanPath(i int) Kind {
	if s.at(i) == '$' && s.at(i+1) == '{' {
		s.mode = modePath
		s.push(modeDefault)
		s.pos = i + 2
		return DollarBrace
	}
	run := s.run(i, clsPath)
	slash := s.at(run) == '/'
	if slash || run > i {
		s.before = s.last.Start
	}
	switch {
	case slash && s.is(run+1, clsPath):
		s.pop()
		s.pos = s.pathSegments(run)
		return StrText
	case slash:
		s.mode, s.pos = modePathSlash, run+1
		return StrText
	case run > i:
		s.mode, s.pos = modePath, run
		return StrText
	case s.mode == modePath:
		s.pop()
		return PathEnd
	}
	s.pop()
	if i == len(s.src) {
		i = int(s.last.Start)
	}
	return s.bad(i, "path has a trailing slash")
}

// maxSource is the length of the longest text that a Scanner can read, in bytes.
const maxSource = math.MaxInt32 - 1
