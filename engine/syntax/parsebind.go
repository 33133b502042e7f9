package syntax

import (
	"cmp"
	"slices"
)

// bindings reads the attributes of a set or let, up to a token of kind end.
func (p *parser) bindings(end Kind, at Pos) *Attrs {
	a := p.arena.sets.alloc()
	a.At = at
	h := 0
	base := len(p.attrs)
	a.Attrs = p.attrs[base:base]
	defer p.popAttrs(a, base)
	for p.tok.Kind != end {
		p.keepAttrs(a, base)
		switch p.tok.Kind {
		case KwInherit:
			p.inherit(a)
		case Ident, KwOr, Quote, DollarBrace:
			p.binding(a)
		default:
			p.syntaxError()
			return a
		}
		h = max(h, p.height)
	}
	p.grow(h)
	return a
}

// keepAttrs guards the attributes that a has so far, which are collected at the
// end of p.attrs as long as there is room: those of sets inside it go behind them.
func (p *parser) keepAttrs(a *Attrs, base int) {
	if n := base + len(a.Attrs); n <= cap(p.attrs) {
		p.attrs = p.attrs[:n]
	}
}

// popAttrs gives a complete set a slice of its own.
func (p *parser) popAttrs(a *Attrs, base int) {
	attrs := p.arena.attrs.take(len(a.Attrs))
	copy(attrs, a.Attrs)
	if base == 0 && cap(a.Attrs) > cap(p.attrs) {
		p.attrs = a.Attrs
	}
	a.Attrs = attrs
	p.attrs = p.attrs[:base]
}

// binding reads path = value;
func (p *parser) binding(a *Attrs) {
	start := p.tok.Start
	base := len(p.names)
	p.pushPath()
	h := p.height
	n := len(p.names)
	p.accept(Equals)
	valueStart := p.tok.Start
	value := p.expr()
	path := p.names[base:n]
	p.names = p.names[:base]
	h = max(h, p.height+len(path))
	p.accept(Semicolon)
	if p.failed {
		return
	}
	p.addBinding(a, path, start, value)
	p.documentValue(start, value, valueStart)
	p.height = h
}

// inherit reads inherit a b; or inherit (from) a b;
func (p *parser) inherit(a *Attrs) {
	p.next()
	h, kind, from := 0, Inherited, int32(0)
	if p.tok.Kind == ParenOpen {
		p.next()
		at := p.here()
		x := p.expr()
		h = p.height
		p.accept(ParenClose)
		kind, from = InheritedFrom, int32(len(a.Froms))
		a.Froms, a.FromAts = append(a.Froms, x), append(a.FromAts, at)
	}
	var names []Attr
	for p.tok.Kind != Semicolon && !p.failed {
		start := p.tok.Start
		name := p.attrName()
		if name.X != nil {
			p.fail(start, "dynamic attributes not allowed in inherit")
		}
		names = append(names, Attr{Name: name.Sym, Kind: kind, From: from, At: p.pos(start)})
	}
	p.accept(Semicolon)
	for _, n := range names {
		if p.failed {
			return
		}
		if old := a.find(n.Name); old != nil {
			p.duplicate([]AttrName{{Sym: n.Name}}, n.At, old.At)
			return
		}
		if kind == Inherited {
			v := p.arena.vars.alloc()
			v.Name, v.At = n.Name, n.At
			n.Value = v
		}
		p.insert(a, n)
	}
	p.height = h
}

// attrPath reads a.b.c.
func (p *parser) attrPath() []AttrName {
	base := len(p.names)
	p.pushPath()
	path := p.arena.names.take(len(p.names) - base)
	copy(path, p.names[base:])
	p.names = p.names[:base]
	return path
}

// pushPath reads a.b.c onto p.names.
func (p *parser) pushPath() {
	h := 0
	for {
		name := p.attrName()
		p.names = append(p.names, name)
		h = max(h, p.height)
		if p.tok.Kind != Dot {
			break
		}
		p.next()
	}
	p.height = h
}

// attrName reads a, or, "a", "a${b}" or ${a}.
func (p *parser) attrName() AttrName {
	p.height = 0
	var x Expr
	switch p.tok.Kind {
	case Ident, KwOr:
		name := p.ident()
		p.next()
		return AttrName{Sym: name}
	case Quote:
		x = p.str(p.here())
	case DollarBrace:
		p.next()
		x = p.expr()
		p.accept(BraceClose)
	default:
		p.syntaxError()
		return AttrName{}
	}
	if s, ok := x.(*Str); ok {
		return AttrName{Sym: p.intern(s.Value)}
	}
	return AttrName{X: x}
}

