package syntax

import (
	"path"
	"strconv"
	"strings"
)

// number reads an integer or floating-point literal.
func (p *parser) number(at Pos) Expr {
	text := p.text(p.tok)
	kind := p.tok.Kind
	p.next()
	if kind == IntLit {
		n, _ := strconv.ParseInt(text, 10, 64) // the scanner has checked it
		e := p.arena.ints.alloc()
		e.Value, e.At = n, at
		return e
	}
	x, _ := strconv.ParseFloat(text, 64)
	return &Float{x, at}
}

// str reads "…". It returns a *Str or an *Interp.
func (p *parser) str(at Pos) Expr {
	p.next()
	if p.tok.Kind == Quote {
		p.next()
		return p.newStr("", at)
	}
	first := p.tok
	if first.Kind == StrText {
		s := p.strText()
		if p.tok.Kind == Quote {
			p.next()
			return p.newStr(s, at)
		}
		base := len(p.parts)
		p.parts = append(p.parts, Part{p.newStr(s, p.pos(first.Start)), p.pos(first.Start)})
		return p.interpolation(p.pos(first.Start), base, Quote)
	}
	return p.interpolation(p.here(), len(p.parts), Quote)
}

func (p *parser) newStr(s string, at Pos) *Str {
	e := p.arena.strs.alloc()
	e.Value, e.At = s, at
	return e
}

// strText reads the text of a StrText token between double quotes.
func (p *parser) strText() string {
	raw := p.text(p.tok)
	text := unescape(raw)
	if hasBareNUL(raw) {
		p.refuseNUL(text)
	}
	p.next()
	return text
}

// hasBareNUL reports whether a text with escapes has a zero byte that is not escaped:
// others Nix does not look at.
func hasBareNUL(raw string) bool {
	if strings.IndexByte(raw, 0) < 0 {
		return false
	}
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case 0:
			return true
		}
	}
	return false
}

// refuseNUL refuses a string that holds a zero byte.
func (p *parser) refuseNUL(text string) {
	p.fail(p.tok.Start, Hintf("input string '%s' cannot be represented as Nix string because it contains null bytes",
		strings.ReplaceAll(text, "\x00", "␀")))
}

// interpolation reads further pieces of text and ${…} up to a token of kind end.
// Those read already are in p.parts from base on; the next token is not text if
// there are none or the last is text.
func (p *parser) interpolation(at Pos, base int, end Kind) Expr {
	h := 0
	if p.tok.Kind != DollarBrace {
		p.syntaxError()
	}
	for p.tok.Kind != end && !p.failed {
		at := p.here()
		switch p.tok.Kind {
		case StrText:
			if end == PathEnd {
				p.parts = append(p.parts, Part{p.newStr(p.text(p.tok), at), at})
				p.next()
			} else {
				p.parts = append(p.parts, Part{p.newStr(p.strText(), at), at})
			}
		case DollarBrace:
			p.parts = append(p.parts, Part{p.inBraces(), at})
			h = max(h, p.height)
		default:
			p.syntaxError()
		}
	}
	p.accept(end)
	p.grow(h)
	return p.newInterp(Interp{Parts: p.popParts(base), IsPath: end == PathEnd, At: at})
}

func (p *parser) newInterp(v Interp) *Interp {
	e := p.arena.interps.alloc()
	*e = v
	return e
}

// inBraces reads ${ … }.
func (p *parser) inBraces() Expr {
	p.next()
	e := p.expr()
	p.accept(BraceClose)
	return e
}

