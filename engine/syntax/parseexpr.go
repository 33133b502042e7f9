package syntax

// expr reads an expression of any kind.
func (p *parser) expr() Expr {
	p.enter()
	e := p.exprFunction()
	p.leave()
	return e
}

// exprFunction reads an expression that may extend as far as possible to the
// right: a function, assert, with, let or if, or one with operators.
func (p *parser) exprFunction() Expr {
	switch p.tok.Kind {
	case Ident:
		if k := p.peek(0); k == Colon || k == At {
			return p.lambda()
		}
	case BraceOpen:
		if p.atFormals() {
			return p.lambda()
		}
	case KwAssert:
		return p.assertExpr()
	case KwWith:
		return p.withExpr()
	case KwLet:
		if p.peek(0) != BraceOpen {
			return p.letExpr()
		}
	case KwIf:
		return p.ifExpr()
	}
	return p.pipe()
}

func (p *parser) assertExpr() Expr {
	e := p.arena.asserts.alloc()
	e.At = p.here()
	p.next()
	e.Cond = p.expr()
	h := p.height
	p.accept(Semicolon)
	e.Body = p.expr()
	p.grow(max(h, p.height))
	return e
}

func (p *parser) withExpr() Expr {
	e := p.arena.withs.alloc()
	e.At = p.here()
	p.next()
	e.Scope = p.expr()
	h := p.height
	p.accept(Semicolon)
	e.Body = p.expr()
	p.grow(max(h, p.height))
	return e
}

func (p *parser) letExpr() Expr {
	e := p.arena.lets.alloc()
	e.At = p.here()
	start := p.tok.Start
	p.next()
	e.Attrs = p.bindings(KwIn, e.At)
	h := p.height
	p.accept(KwIn)
	e.Body = p.expr()
	if len(e.Attrs.Dynamic) > 0 {
		p.fail(start, "dynamic attributes not allowed in let")
	}
	p.grow(max(h, p.height))
	return e
}

func (p *parser) ifExpr() Expr {
	e := p.arena.ifs.alloc()
	e.At = p.here()
	p.next()
	e.Cond = p.expr()
	h := p.height
	p.accept(KwThen)
	e.Then = p.expr()
	h = max(h, p.height)
	p.accept(KwElse)
	e.Else = p.expr()
	p.grow(max(h, p.height))
	return e
}

// pipe reads operators and, around them, the pipes a |> b |> c and a <| b <| c,
// which do not mix.
func (p *parser) pipe() Expr {
	e := p.op(1)
	switch p.tok.Kind {
	case PipeInto:
		for p.tok.Kind == PipeInto {
			at, h := p.here(), p.height
			p.next()
			fn := p.op(1)
			e = p.call(at, fn, e)
			p.grow(max(h, p.height))
		}
	case PipeFrom:
		at, h := p.here(), p.height
		p.next()
		p.enter()
		arg := p.op(1)
		if p.tok.Kind == PipeFrom {
			arg = p.pipeFrom(arg)
		}
		p.leave()
		e = p.call(at, e, arg)
		p.grow(max(h, p.height))
	}
	return e
}

// pipeFrom reads what is after fn, which is an operand of <| on both sides.
func (p *parser) pipeFrom(fn Expr) Expr {
	at, h := p.here(), p.height
	p.next()
	p.enter()
	arg := p.op(1)
	if p.tok.Kind == PipeFrom {
		arg = p.pipeFrom(arg)
	}
	p.leave()
	p.grow(max(h, p.height))
	return p.call(at, fn, arg)
}

// call applies fn to one more argument. A call that gets more arguments remains
// one call, even if it was in parentheses.
func (p *parser) call(at Pos, fn, arg Expr) Expr {
	if c, ok := fn.(*Call); ok {
		c.Args = append(c.Args, arg)
		return c
	}
	c := p.arena.calls.alloc()
	c.Fn, c.At = fn, callPlace(fn, at)
	c.Args = append(p.arena.exprs.take(1)[:0], arg)
	return c
}

// callPlace returns where a call of fn is that stands at a place: Nix adds the arguments to
// the call that an operator in parentheses is, which is where the operator stands.
func callPlace(fn Expr, at Pos) Pos {
	if b, ok := fn.(*Binary); ok && b.isPlainCall() {
		return b.At
	}
	return at
}