// addBinding enters path = value into a, making the sets on the way.
// Every one of them has the position of the path.
func (p *parser) addBinding(a *Attrs, path []AttrName, start int32, value Expr) {
	at := p.pos(start)
	last := len(path) - 1
	for i, n := range path[:last] {
		var nested *Attrs
		old := (*Attr)(nil)
		if n.X == nil {
			old = a.find(n.Sym)
		}
		if old != nil {
			var ok bool
			if nested, ok = old.Value.(*Attrs); !ok {
				p.duplicate(path[:i+1], at, old.At)
				return
			}
		} else {
			nested = p.arena.sets.alloc()
			if n.X == nil {
				p.insert(a, Attr{Name: n.Sym, Value: nested, At: at})
			} else {
				a.Dynamic = append(a.Dynamic, DynAttr{n.X, nested, at})
			}
		}
		a = nested
	}
	if n := path[last]; n.X == nil {
		p.addAttr(a, path, Attr{Name: n.Sym, Value: value, At: at})
	} else {
		a.Dynamic = append(a.Dynamic, DynAttr{n.X, value, at})
	}
}

// addAttr enters an attribute into a. If there is one of that name already, both
// must be sets, which are merged; whether they are recursive is then
// decided by the first. path is what a message calls the attribute.
func (p *parser) addAttr(a *Attrs, path []AttrName, n Attr) {
	old := a.find(n.Name)
	if old == nil {
		p.insert(a, n)
		nameLambdas(n.Value, n.Name)
		return
	}
	into, ok1 := old.Value.(*Attrs)
	from, ok2 := n.Value.(*Attrs)
	if !ok1 || !ok2 {
		p.duplicate(path, n.At, old.At)
		return
	}
	if len(from.Attrs) > 1 {
		p.file.inOrder = true
	}
	slices.SortFunc(from.Attrs, func(x, y Attr) int { return cmp.Compare(x.Name, y.Name) })
	shift := int32(len(into.Froms))
	for _, m := range from.Attrs {
		if m.Kind == InheritedFrom {
			m.From += shift
		}
		p.addAttr(into, append(path[:len(path):len(path)], AttrName{Sym: m.Name}), m)
		if p.failed {
			return
		}
	}
	into.Froms, into.FromAts = append(into.Froms, from.Froms...), append(into.FromAts, from.FromAts...)
	into.Dynamic = append(into.Dynamic, from.Dynamic...)
}

// nameLambdas tells the functions x: y: … that they are the value of name.
func nameLambdas(e Expr, name Sym) {
	for {
		l, ok := e.(*Lambda)
		if !ok {
			return
		}
		l.Name = name
		e = l.Body
	}
}

func (p *parser) duplicate(path []AttrName, at, previous Pos) {
	p.fail(int32(p.file.Offset(at)), Hintf("attribute '%s' already defined at %s",
		showAttrPath(path, p.syms), p.file.Position(previous)))
}

// indexFrom is the number of attributes from which on a map finds them.
const indexFrom = 12

// find returns the attribute called name, nil if there is none.
func (a *Attrs) find(name Sym) *Attr {
	if a.index != nil {
		if i, ok := a.index[name]; ok {
			return &a.Attrs[i]
		}
		return nil
	}
	for i := range a.Attrs {
		if a.Attrs[i].Name == name {
			return &a.Attrs[i]
		}
	}
	return nil
}

// Find returns the index in a.Attrs of the attribute called name, -1 if there is none.
func (a *Attrs) Find(name Sym) int {
	if a.index != nil {
		if i, ok := a.index[name]; ok {
			return int(i)
		}
		return -1
	}
	return slices.IndexFunc(a.Attrs, func(n Attr) bool { return n.Name == name })
}

// insert adds an attribute whose name is new.
func (p *parser) insert(a *Attrs, n Attr) {
	if len(a.Attrs) == cap(a.Attrs) && len(a.Attrs) < minBlock {
		more := p.arena.attrs.take(max(2, 2*len(a.Attrs)))
		a.Attrs = more[:copy(more, a.Attrs)]
	}
	if n.Name == SymOverrides {
		a.Overrides = int32(len(a.Attrs)) + 1
	}
	a.Attrs = append(a.Attrs, n)
	switch {
	case a.index != nil:
		a.index[n.Name] = int32(len(a.Attrs)) - 1
	case len(a.Attrs) == indexFrom:
		a.index = make(map[Sym]int32, 2*indexFrom)
		for i, m := range a.Attrs {
			a.index[m.Name] = int32(i)
		}
	}
}