// indStr reads ”…”.
func (p *parser) indStr(at Pos) Expr {
	p.next()
	base, h := len(p.pieces), 0
	for p.tok.Kind != IndClose && !p.failed {
		part := indPart{at: p.here()}
		switch p.tok.Kind {
		case IndText:
			part.text = p.text(p.tok)
			if strings.IndexByte(part.text, 0) >= 0 && !strings.HasPrefix(part.text, `''\`) {
				p.refuseNUL(part.text)
			}
			p.next()
		case DollarBrace:
			part.x = p.inBraces()
			h = max(h, p.height)
		default:
			p.syntaxError()
		}
		p.pieces = append(p.pieces, part)
	}
	p.accept(IndClose)
	if p.failed {
		return nil
	}
	stripped := p.stripIndentation(p.pieces[base:])
	p.pieces = p.pieces[:base]
	switch {
	case len(stripped) == 0:
		return p.newStr("", at)
	case len(stripped) == 1:
		if s, ok := stripped[0].X.(*Str); ok {
			return s
		}
	}
	p.grow(h)
	return p.newInterp(Interp{Parts: stripped, At: at})
}

// path reads a path literal with its interpolations.
func (p *parser) path(at Pos) Expr {
	tok := p.tok
	first := p.arena.paths.alloc()
	first.Value, first.Relative = p.absolutePath(tok)
	first.At = at
	p.next()
	switch p.tok.Kind {
	case PathEnd:
		p.next()
		return first
	}
	base := len(p.parts)
	p.parts = append(p.parts, Part{first, at})
	if p.tok.Kind == StrText {
		p.parts = append(p.parts, Part{p.newStr(p.text(p.tok), p.here()), p.here()})
		p.next()
	}
	return p.interpolation(at, base, PathEnd)
}

// The settings that lints are about.
const (
	absolutePaths = "lint-absolute-path-literals"
	shortPaths    = "lint-short-path-literals"
	urlLiterals   = "lint-url-literals"
)

// absolutePath returns the path that the first piece of a path literal means, and
// the piece itself if it starts from the directory of the text. A slash at
// its end is kept.
func (p *parser) absolutePath(tok Token) (abs, relative string) {
	text := p.text(tok)
	switch {
	case tok.Kind == HomePathText:
		if p.opts.PureEval {
			p.fail(noOffset, Hintf("the path '%s' can not be resolved in pure mode", text))
		}
		p.lint(p.opts.AbsolutePaths, absolutePaths, tok.Start, Hintf("home path literals are not portable. "+
			"Consider replacing path literal '%s' by a string, relative path, or parameter", text))
		return p.opts.Home + text[1:], ""
	case text[0] == '/':
		p.lint(p.opts.AbsolutePaths, absolutePaths, tok.Start, Hintf("absolute path literals are not portable. "+
			"Consider replacing path literal '%s' by a string, relative path, or parameter", text))
		return inDir("", text), ""
	default:
		if text[0] != '.' {
			p.lint(p.opts.ShortPaths, shortPaths, tok.Start, Hintf("relative path literal '%s' should be prefixed with '.' for clarity: './%s'", text, text))
		}
		return inDir(p.opts.BasePath, text), text
	}
}

// inDir returns the absolute path that text is from dir. A slash at its end is
// kept.
func inDir(dir, text string) string {
	abs := path.Join("/", dir, text)
	if len(text) > 1 && strings.HasSuffix(text, "/") {
		abs += "/"
	}
	return abs
}

// searchPath reads <a/b>, which is a call of __findFile.
func (p *parser) searchPath(at Pos) Expr {
	text := p.text(p.tok)
	p.next()
	p.grow(0)
	return &Call{
		Fn: &Var{Name: SymFindFile, At: at},
		Args: []Expr{
			&Var{Name: SymNixPath, At: at},
			&Str{Value: text[1 : len(text)-1], At: at},
		},
		At: at,
	}
}

// uri reads a URL without quotes.
func (p *parser) uri(at Pos) Expr {
	text := p.text(p.tok)
	verb := "discouraged"
	if p.opts.URLLiterals == LintFatal {
		verb = "disallowed"
	}
	p.lint(p.opts.URLLiterals, urlLiterals, p.tok.Start, Hintf("URL literals are %s. Consider using a string literal \"%s\" instead", verb, text))
	p.next()
	return p.newStr(text, at)
}
