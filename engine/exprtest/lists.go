package exprtest

import "fmt"

// listForm makes a list whose elements are of type t.
func (g *Generator) listForm(t typ) piece {
	list := listOf(t)
	switch g.r.IntN(20) {
	case 0, 1, 2:
		return g.binary("++", precConcat, precHas, precConcat, list, list)
	case 3, 4:
		elem := g.typ(1)
		return g.builtin("map", funcType(elem, t), listOf(elem))
	case 5:
		return g.builtin("filter", funcType(t, boolType), list)
	case 6:
		return piece{g.builtinName("genList") + " " + g.arg(funcType(intType, t)) + " " + g.pick("0", "1", "2", "3", "5", "(-1)"), precCall}
	case 7:
		return g.sorted(t)
	case 8:
		return g.builtin("concatLists", listOf(list))
	case 9:
		elem := g.typ(1)
		return g.builtin("concatMap", funcType(elem, list), listOf(elem))
	case 10:
		name := g.attrName()
		return piece{g.builtinName("catAttrs") + " " + quote(name) + " " + g.arg(listOf(typ{kind: kSet, fields: []field{{name, t}}})), precCall}
	case 11:
		return piece{"(" + g.builtinName("partition") + " " + g.arg(funcType(t, boolType)) + " " + g.arg(list) + ")." + g.pick("right", "wrong"), precSelect}
	case 12:
		return piece{g.builtinName("tail") + " [ " + g.elements(t, 1) + "]", precCall}
	case 13:
		return g.builtin("attrValues", typ{kind: kSet, fields: []field{{g.attrName(), t}}})
	}
	if special, ok := g.listOfKind(t); ok && g.chance(60) {
		return special
	}
	return atom("[ " + g.elements(t, 0) + "]")
}

// listOfKind makes a list by a builtin that makes lists of such elements.
func (g *Generator) listOfKind(t typ) (piece, bool) {
	switch {
	case t.kind == kString:
		switch g.r.IntN(5) {
		case 0:
			return g.builtin("attrNames", g.typOf(kSet)), true
		case 1:
			return g.builtin("splitVersion", stringType), true
		case 2:
			return piece{g.builtinName("split") + " " + quote(g.regex(2)) + " " + g.arg(stringType), precCall}, true
		}
		return g.matched(), true
	case t.kind == kSet && t.field("key") != nil:
		return g.closure(t), true
	}
	return piece{}, false
}

// matched makes a match against a regular expression.
func (g *Generator) matched() piece {
	subject := g.arg(stringType)
	if g.chance(70) {
		subject = quote(g.subject())
	}
	return piece{g.builtinName(g.pick("match", "match", "split")) + " " + quote(g.regex(3)) + " " + subject, precCall}
}

// sorted makes a sort.
func (g *Generator) sorted(t typ) piece {
	cmp := g.builtinName("lessThan")
	switch {
	case g.chance(30) || t.kind != kInt && t.kind != kString:
		cmp = "(a: b: " + g.in([]variable{{"a", t}, {"b", t}}, func() piece { return g.gen(boolType) }).text + ")"
	case g.chance(30):
		cmp = "(a: b: a > b)"
	}
	return piece{g.builtinName("sort") + " " + cmp + " " + g.arg(listOf(t)), precCall}
}

// closure makes a genericClosure that ends.
func (g *Generator) closure(t typ) piece {
	return piece{fmt.Sprintf("%s { startSet = [ %s ]; operator = x: if builtins.isInt x.key && x.key < %d && x.key >= 0 then [ (x // { key = x.key + 1; }) (x // { key = %s; }) ] else [ ]; }",
		g.builtinName("genericClosure"), g.elements(t, 0), g.r.IntN(6), g.pick("0", "x.key + 2", "2", "1.5", "\"a\"")), precCall}
}
