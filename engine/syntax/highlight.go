package syntax

// A Class says how an editor shows a piece of text.
type Class uint8

// The classes of text.
const (
	ClassError         Class = iota // what cannot be read or matches nothing
	ClassComment                    // # … and /* … */
	ClassDoc                        // /** … */
	ClassKeyword                    // let, if, or …
	ClassVariable                   // a
	ClassConstant                   // true, false, null
	ClassBuiltin                    // builtins, map, import …
	ClassAttr                       // an attribute's name: in a binding, after a dot, in inherit
	ClassParam                      // an argument's name, where it is introduced
	ClassNumber                     // 1, 1.5
	ClassString                     // text in quotes, and the quotes
	ClassEscape                     // \n, ''$ and so on in strings
	ClassInterpolation              // ${ and its }
	ClassPath                       // ./a and <a>
	ClassURL                        // http://a
	ClassOperator                   // +, ?, // …
	ClassPunctuation                // ; : , = . @
	ClassBracket                    // ( [ { and their partners
)

// A Span is a piece of text of one class.
type Span struct {
	Start, End int // byte offsets
	Class      Class
	// Match is the index of the span that opens or closes what this one closes or opens
	// (brackets, quotes, ${ and }), -1 if there is none.
	Match int
}

// Highlight classifies a text, which need not be correct or complete. The
// spans are in order, do not overlap and cover everything but white space.
func Highlight(src string) []Span {
	h := highlighter{src: src}
	h.scan()
	for i := range h.toks {
		h.token(i)
	}
	h.gap(h.end, len(src))
	return h.spans
}

// A highlighter turns the tokens of a text into spans.
type highlighter struct {
	src   string
	toks  []Token
	spans []Span
	end   int        // up to here src is in spans
	open  []openSpan // what is open, innermost last
}

// An openSpan is a bracket, quote or ${ that is still open.
type openSpan struct {
	span int
	kind Kind
	// formals is true for the { of a function's formals, inherit while inside
	// an inherit statement of a {.
	formals, inherit bool
}

// scan reads all tokens. Where a parser would see the end of the text, at a zero byte,
// it goes on.
func (h *highlighter) scan() {
	s := NewScanner(h.src)
	for {
		tok := s.Next()
		if s.openComment > 0 && int(tok.Start) >= s.openComment-1 {
			return // gap takes the rest
		}
		if tok.Kind == EndOfFile {
			if s.pos >= len(h.src) {
				return
			}
			s.src = h.src
			tok.Kind = InvalidToken
		}
		if tok.Kind != PathEnd && tok.End > tok.Start {
			h.toks = append(h.toks, tok)
		}
	}
}

// kind returns the kind of token i, EndOfFile if there is no such token.
func (h *highlighter) kind(i int) Kind {
	if i < 0 || i >= len(h.toks) {
		return EndOfFile
	}
	return h.toks[i].Kind
}

func (h *highlighter) add(start, end int, c Class) {
	if start < end {
		h.spans = append(h.spans, Span{start, end, c, -1})
		h.end = end
	}
}

// gap classifies what is between tokens: comments, and at the end of the text an
// unfinished comment or escape.
func (h *highlighter) gap(start, end int) {
	for i := start; i < end; {
		c := h.src[i]
		switch {
		case classes[c]&clsSpace != 0:
			i++
			continue
		case c == '#':
			j := i
			for j < end && h.src[j] != '\n' && h.src[j] != '\r' {
				j++
			}
			h.add(i, j, ClassComment)
		case c == '/' && i+1 < end && h.src[i+1] == '*':
			j := commentEnd(h.src[i:end]) + i
			class := ClassComment
			if isDocComment(h.src[i:j]) {
				class = ClassDoc
			}
			h.add(i, j, class)
		default:
			h.add(i, end, ClassString)
		}
		i = h.end
	}
}

// commentEnd returns the length of the comment /* … */ that t begins with.
func commentEnd(t string) int {
	for i := 2; i+1 < len(t); i++ {
		if t[i] == '*' && t[i+1] == '/' {
			return i + 2
		}
	}
	return len(t)
}

// token classifies token i and what is before it.
func (h *highlighter) token(i int) {
	tok := h.toks[i]
	start, end := int(tok.Start), int(tok.End)
	h.gap(h.end, start)
	switch tok.Kind {
	case StrText, IndText:
		h.text(i, start, end)
	case Ident, KwOr:
		h.add(start, end, h.word(i))
	case ParenOpen, BracketOpen, BraceOpen, DollarBrace, IndOpen:
		h.opening(i, start, end)
	case ParenClose, BracketClose, BraceClose, IndClose:
		h.closing(tok.Kind, start, end)
	case Quote:
		if n := len(h.open); n > 0 && h.open[n-1].kind == Quote {
			h.closing(Quote, start, end)
		} else {
			h.opening(i, start, end)
		}
	default:
		h.add(start, end, kindClass(tok.Kind))
		h.statement(tok.Kind)
	}
}

