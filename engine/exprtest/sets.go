package exprtest

import (
	"fmt"
	"strings"
)

// setForm makes a set that has the fields of t.
func (g *Generator) setForm(t typ) piece {
	switch g.r.IntN(22) {
	case 0, 1:
		return g.update(t)
	case 2:
		if elem, ok := g.uniform(t); ok {
			return g.builtin("mapAttrs", funcType(stringType, funcType(elem, elem)), t)
		}
	case 3:
		return g.fromList(t)
	case 4:
		return piece{g.builtinName("removeAttrs") + " " + g.arg(t) + " [ " + g.pick("", `"zz"`, `"zz" "q"`) + " ]", precCall}
	case 5:
		return g.builtin("intersectAttrs", t, t)
	}
	if len(t.fields) == 0 {
		switch g.r.IntN(10) {
		case 0:
			elem := g.typ(1)
			return g.builtin("groupBy", funcType(elem, stringType), listOf(elem))
		case 1:
			elem := g.typ(0)
			return g.builtin("partition", funcType(elem, boolType), listOf(elem))
		case 2:
			return g.builtin("parseDrvName", stringType)
		case 3:
			return g.builtin("functionArgs", g.typOf(kFunc))
		case 4:
			return g.builtin("tryEval", g.typ(1))
		case 5:
			return piece{g.builtinName("fromTOML") + " " + quote(g.toml()), precCall}
		case 6:
			return g.builtin("getContext", stringType)
		case 7:
			return piece{g.builtinName("fromJSON") + " " + quote(g.json(2)), precCall}
		case 8:
			elem := g.typ(0)
			return g.builtin("zipAttrsWith", funcType(stringType, funcType(listOf(elem), g.typ(1))), listOf(typ{kind: kSet, fields: []field{{g.attrName(), elem}}}))
		case 9:
			return piece{"{ " + g.formals() + " }: " + g.gen(g.typ(0)).text + " |> " + g.builtinName("functionArgs"), precExpr}
		}
	}
	return g.setLiteral(t)
}

// formals makes a list of formals without defaults.
func (g *Generator) formals() string { return g.pick("", "a, b", "a ? 1", "...", "a, ...", "b, a ? b") }

// uniform returns the type of the fields if it is the same for all.
func (g *Generator) uniform(t typ) (typ, bool) {
	if len(t.fields) == 0 {
		return g.typ(1), true
	}
	for _, f := range t.fields[1:] {
		if !f.typ.fits(t.fields[0].typ) || !t.fields[0].typ.fits(f.typ) {
			return typ{}, false
		}
	}
	return t.fields[0].typ, true
}

// update makes a set of two.
func (g *Generator) update(t typ) piece {
	left, right := typ{kind: kSet}, typ{kind: kSet}
	for _, f := range t.fields {
		if g.chance(50) {
			left.fields = append(left.fields, f)
		} else {
			right.fields = append(right.fields, f)
		}
	}
	return g.binary("//", precUpdate, precNot, precUpdate, left, right)
}

// fromList makes a listToAttrs.
func (g *Generator) fromList(t typ) piece {
	var b strings.Builder
	for _, f := range t.fields {
		fmt.Fprintf(&b, "{ name = %s; value = %s; } ", quote(f.name), g.gen(f.typ).text)
	}
	return piece{g.builtinName("listToAttrs") + " [ " + b.String() + "]", precCall}
}

// setLiteral makes a set literal in one of its many forms.
func (g *Generator) setLiteral(t typ) piece {
	fields := t.fields
	for range g.r.IntN(3) {
		if f := (field{g.attrName(), g.typ(1)}); t.field(f.name) == nil && (typ{fields: fields}).field(f.name) == nil {
			fields = append(fields[:len(fields):len(fields)], f)
		}
	}
	if g.chance(20) {
		return g.recursive(fields)
	}
	var b strings.Builder
	for _, f := range fields {
		b.WriteString(g.binding(f))
	}
	return atom("{ " + b.String() + "}")
}

// binding makes the binding of one field.
func (g *Generator) binding(f field) string {
	names := g.variables(f.typ)
	for _, n := range names {
		if n == f.name && g.chance(50) {
			return "inherit " + f.name + "; "
		}
	}
	switch {
	case g.chance(10):
		return "inherit (" + g.gen(typ{kind: kSet, fields: []field{f}}).text + ") " + g.pick(f.name, quote(f.name)) + "; "
	case f.typ.kind == kSet && len(f.typ.fields) > 0 && g.chance(30):
		var b strings.Builder
		for _, sub := range f.typ.fields {
			b.WriteString(f.name + "." + g.attrSpelling(sub.name) + " = " + g.gen(sub.typ).text + "; ")
		}
		return b.String()
	}
	return g.attrSpelling(f.name) + " = " + g.gen(f.typ).text + "; "
}

// recursive makes a rec set, whose bindings see those before.
func (g *Generator) recursive(fields []field) piece {
	var b strings.Builder
	var vars []variable
	n := len(g.scope)
	for _, f := range fields {
		b.WriteString(f.name + " = " + g.gen(f.typ).text + "; ")
		vars = append(vars, variable{f.name, f.typ})
		g.scope = append(g.scope[:n:n], vars...)
	}
	g.scope = g.scope[:n]
	return atom("rec { " + b.String() + "}")
}

// funcForm makes a function.
func (g *Generator) funcForm(arg, res typ) piece {
	if arg.kind == kSet && len(arg.fields) > 0 && g.chance(60) {
		return g.formalsFunc(arg, res)
	}
	if f, ok := g.partial(arg, res); ok && g.chance(40) {
		return f
	}
	v := variable{g.name(), arg}
	body := g.in([]variable{v}, func() piece { return g.gen(res) })
	return piece{v.name + ": " + body.text, precExpr}
}

// formalsFunc makes a function that takes its argument apart.
func (g *Generator) formalsFunc(arg, res typ) piece {
	var formals []string
	var vars []variable
	for _, f := range arg.fields {
		formals = append(formals, f.name)
		vars = append(vars, variable{f.name, f.typ})
	}
	if g.chance(90) {
		formals = append(formals, "...")
	}
	body := g.in(vars, func() piece { return g.gen(res) })
	return piece{"{ " + strings.Join(formals, ", ") + " }: " + body.text, precExpr}
}

// partial makes a function by giving a builtin too few arguments.
func (g *Generator) partial(arg, res typ) (piece, bool) {
	switch {
	case res.kind == kString && arg.kind <= kBool:
		return atom(g.builtinName(g.pick("toString", "typeOf", "toJSON", "toXML"))), true
	case res.kind == kInt && arg.kind == kInt:
		return g.builtin(g.pick("add", "sub", "mul", "bitAnd"), intType), true
	case res.kind == kBool && arg.kind == kInt:
		return g.builtin("lessThan", intType), true
	case res.kind == kBool:
		return atom(g.builtinName(g.pick("isInt", "isString", "isAttrs", "isFunction", "isNull"))), true
	case res.kind == kList && arg.kind == kList && res.elem.fits(*arg.elem):
		return g.builtin("filter", funcType(*arg.elem, boolType)), true
	case res.kind == kInt && arg.kind == kList:
		return atom(g.builtinName("length")), true
	case arg.fits(res):
		return atom("(x: x)"), true
	}
	return piece{}, false
}
