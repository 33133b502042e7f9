package syntax

import (
	"slices"
	"strconv"
	"strings"
)

// Print returns e as nix-instantiate --parse prints it: fully parenthesised,
// after desugaring, attributes and formals sorted by name.
// The text is for people: Nix itself cannot read all of it back.
func Print(e Expr, symbols *Symbols) string {
	return string(AppendPrint(nil, e, symbols))
}

// AppendPrint appends to buf what [Print] returns.
func AppendPrint(buf []byte, e Expr, symbols *Symbols) []byte {
	p := printer{b: buf, syms: symbols}
	p.expr(e)
	return p.b
}

// Source returns an expression that parses to e again, on one line.
func Source(e Expr, symbols *Symbols) string {
	p := printer{syms: symbols, source: true}
	p.expr(e)
	return string(p.b)
}

// A printer writes a tree for [Print] or, if source is true, for [Source].
type printer struct {
	b      []byte
	syms   *Symbols
	source bool
}

func (p *printer) puts(s string) { p.b = append(p.b, s...) }

// name writes a name, in quotes if it is not an identifier.
func (p *printer) name(y Sym) { p.b = appendName(p.b, p.syms.Name(y)) }

func (p *printer) expr(e Expr) {
	switch e := e.(type) {
	case *Int:
		p.b = strconv.AppendInt(p.b, e.Value, 10)
	case *Float:
		p.float(e.Value)
	case *Str:
		p.b = appendQuoted(p.b, e.Value)
	case *Path:
		p.path(e.Value)
	case *Interp:
		p.interp(e)
	case *Var:
		p.name(e.Name)
	case *CurPos:
		p.puts("__curPos")
	case *Select:
		p.selection(e)
	case *HasAttr:
		p.puts("((")
		p.expr(e.X)
		p.puts(") ? ")
		p.attrPath(e.Path)
		p.puts(")")
	case *Attrs:
		if e.Rec {
			p.puts("rec ")
		}
		p.puts("{ ")
		p.bindings(e)
		p.puts("}")
	case *List:
		p.puts("[ ")
		for _, x := range e.Elems {
			p.puts("(")
			p.expr(x)
			p.puts(") ")
		}
		p.puts("]")
	case *Lambda:
		p.lambda(e)
	case *Call:
		p.call(e)
	case *Let:
		p.puts("(let ")
		p.bindings(e.Attrs)
		p.wrap("in ", e.Body, ")")
	case *With:
		p.wrap("(with ", e.Scope, "; ")
		p.wrap("", e.Body, ")")
	case *If:
		p.wrap("(if ", e.Cond, " then ")
		p.wrap("", e.Then, " else ")
		p.wrap("", e.Else, ")")
	case *Assert:
		p.assert(e)
	case *Not:
		p.wrap("(! ", e.X, ")")
	case *Binary:
		p.binary(e)
	}
}

// wrap writes an expression between two texts.
func (p *printer) wrap(before string, e Expr, after string) {
	p.puts(before)
	p.expr(e)
	p.puts(after)
}

func (p *printer) assert(e *Assert) {
	if p.source {
		p.puts("(")
	}
	p.wrap("assert ", e.Cond, "; ")
	p.expr(e.Body)
	if p.source {
		p.puts(")")
	}
}

func (p *printer) float(x float64) {
	if p.source {
		s := strconv.FormatFloat(x, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += "."
		}
		if s[0] == '0' && s[1] != '.' || s == "0." {
			s = "0.0"
		}
		p.puts(s)
		return
	}
	p.b = strconv.AppendFloat(p.b, x, 'g', 6, 64)
}

func (p *printer) path(s string) {
	switch {
	case !p.source || isPathLiteral(s):
		p.puts(s)
	case s == "/":
		p.puts("/.")
	default:
		p.puts("(/. + " + Quoted(s) + ")")
	}
}

// isPathLiteral reports whether s is an absolute path that can be written as it is.
func isPathLiteral(s string) bool {
	sc := NewScanner(s)
	tok := sc.Next()
	return tok.Kind == PathText && int(tok.End) == len(s) && sc.Next().Kind == PathEnd
}

func (p *printer) interp(e *Interp) {
	switch {
	case p.source && e.IsPath:
		p.pathSource(e.Parts)
		return
	case p.source:
		p.stringSource(e.Parts)
		return
	}
	p.puts("(")
	for i, part := range e.Parts {
		if i > 0 {
			p.puts(" + ")
		}
		p.expr(part.X)
	}
	p.puts(")")
}

// pathSource writes a path with interpolations, among them all further text.
func (p *printer) pathSource(parts []Part) {
	first := parts[0].X.(*Path).Value
	if first == "//" {
		first = "/./"
	}
	p.puts(first)
	for _, part := range parts[1:] {
		p.wrap("${", part.X, "}")
	}
}

// stringSource writes a string with interpolations. Text that would run into
// other text, or leave no interpolation, becomes one.
func (p *printer) stringSource(parts []Part) {
	p.puts(`"`)
	afterText := len(parts) == 1
	for _, part := range parts {
		s, ok := part.X.(*Str)
		if ok && s.Value != "" && !afterText {
			q := Quoted(strings.ReplaceAll(s.Value, "$", "\x00"))
			p.puts(strings.ReplaceAll(q[1:len(q)-1], "\x00", `\$`))
			afterText = true
			continue
		}
		p.wrap("${", part.X, "}")
		afterText = false
	}
	p.puts(`"`)
}