// statement notes where an inherit statement begins and ends.
func (h *highlighter) statement(k Kind) {
	if n := len(h.open); n > 0 {
		switch k {
		case KwInherit:
			h.open[n-1].inherit = true
		case Semicolon:
			h.open[n-1].inherit = false
		}
	}
}

func kindClass(k Kind) Class {
	switch k {
	case IntLit, FloatLit:
		return ClassNumber
	case PathText, HomePathText, SearchPathLit:
		return ClassPath
	case URILit:
		return ClassURL
	case KwIf, KwThen, KwElse, KwAssert, KwWith, KwLet, KwIn, KwRec, KwInherit:
		return ClassKeyword
	case Colon, At, Semicolon, Dot, Equals, Comma, Ellipsis:
		return ClassPunctuation
	case BadToken, InvalidToken:
		return ClassError
	}
	return ClassOperator
}

func (h *highlighter) opening(i, start, end int) {
	tok := h.toks[i]
	class := ClassBracket
	switch tok.Kind {
	case DollarBrace:
		class = ClassInterpolation
	case Quote, IndOpen:
		class = ClassString
	}
	o := openSpan{span: len(h.spans), kind: tok.Kind}
	o.formals = tok.Kind == BraceOpen && h.atFormals(i)
	h.add(start, end, class)
	h.open = append(h.open, o)
}

// atFormals reports whether the { that is token i begins formals.
func (h *highlighter) atFormals(i int) bool {
	switch next := h.kind(i + 2); h.kind(i + 1) {
	case Ellipsis:
		return true
	case BraceClose:
		return next == Colon || next == At
	case Ident:
		return next == Comma || next == Question || next == BraceClose
	}
	return false
}

// partners maps what closes to what it closes.
var partners = map[Kind]Kind{
	ParenClose: ParenOpen, BracketClose: BracketOpen, BraceClose: BraceOpen,
	IndClose: IndOpen, Quote: Quote,
}

func (h *highlighter) closing(k Kind, start, end int) {
	n := len(h.open)
	if n == 0 {
		h.add(start, end, ClassError)
		return
	}
	o := h.open[n-1]
	if o.kind != partners[k] && !(k == BraceClose && o.kind == DollarBrace) {
		h.add(start, end, ClassError)
		return
	}
	h.open = h.open[:n-1]
	h.spans[o.span].Match = len(h.spans)
	h.add(start, end, h.spans[o.span].Class)
	h.spans[len(h.spans)-1].Match = o.span
}

// text classifies a piece of a string or path.
func (h *highlighter) text(i, start, end int) {
	t := h.src[start:end]
	n := len(h.open)
	switch {
	case h.toks[i].Kind == IndText:
		if hasIndentation(t) || len(t) < 3 {
			h.add(start, end, ClassString)
		} else {
			h.add(start, end, ClassEscape)
		}
	case n == 0 || h.open[n-1].kind != Quote:
		h.add(start, end, ClassPath)
	default:
		from := start
		for j := start; j < end; j++ {
			if h.src[j] == '\\' && j+1 < end {
				h.add(from, j, ClassString)
				h.add(j, j+2, ClassEscape)
				from, j = j+2, j+1
			}
		}
		h.add(from, end, ClassString)
	}
}

// word classifies an identifier or the word or by what is around it.
func (h *highlighter) word(i int) Class {
	before, after := h.kind(i-1), h.kind(i+1)
	var o openSpan
	if len(h.open) > 0 {
		o = h.open[len(h.open)-1]
	}
	switch {
	case before == Dot || h.isBinding(i) || o.kind == BraceOpen && o.inherit || before == KwInherit:
		return ClassAttr
	case h.toks[i].Kind == KwOr:
		return ClassKeyword
	case after == Colon || after == At || before == At,
		o.formals && (before == BraceOpen || before == Comma):
		return ClassParam
	}
	switch name := h.src[h.toks[i].Start:h.toks[i].End]; {
	case name == "true" || name == "false" || name == "null":
		return ClassConstant
	case isGlobalName(name):
		return ClassBuiltin
	}
	return ClassVariable
}

// isBinding reports whether an attribute path that is bound begins with token i.
func (h *highlighter) isBinding(i int) bool {
	i++
	for h.kind(i) == Dot && (h.kind(i+1) == Ident || h.kind(i+1) == KwOr) {
		i += 2
	}
	return h.kind(i) == Equals
}

// isGlobalName reports whether name is bound in every file, to something other than
// a constant. Names that begin with two underscores count as such.
func isGlobalName(name string) bool {
	switch name {
	case "abort", "baseNameOf", "break", "builtins", "derivation", "derivationStrict", "dirOf",
		"fetchGit", "fetchMercurial", "fetchTarball", "fetchTree", "fromTOML", "import", "isNull",
		"map", "placeholder", "removeAttrs", "scopedImport", "throw", "toString":
		return true
	}
	return len(name) > 2 && name[:2] == "__"
}