// app reads a function and its arguments.
func (p *parser) app() Expr {
	at := p.here()
	fn := p.selection()
	p.cursed = nil
	if !startsSimple[p.tok.Kind] {
		return fn
	}
	h := p.height
	base := len(p.exprs)
	for startsSimple[p.tok.Kind] {
		p.exprs = append(p.exprs, p.selection())
		p.checkCursed()
		h = max(h, p.height)
	}
	p.grow(h)
	args := p.popExprs(base)
	if c, ok := fn.(*Call); ok {
		c.Args = append(c.Args, args...)
		return c
	}
	c := p.arena.calls.alloc()
	c.Fn, c.Args, c.At = fn, args, callPlace(fn, at)
	return c
}

// selection reads a simple expression, maybe with .a.b or default after it.
func (p *parser) selection() Expr {
	start := p.tok.Start
	x := p.simple()
	switch p.tok.Kind {
	case Dot:
		h := p.height
		e := p.arena.selects.alloc()
		e.X, e.At = x, p.pos(start)
		p.next()
		e.Path = p.attrPath()
		h = max(h, p.height)
		if p.tok.Kind == KwOr {
			p.next()
			p.enter()
			e.Default = p.selection()
			p.leave()
			p.checkCursed()
			h = max(h, p.height)
		}
		p.grow(h)
		p.cursed = nil
		return e
	case KwOr:
		// or is a variable here, which x is applied to.
		c := &Call{Fn: x, Args: []Expr{&Var{Name: SymOr, At: p.pos(start)}}, At: p.pos(start)}
		p.cursed, p.cursedEnd = c, p.tok.End
		p.next()
		p.grow(p.height)
		return c
	}
	p.cursed = nil
	return x
}

// checkCursed warns if the selection that was just read, which is an argument,
// list element or default, is of the form x or.
func (p *parser) checkCursed() {
	if p.cursed == nil {
		return
	}
	at := p.cursed.At
	p.cursed = nil
	p.file.Warnings = append(p.file.Warnings, Warning{
		Msg: Hintf("at %s: This expression uses `or` as an identifier in a way that will change in a future Nix release.\n"+
			"Wrap this entire expression in parentheses to preserve its current meaning:\n    (%s)\n"+
			"Give feedback at https://github.com/NixOS/nix/pull/11121",
			p.file.Position(at), p.snippet(int32(p.file.Offset(at)), p.cursedEnd)),
	})
}

// simple reads an expression that needs no parentheses as an argument.
func (p *parser) simple() Expr {
	p.height = 0
	at := p.here()
	switch p.tok.Kind {
	case Ident:
		return p.variable(at)
	case IntLit, FloatLit:
		return p.number(at)
	case Quote:
		return p.str(at)
	case IndOpen:
		return p.indStr(at)
	case PathText, HomePathText:
		return p.path(at)
	case SearchPathLit:
		return p.searchPath(at)
	case URILit:
		return p.uri(at)
	case ParenOpen:
		p.next()
		e := p.expr()
		p.accept(ParenClose)
		return e
	case KwLet, KwRec:
		return p.recursive(at)
	case BraceOpen:
		p.next()
		a := p.bindings(BraceClose, at)
		p.accept(BraceClose)
		return a
	case BracketOpen:
		return p.list(at)
	}
	p.syntaxError()
	return nil
}

func (p *parser) variable(at Pos) Expr {
	name := p.ident()
	p.next()
	if name == symCurPos {
		return &CurPos{At: at}
	}
	v := p.arena.vars.alloc()
	v.Name, v.At = name, at
	return v
}

// recursive reads rec { … } or let { … }.
func (p *parser) recursive(at Pos) Expr {
	let := p.tok.Kind == KwLet
	p.next()
	p.accept(BraceOpen)
	a := p.bindings(BraceClose, at)
	p.accept(BraceClose)
	a.Rec = true
	if !let {
		return a
	}
	p.grow(p.height)
	return &Select{X: a, Path: []AttrName{{Sym: SymBody}}, At: at}
}

func (p *parser) list(at Pos) Expr {
	p.enter()
	p.next()
	h, base := 0, len(p.exprs)
	for startsSimple[p.tok.Kind] {
		p.exprs = append(p.exprs, p.selection())
		p.checkCursed()
		h = max(h, p.height)
	}
	p.accept(BracketClose)
	p.leave()
	p.grow(h)
	e := p.arena.lists.alloc()
	e.Elems, e.At = p.popExprs(base), at
	return e
}