func (p *printer) selection(e *Select) {
	p.wrap("(", e.X, ").")
	p.attrPath(e.Path)
	if e.Default != nil {
		p.wrap(" or (", e.Default, ")")
	}
}

func (p *printer) attrPath(path []AttrName) {
	for i, n := range path {
		if i > 0 {
			p.puts(".")
		}
		if n.X == nil {
			p.name(n.Sym)
		} else {
			p.dynamicName(n.X)
		}
	}
}

func (p *printer) dynamicName(x Expr) {
	if p.source {
		p.wrap("${", x, "}")
	} else {
		p.wrap(`"${`, x, `}"`)
	}
}

// bindings writes the attributes of a set: inherited ones first.
func (p *printer) bindings(a *Attrs) {
	sorted := slices.Clone(a.Attrs)
	slices.SortFunc(sorted, func(x, y Attr) int {
		return strings.Compare(p.syms.Name(x.Name), p.syms.Name(y.Name))
	})
	p.inherited(sorted, Inherited, 0, nil)
	for i, from := range a.Froms {
		p.inherited(sorted, InheritedFrom, int32(i), from)
	}
	for _, n := range sorted {
		if n.Kind == Plain {
			p.name(n.Name)
			p.wrap(" = ", n.Value, "; ")
		}
	}
	for _, d := range a.Dynamic {
		p.dynamicName(d.Name)
		p.wrap(" = ", d.Value, "; ")
	}
}

// inherited writes the attributes of one kind and source.
func (p *printer) inherited(attrs []Attr, kind AttrKind, from int32, x Expr) {
	any := p.source && kind == InheritedFrom
	for _, n := range attrs {
		any = any || n.Kind == kind && n.From == from
	}
	if !any {
		return
	}
	p.puts("inherit")
	if x != nil {
		p.wrap(" (", x, ")")
	}
	for _, n := range attrs {
		if n.Kind == kind && n.From == from {
			p.puts(" ")
			p.name(n.Name)
		}
	}
	p.puts("; ")
}

func (p *printer) lambda(l *Lambda) {
	p.puts("(")
	if l.HasFormals {
		p.formals(l)
		if l.Arg != 0 {
			p.puts(" @ ")
		}
	}
	if l.Arg != 0 {
		p.name(l.Arg)
	}
	p.wrap(": ", l.Body, ")")
}

func (p *printer) formals(l *Lambda) {
	formals := slices.Clone(l.Formals)
	slices.SortFunc(formals, func(x, y Formal) int {
		return strings.Compare(p.syms.Name(x.Name), p.syms.Name(y.Name))
	})
	p.puts("{ ")
	for i, f := range formals {
		if i > 0 {
			p.puts(", ")
		}
		p.name(f.Name)
		if f.Default != nil {
			p.wrap(" ? ", f.Default, "")
		}
	}
	if l.Ellipsis {
		if len(formals) > 0 {
			p.puts(", ")
		}
		p.puts("...")
	}
	p.puts(" }")
}

// call writes a call. One whose function is an operator that stands for a
// function is one call with more arguments to Nix.
func (p *printer) call(c *Call) {
	if p.source {
		p.callSource(c)
		return
	}
	p.puts("(")
	if fn, ok := c.Fn.(*Binary); ok && fn.isPlainCall() {
		p.operatorCall(fn)
	} else {
		p.expr(c.Fn)
	}
	for _, x := range c.Args {
		p.wrap(" ", x, "")
	}
	p.puts(")")
}

// callSource writes a call as in programs. If the first argument is the
// variable or, it needs the function in front of it.
func (p *printer) callSource(c *Call) {
	p.wrap("((", c.Fn, ")")
	for _, x := range c.Args {
		if v, ok := x.(*Var); ok && v.Name == SymOr {
			p.puts(" or")
		} else {
			p.wrap(" (", x, ")")
		}
	}
	p.puts(")")
}

// isPlainCall reports whether e is a call of a function to Nix, not negated.
func (e *Binary) isPlainCall() bool {
	fn, _, negated := e.Op.Func()
	return fn != 0 && !negated
}

// operatorCall writes the call that a binary operator stands for, without
// parentheses.
func (p *printer) operatorCall(e *Binary) {
	fn, swapped, _ := e.Op.Func()
	x, y := e.X, e.Y
	if swapped {
		x, y = y, x
	}
	p.name(fn)
	p.wrap(" ", x, " ")
	p.expr(y)
}

func (p *printer) binary(e *Binary) {
	fn, _, negated := e.Op.Func()
	p.puts("(")
	switch {
	case fn == 0 || p.source:
		p.expr(e.X)
		p.puts(" " + e.Op.String() + " ")
		p.expr(e.Y)
	case negated:
		p.puts("! (")
		p.operatorCall(e)
		p.puts(")")
	default:
		p.operatorCall(e)
	}
	p.puts(")")
}
