package exprtest

import (
	"fmt"
	"strings"
)

// anyForm makes an expression by a form that works for every type.
func (g *Generator) anyForm(t typ) piece {
	switch g.r.IntN(34) {
	case 0, 1:
		return g.let(t)
	case 2:
		return piece{"if " + g.gen(boolType).text + " then " + g.gen(t).text + " else " + g.gen(t).text, precExpr}
	case 3:
		return g.with(t)
	case 4:
		return piece{"assert " + g.gen(boolType).text + "; " + g.gen(t).text, precExpr}
	case 5, 6:
		return g.applied(t)
	case 7, 8:
		return g.formalsApplied(t)
	case 9, 10:
		return g.selected(t)
	case 11:
		return piece{fmt.Sprintf("%s [ %s ] %d", g.builtinName("elemAt"), g.elements(t, 1), g.r.IntN(2)), precCall}
	case 12:
		return piece{g.builtinName("head") + " [ " + g.elements(t, 1) + " ]", precCall}
	case 13:
		return g.builtin(g.pick("seq", "deepSeq"), g.typ(1), t)
	case 14:
		return piece{"(" + g.builtinName("tryEval") + " " + g.arg(t) + ").value", precSelect}
	case 15:
		if t.isData() {
			return piece{g.builtinName("fromJSON") + " (" + g.builtinName("toJSON") + " " + g.arg(t) + ")", precCall}
		}
	case 16:
		return g.fold(t)
	case 17:
		return g.functor(t)
	case 18:
		return g.piped(t)
	case 19:
		name := g.attrName()
		return piece{g.builtinName("getAttr") + " " + quote(name) + " " + g.arg(typ{kind: kSet, fields: []field{{name, t}}}), precCall}
	case 20:
		if g.chance(30) {
			return g.call(g.pick("throw", "throw", "abort", "builtins.throw"), stringType)
		}
	case 21:
		return piece{"let { body = " + g.gen(t).text + "; " + g.attrName() + " = 1; }", precAtom}
	case 22:
		return g.builtin("addErrorContext", stringType, t)
	case 23:
		if g.Traces {
			return g.builtin(g.pick("trace", "trace", "warn", "traceVerbose"), stringType, t)
		}
	case 24:
		return g.implausible()
	case 26, 27:
		return g.fileForm()
	case 28, 29:
		return g.bindingForm(t)
	case 30:
		return g.assertion(t)
	case 31:
		return g.odd(t)
	case 32:
		return g.recursion(t)
	case 33:
		return piece{g.chained(t), precSelect}
	case 25:
		return piece{"/* " + g.pick("a", "*", "/*", "''", "\"") + " */ " + g.gen(t).text + " # c\n", precExpr}
	}
	return g.selected(t)
}

// let makes let … in, whose bindings may refer to each other.
func (g *Generator) let(t typ) piece {
	vars := g.newVariables(3)
	return g.in(vars, func() piece {
		return piece{"let " + g.bindings(vars) + "in " + g.gen(t).text, precExpr}
	})
}

// newVariables returns up to n new variables, at least one, without two of a name.
func (g *Generator) newVariables(n int) []variable {
	seen := make(map[string]bool)
	var vars []variable
	for range 1 + g.r.IntN(n) {
		if v := (variable{g.name(), g.typ(1)}); !seen[v.name] {
			seen[v.name] = true
			vars = append(vars, v)
		}
	}
	return vars
}

// bindings makes a binding for each variable.
// Most of them see only those that come before: cycles would not end.
func (g *Generator) bindings(vars []variable) string {
	var b strings.Builder
	all := g.scope
	for i, v := range vars {
		if g.chance(95) {
			g.scope = all[:len(all)-len(vars)+i]
		}
		if outer := g.variables(v.typ); len(outer) > 0 && outer[0] == v.name && g.chance(50) {
			b.WriteString("inherit " + v.name + "; ")
		} else {
			b.WriteString(v.name + " = " + g.gen(v.typ).text + "; ")
		}
		g.scope = all
	}
	return b.String()
}

// with makes a with, whose attributes are named inside.
func (g *Generator) with(t typ) piece {
	vars := g.newVariables(2)
	set := typ{kind: kSet}
	for _, v := range vars {
		set.fields = append(set.fields, field{v.name, v.typ})
	}
	head := "with " + g.gen(set).text + "; "
	// Names that are bound lexically win over those of a with.
	var free []variable
	for _, v := range vars {
		bound := false
		for _, s := range g.scope {
			bound = bound || s.name == v.name
		}
		if !bound {
			free = append(free, v)
		}
	}
	return g.in(free, func() piece { return piece{head + g.gen(t).text, precExpr} })
}

