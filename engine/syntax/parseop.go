package syntax

// An operator is how tightly an infix operator binds: its level, loosest 1.
type operator struct {
	op    Op
	level uint8
	right bool // a op b op c is a op (b op c)
	alone bool // a op b op c is an error
}

// The levels of the prefix operators: the operand of ! extends over operators
// that bind more tightly than levelNot, that of - over none.
const (
	levelNot     = 7
	levelHasAttr = 11
	levelNegate  = 12
)

var operators = [kindCount]operator{
	Arrow:        {OpImpl, 1, true, false},
	OrOr:         {OpOr, 2, false, false},
	AndAnd:       {OpAnd, 3, false, false},
	EqualEqual:   {OpEqual, 4, false, true},
	BangEqual:    {OpNotEqual, 4, false, true},
	Less:         {OpLess, 5, false, true},
	Greater:      {OpGreater, 5, false, true},
	LessEqual:    {OpLessEq, 5, false, true},
	GreaterEqual: {OpGreaterEq, 5, false, true},
	SlashSlash:   {OpUpdate, 6, true, false},
	Plus:         {OpAdd, 8, false, false},
	Minus:        {OpSub, 8, false, false},
	Star:         {OpMul, 9, false, false},
	Slash:        {OpDiv, 9, false, false},
	PlusPlus:     {OpConcat, 10, true, false},
}

// op reads operands and those infix operators between them whose level is at
// least minLevel.
func (p *parser) op(minLevel uint8) Expr {
	start := p.here()
	x := p.operand()
	for {
		if p.tok.Kind == Question && minLevel <= levelHasAttr {
			x = p.hasAttr(x)
			continue
		}
		o := operators[p.tok.Kind]
		if o.level == 0 || o.level < minLevel {
			return x
		}
		e := p.arena.binaries.alloc()
		e.Op, e.X, e.At = o.op, x, p.here()
		h := p.height
		p.next()
		e.XAt, e.YAt = start, p.here()
		p.enter()
		if o.right {
			e.Y = p.op(o.level)
		} else {
			e.Y = p.op(o.level + 1)
		}
		p.leave()
		p.grow(max(h, p.height))
		if o.alone && operators[p.tok.Kind].level == o.level {
			p.syntaxError()
		}
		x = e
	}
}

// operand reads an operand of infix operators with its prefix operators.
func (p *parser) operand() Expr {
	at := p.here()
	switch p.tok.Kind {
	case Bang:
		p.next()
		p.enter()
		e := p.arena.nots.alloc()
		e.X, e.At = p.op(levelNot+1), at
		p.leave()
		p.grow(p.height)
		return e
	case Minus:
		p.next()
		p.enter()
		e := &Binary{Op: OpSub, X: &Int{At: at}, At: at, XAt: at, YAt: p.here()}
		e.Y = p.op(levelNegate + 1)
		p.leave()
		p.grow(p.height)
		return e
	}
	return p.app()
}

func (p *parser) hasAttr(x Expr) Expr {
	h := p.height
	p.next()
	e := p.arena.hasAttrs.alloc()
	e.X, e.At = x, x.Pos()
	e.Path = p.attrPath()
	p.grow(max(h, p.height))
	return e
}

// startsSimple holds the tokens with which an argument can begin.
var startsSimple = [kindCount]bool{
	Ident: true, IntLit: true, FloatLit: true, Quote: true, IndOpen: true, PathText: true,
	HomePathText: true, SearchPathLit: true, URILit: true, ParenOpen: true, KwLet: true,
	KwRec: true, BraceOpen: true, BracketOpen: true,
}
