package syntax

import (
	"fmt"
	"strings"
)

// This file and its siblings parse*.go are the parser: recursive descent, with
// precedence climbing for operators. On a syntax error it only notes that there
// is one, and diagnose says which; errors of meaning (duplicate
// attributes and the like) it words itself, when it meets them.

// ParseExpr reads an expression. name says where src is from: an absolute
// path, or a word such as «string». The File keeps src.
//
// A text that is no expression gives an [*Error], together with the File.
func ParseExpr(name, src string, opts *Options) (Expr, *File, error) {
	p, err := newParser(name, src, opts)
	if err != nil {
		return nil, nil, err
	}
	p.arena = new(arena)
	e, err := p.whole()
	return e, p.file, err
}

// whole reads all of the text as one expression.
func (p *parser) whole() (Expr, error) {
	p.borrow()
	defer p.giveBack()
	p.scanBeside()
	if p.beside != nil {
		defer close(p.beside.quit)
	}
	p.next()
	e := p.expr()
	p.accept(EndOfFile)
	if err := p.finish(false); err != nil {
		return nil, err
	}
	return e, nil
}

// A parser reads one text. Its methods return nonsense, possibly nil, once
// something is wrong; they end quickly then, because the current token remains a
// BadToken, which nothing accepts.
type parser struct {
	scan    Scanner
	beside  *scanAhead // of the text, instead of scan; or nil
	tok     Token      // the current token
	ahead   [2]Token
	nAhead  int
	prevEnd int32 // end of the token before the current one
	unasked int   // tokens since opts.Poll was called

	src  string
	file *File
	opts *Options
	syms *Symbols
	seen *numbering // of the names that were interned, in this order; or nil
	base Pos

	failed    bool
	err       *Error // nil if failed is due to a syntax error
	errAt     int    // offset of err
	depth     int    // nesting of the text at the current token
	height    int    // of the tree that was parsed last
	cursed    *Call  // the expression x or that was parsed last
	cursedEnd int32

	stacks
	arena *arena
	docs  map[int32]docRange // by offset of the token they precede
}

func newParser(name, src string, opts *Options) (*parser, error) {
	if opts == nil {
		opts = &Options{}
	}
	p := &parser{opts: opts, src: src, syms: opts.Symbols}
	table := opts.Positions
	if table == nil {
		table = NewPosTable()
	}
	if p.syms == nil {
		p.syms = NewSymbols()
	}
	if len(src) > maxSource {
		return nil, fmt.Errorf("parse %s: %v", name, errTooMuchSource)
	}
	f, err := table.AddFile(name, src)
	if err != nil {
		return nil, err
	}
	f.dir = opts.BasePath
	p.file, p.base = f, f.base
	p.scan.src, p.scan.noPipes = src, !opts.PipeOperators
	return p, nil
}

// finish returns the error of the text and completes the file.
func (p *parser) finish(prompt bool) error {
	p.file.setDocs(p.docs)
	if !p.failed {
		return nil
	}
	if p.err == nil {
		p.err, p.errAt = diagnose(p.src, p.scan.noPipes, prompt)
		if p.err == nil {
			panic("syntax: unreachable: the parser refuses what the grammar allows")
		}
	}
	if p.errAt != noOffset {
		p.err.Pos = p.file.Position(p.base + Pos(p.errAt))
	}
	return p.err
}

// syntaxError notes that the current token cannot stand where it does.
func (p *parser) syntaxError() { p.stop() }

// noOffset is for errors that have no place.
const noOffset = -1

// fail notes an error of meaning at an offset.
func (p *parser) fail(offset int32, msg Hint) {
	if !p.failed {
		p.err, p.errAt = &Error{}, int(offset)
		p.err.Say(msg)
	}
	p.stop()
}

func (p *parser) stop() {
	p.failed = true
	p.nAhead = 0
	p.tok.Kind = BadToken
}

// lint deals with something discouraged, which a setting is about.
func (p *parser) lint(l Lint, setting string, offset int32, msg Hint) {
	msg = Hintf("%s ("+Bold.Paint("%s")+")", msg, setting)
	switch l {
	case LintWarn:
		p.file.Warnings = append(p.file.Warnings, Warning{p.pos(offset), msg})
	case LintFatal:
		p.fail(offset, msg)
	}
}

func (p *parser) pos(offset int32) Pos { return p.base + Pos(offset) }

func (p *parser) here() Pos { return p.base + Pos(p.tok.Start) }

// pollEvery is how many tokens are read between two calls of Options.Poll.
const pollEvery = 1 << 12

// next moves to the next token.
func (p *parser) next() {
	if p.failed {
		return
	}
	if p.unasked++; p.unasked == pollEvery {
		p.unasked = 0
		if p.opts.Poll != nil {
			p.opts.Poll()
		}
	}
	p.prevEnd = p.tok.End
	if p.nAhead > 0 {
		p.tok = p.ahead[0]
		p.ahead[0] = p.ahead[1]
		p.nAhead--
	} else {
		p.tok = p.read()
	}
}

// read scans a token and takes over the doc comments that precede it.
func (p *parser) read() Token {
	if p.beside != nil {
		return p.beside.next(p)
	}
	tok := p.scan.Next()
	p.keepDocs(p.scan.docs)
	p.scan.docs = p.scan.docs[:0]
	return tok
}

func (p *parser) keepDocs(docs []docRange) {
	for _, d := range docs {
		if p.docs == nil {
			p.docs = map[int32]docRange{}
		}
		p.docs[d.target] = d
	}
}

// peek returns the kind of the token after the current one (n = 0) or the one
// after that (n = 1).
func (p *parser) peek(n int) Kind {
	for p.nAhead <= n {
		if p.failed {
			return BadToken
		}
		p.ahead[p.nAhead] = p.read()
		p.nAhead++
	}
	return p.ahead[n].Kind
}

// accept moves past a token of kind k, and fails if another one is there.
func (p *parser) accept(k Kind) {
	if p.tok.Kind != k {
		p.syntaxError()
		return
	}
	if k != EndOfFile {
		p.next()
	}
}

// ident returns the name of the current token, which is an identifier or or.
func (p *parser) ident() Sym { return p.internToken(p.tok) }

func (p *parser) internToken(t Token) Sym {
	if t.sym != 0 {
		return p.see(t.sym)
	}
	return p.intern(p.text(t))
}

func (p *parser) intern(name string) Sym { return p.see(p.syms.Intern(name)) }

// see notes a name for what numbers those of the text.
func (p *parser) see(y Sym) Sym {
	if p.seen != nil {
		p.seen.of(y)
	}
	return y
}

// enter notes that the text gets more deeply nested.
func (p *parser) enter() {
	if p.depth++; p.depth > MaxDepth {
		p.tooDeep()
	}
}

func (p *parser) leave() { p.depth-- }

// grow sets the height of the tree that was just made, whose highest subtree
// has height h.
func (p *parser) grow(h int) {
	if p.height = h + 1; p.height > MaxDepth {
		p.tooDeep()
	}
}

func (p *parser) tooDeep() {
	p.fail(p.tok.Start, Hintf("stack overflow: the text is nested more than %d deep", MaxDepth))
}

// text returns the source text of a token.
func (p *parser) text(t Token) string { return p.src[t.Start:t.End] }

// snippet returns a part of the source text with its line ends as \n.
func (p *parser) snippet(start, end int32) string {
	return lineEnds.Replace(p.src[start:end])
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")