// applied makes a call of a function of that very place.
func (g *Generator) applied(t typ) piece {
	v := variable{g.name(), g.typ(1)}
	arg := g.arg(v.typ)
	body := g.in([]variable{v}, func() piece { return g.gen(t) })
	if g.chance(20) {
		w := variable{g.name(), g.typ(1)}
		second := g.arg(w.typ)
		body = g.in([]variable{v, w}, func() piece { return g.gen(t) })
		return piece{"(" + v.name + ": " + w.name + ": " + body.text + ") " + arg + " " + second, precCall}
	}
	return piece{"(" + v.name + ": " + body.text + ") " + arg, precCall}
}

// formalsApplied makes a call of a function that takes a set apart.
func (g *Generator) formalsApplied(t typ) piece {
	vars := g.newVariables(3)
	set := typ{kind: kSet}
	var formals, actual []string
	for _, v := range vars {
		f := v.name
		optional := g.chance(40)
		if optional {
			f += " ? " + g.gen(v.typ).text
		}
		if !optional || g.chance(50) {
			set.fields = append(set.fields, field{v.name, v.typ})
			actual = append(actual, v.name+" = "+g.gen(v.typ).text+";")
		}
		formals = append(formals, f)
	}
	if g.chance(40) {
		formals = append(formals, "...")
		if g.chance(50) {
			actual = append(actual, "extra = 1;")
		}
	} else if g.chance(2) {
		actual = append(actual, "extra = 1;")
	}
	head := "{ " + strings.Join(formals, ", ") + " }"
	if g.chance(30) {
		all := g.name()
		for _, v := range vars {
			if v.name == all {
				all = "args"
			}
		}
		vars = append(vars, variable{all, set})
		if g.chance(50) {
			head = all + "@" + head
		} else {
			head += " @ " + all
		}
	}
	body := g.in(vars, func() piece { return g.gen(t) })
	return piece{"(" + head + ": " + body.text + ") { " + strings.Join(actual, " ") + " }", precCall}
}

// selected makes a selection from a set.
func (g *Generator) selected(t typ) piece {
	name := g.attrName()
	set := typ{kind: kSet, fields: []field{{name, t}}}
	sel := "." + g.attrSpelling(name)
	if g.chance(30) {
		outer := g.attrName()
		set = typ{kind: kSet, fields: []field{{outer, set}}}
		sel = "." + g.attrSpelling(outer) + sel
	}
	if g.chance(15) {
		return piece{g.at(precAtom, g.maybeWithout(set)) + sel + " or " + g.at(precSelect, t), precSelect}
	}
	return piece{g.at(precAtom, set) + sel, precSelect}
}

// maybeWithout returns a set type that may lack the field.
func (g *Generator) maybeWithout(t typ) typ {
	if g.chance(50) {
		return setType
	}
	return t
}

// attrSpelling writes an attribute's name in one of the ways that a path of
// attributes allows.
func (g *Generator) attrSpelling(name string) string {
	switch g.r.IntN(8) {
	case 0:
		return quote(name)
	case 1:
		return "${" + quote(name) + "}"
	case 2:
		if len(name) > 1 {
			return quote(name[:1])[:2] + "${" + quote(name[1:]) + "}\""
		}
	}
	return name
}

// fold makes a foldl' that ends with a value of type t.
func (g *Generator) fold(t typ) piece {
	elem := g.typ(0)
	acc, x := variable{g.name(), t}, variable{g.name(), elem}
	body := g.in([]variable{acc, x}, func() piece { return g.gen(t) })
	return piece{fmt.Sprintf("%s (%s: %s: %s) %s %s", g.builtinName("foldl'"), acc.name, x.name, body.text,
		g.arg(t), g.arg(listOf(elem))), precCall}
}

// functor makes a call of a set.
func (g *Generator) functor(t typ) piece {
	v := variable{g.name(), g.typ(1)}
	body := g.in([]variable{v}, func() piece { return g.gen(t) })
	return piece{"{ k = 1; __functor = self: " + v.name + ": " + body.text + "; } " + g.arg(v.typ), precCall}
}

// piped makes a pipe.
func (g *Generator) piped(t typ) piece {
	arg := g.typ(1)
	f, x := g.at(precImplies, funcType(arg, t)), g.at(precImplies, arg)
	if g.chance(50) {
		return piece{f + " <| " + x, precPipe}
	}
	return piece{x + " |> " + f, precPipe}
}

// elements makes at least n elements of a list.
func (g *Generator) elements(t typ, n int) string {
	var b strings.Builder
	for range n + g.r.IntN(3) {
		b.WriteString(g.arg(t) + " ")
	}
	return b.String()
}

// quote returns a string literal without interpolations.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s) + `"`
}
