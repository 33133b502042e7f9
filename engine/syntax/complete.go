package syntax

// A Completion says what can be completed at a place in a text.
type Completion struct {
	Kind CompletionKind
	// Start is the offset of Prefix: what a completion replaces is from there
	// to the place.
	Start  int
	Prefix string
	// Base is the source of the expression before the last dot if Kind
	// is CompleteAttr.
	Base string
}

// A CompletionKind says what sort of thing can be completed.
type CompletionKind uint8

// The sorts of things that can be completed.
const (
	CompleteNothing    CompletionKind = iota // in a comment, string or number
	CompleteVariable                         // a variable or keyword
	CompleteAttr                             // an attribute of Base
	CompletePath                             // a path; Prefix is all of it
	CompleteSearchPath                       // what is in <…>; Prefix is what is after <
)

// CompletionAt returns what can be completed at a byte offset, judging by the
// text before it.
func CompletionAt(src string, offset int) Completion {
	src = src[:min(max(offset, 0), len(src))]
	h := highlighter{src: src}
	h.scan()
	for i := range h.toks {
		h.token(i)
	}
	h.gap(h.end, len(src))
	last := len(h.toks) - 1
	nothing := Completion{Start: len(src)}
	if n := len(h.open); n > 0 && (h.open[n-1].kind == Quote || h.open[n-1].kind == IndOpen) {
		return nothing
	}
	if n := len(h.spans); n > 0 {
		if s := h.spans[n-1]; s.End == len(src) && (s.Class == ClassComment || s.Class == ClassDoc) {
			return nothing
		}
	}
	variable := Completion{Kind: CompleteVariable, Start: len(src)}
	if last < 0 || int(h.toks[last].End) < len(src) {
		return variable
	}
	tok := h.toks[last]
	text := src[tok.Start:tok.End]
	switch tok.Kind {
	case Ident, KwOr, KwIf, KwThen, KwElse, KwAssert, KwWith, KwLet, KwIn, KwRec, KwInherit:
		c := Completion{Kind: CompleteVariable, Start: int(tok.Start), Prefix: text}
		switch h.kind(last - 1) {
		case Dot:
			c.Kind, c.Base = CompleteAttr, h.base(last-1)
		case Less:
			// a <b is more likely an unfinished a <b> than a < b.
			less := int(h.toks[last-1].Start)
			if less+1 == int(tok.Start) && (less == 0 || classes[src[less-1]]&clsIdent == 0) {
				c.Kind = CompleteSearchPath
			}
		}
		return c
	case Dot:
		return Completion{Kind: CompleteAttr, Start: len(src), Base: h.base(last)}
	case PathText, HomePathText:
		return Completion{Kind: CompletePath, Start: int(tok.Start), Prefix: text}
	case IntLit, FloatLit, URILit, SearchPathLit, BadToken, StrText:
		return nothing
	}
	return variable
}

// endsOperand reports whether token i can be the end of an operand.
func (h *highlighter) endsOperand(i int) bool {
	switch h.kind(i) {
	case Ident, IntLit, FloatLit, StrText, Quote, IndClose, PathText, SearchPathLit, URILit,
		ParenClose, BraceClose, BracketClose:
		return true
	}
	return false
}

// base returns the source of the selection whose next dot is token dot.
func (h *highlighter) base(dot int) string {
	i := dot - 1
	for {
		i = h.operandStart(i)
		if i < 0 {
			return ""
		}
		if h.kind(i-1) != Dot {
			return h.src[h.toks[i].Start:h.toks[dot].Start]
		}
		i -= 2
	}
}

// operandStart returns the first token of the simple expression that ends with
// token i, or -1 if none does.
func (h *highlighter) operandStart(i int) int {
	if !h.endsOperand(i) && h.kind(i) != KwOr {
		return -1
	}
	for _, s := range h.spans {
		if s.End == int(h.toks[i].End) && s.Match >= 0 {
			start := h.spans[s.Match].Start
			for int(h.toks[i].Start) > start {
				i--
			}
			if h.kind(i-1) == KwRec {
				i--
			}
			return i
		}
	}
	return i
}
