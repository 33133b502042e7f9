package syntax

// atFormals reports whether the { that is the current token begins the formals
// of a function, as opposed to an attribute set.
func (p *parser) atFormals() bool {
	switch p.peek(0) {
	case Ellipsis:
		return true
	case BraceClose:
		k := p.peek(1)
		return k == Colon || k == At
	case Ident:
		k := p.peek(1)
		return k == Comma || k == Question || k == BraceClose
	}
	return false
}

// lambda reads x: body, { … }: body, x@{ … }: body or { … }@x: body.
func (p *parser) lambda() Expr {
	l := p.arena.lambdas.alloc()
	start := p.tok.Start
	l.At = p.pos(start)
	h := 0
	var arg Token // interned after the body, so that symbols have Nix's order
	if p.tok.Kind == Ident {
		arg = p.tok
		p.next()
		if p.tok.Kind == At {
			p.next()
			h = p.formals(l)
		}
	} else {
		h = p.formals(l)
		if p.tok.Kind == At {
			p.next()
			arg = p.tok
			p.accept(Ident)
		}
	}
	p.accept(Colon)
	l.Body = p.expr()
	if arg.Kind == Ident {
		l.Arg = p.internToken(arg)
	}
	p.checkFormals(l, start)
	p.documentLambda(l, start)
	p.grow(max(h, p.height))
	return l
}

// formals reads { a, b ? c, ... } and returns the height of the defaults.
func (p *parser) formals(l *Lambda) (height int) {
	l.HasFormals = true
	base := len(p.params)
	defer p.popFormals(l, base)
	p.accept(BraceOpen)
	for p.tok.Kind == Ident {
		f := Formal{At: p.here()}
		name := p.tok
		p.next()
		if p.tok.Kind == Question {
			p.next()
			f.Default = p.expr()
			height = max(height, p.height)
		}
		f.Name = p.internToken(name)
		p.params = append(p.params, f)
		if p.tok.Kind != Comma {
			p.accept(BraceClose)
			return height
		}
		p.next()
	}
	if p.tok.Kind == Ellipsis {
		l.Ellipsis = true
		p.next()
	}
	p.accept(BraceClose)
	return height
}

// popFormals gives a function a slice of its own of the formals from base on.
func (p *parser) popFormals(l *Lambda, base int) {
	l.Formals = p.arena.formals.take(len(p.params) - base)
	copy(l.Formals, p.params[base:])
	p.params = p.params[:base]
}

// maxFormals is how many formals a function may have.
// Behaviour: the constructor of ExprLambda in Nix's nixexpr.hh.
const maxFormals = 1<<16 - 1

// checkFormals refuses two formals of one name, one with the name of the whole
// argument, and too many.
func (p *parser) checkFormals(l *Lambda, start int32) {
	if p.failed || p.tok.Kind == BadToken || len(l.Formals) == 0 { // what cannot be read is told of first
		return
	}
	var dup *Formal
	seen := make(map[Sym]bool, len(l.Formals))
	for i := range l.Formals {
		f := &l.Formals[i]
		if seen[f.Name] && (dup == nil || f.Name < dup.Name) {
			dup = f
		}
		seen[f.Name] = true
	}
	if dup != nil {
		p.duplicateFormal(dup.Name, int32(p.file.Offset(dup.At)))
	} else if l.Arg != 0 && seen[l.Arg] {
		p.duplicateFormal(l.Arg, start)
	} else if len(l.Formals) > maxFormals {
		p.fail(start, Hintf("too many formal arguments, implementation supports at most %d", maxFormals))
	}
}

func (p *parser) duplicateFormal(name Sym, offset int32) {
	p.fail(offset, Hintf("duplicate formal function argument '%s'", showName(name, p.syms)))
}
