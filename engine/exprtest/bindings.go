package exprtest

import (
	"fmt"
	"strings"
)

// bindingForm makes a value of type t by way of bindings that merge, repeat, are
// dynamic, or inherit.
func (g *Generator) bindingForm(t typ) piece {
	n := g.attrName()
	v := g.gen(t).text
	switch g.r.IntN(17) {
	case 0: // attributes of a set from several bindings
		return piece{fmt.Sprintf("{ %s = { %s = %s; }; %s.%s = 1; }.%s.%s", n, "p", v, n, "q", n, "p"), precSelect}
	case 1:
		return piece{fmt.Sprintf("{ %s.p = %s; %s = %s{ q = p; p2 = 2; }; }.%s.%s", n, v, n, g.pick("rec ", ""), n, g.pick("p", "q", "p2")), precSelect}
	case 2:
		return piece{fmt.Sprintf("{ %s.${%s} = %s; %s.%s = 1; }.%s", n, g.dynamicName(), v, n, g.pick("r", "a", "b"), n), precSelect}
	case 3:
		return piece{fmt.Sprintf("let %s.p = %s; %s.q = 2; in %s.%s", "m", v, "m", "m", g.pick("p", "q")), precExpr}
	case 4:
		return piece{fmt.Sprintf("let inherit (%s) %s; in %s", g.gen(typ{kind: kSet, fields: []field{{n, t}}}).text, n, n), precExpr}
	case 5:
		return piece{fmt.Sprintf("let inherit (%s) %s b0; in %s", g.gen(typ{kind: kSet, fields: []field{{n, t}}}).text, quote(n), n), precExpr}
	case 6:
		return piece{fmt.Sprintf("rec { w = %s; inherit (w) %s; inherit (rec { %s = %s; }) k0; }.%s",
			g.gen(typ{kind: kSet, fields: []field{{n, t}}}).text, n, n, v, n), precSelect}
	case 7: // overrides
		return piece{fmt.Sprintf("rec { %s = %s; k1 = %s; __overrides = { %s = %s; %s}; }.%s", n, g.gen(t).text, n, n, v,
			g.pick("", "k2 = 3; ", "${null} = 1; "), g.pick(n, "k1", "k2")), precSelect}
	case 8:
		return piece{fmt.Sprintf("rec { __overrides = %s; %s = %s; }", g.gen(setType).text, n, v), precAtom}
	case 9: // shadowing
		return piece{fmt.Sprintf("with { %s = 1; u = %s; }; with { %s = %s; }; %s", n, g.gen(t).text, n, v, g.pick(n, "u")), precExpr}
	case 10:
		return piece{fmt.Sprintf("let %s = %s; in with { %s = 1; map = 2; }; [ %s map (builtins ? map) ]", n, v, n, n), precExpr}
	case 11:
		return piece{fmt.Sprintf("({ %s, ... }@all: all // { %s = all.%s or 1; }) { %s = %s; extra = 2; }", n, n, n, n, v), precCall}
	case 12: // duplicates and other errors of the parser
		return piece{g.pick(
			fmt.Sprintf("{ %s = %s; %s = 1; }", n, v, n), fmt.Sprintf("{ %s.p = %s; %s.p = 1; }", n, v, n), fmt.Sprintf("{ inherit %s; %s = %s; }", n, n, v),
			fmt.Sprintf("let %s = %s; %s = 2; in 1", n, v, n), fmt.Sprintf("({ %s, %s }: 1)", n, n), fmt.Sprintf("(%s@{ %s }: 1)", n, n),
			fmt.Sprintf("{ %s = %s; %s.p = 1; }", n, v, n), fmt.Sprintf("{ %s.p = 1; %s = %s; }", n, n, v), fmt.Sprintf("let ${%s} = 1; in 2", v),
			fmt.Sprintf("{ inherit ${%s}; }", v), fmt.Sprintf("{ inherit (%s) ${\"a\"} \"b\"; }", v), fmt.Sprintf("rec { inherit (%s) a a; }", v),
			fmt.Sprintf("{ a.b.c = %s; a.b = { d = 1; c = 2; }; }", v), fmt.Sprintf("{ a = rec { b = %s; }; a.c = b; }", v), fmt.Sprintf("{ a.b = rec { x = 1; y = %s; }; a.b.z = 2; }", v),
		), precAtom}
	case 13: // dynamic names
		return piece{fmt.Sprintf("{ ${%s} = %s; ${%s} = 2; }", g.dynamicName(), v, g.dynamicName()), precAtom}
	case 14:
		return piece{fmt.Sprintf("rec { ${%s} = %s; %s = 1; r = %s; }", g.dynamicName(), v, n, n), precAtom}
	case 15:
		return piece{fmt.Sprintf("{ inherit ({ %s = %s; }) %s; inherit; inherit (throw \"never\"); }", n, v, n), precAtom}
	}
	return piece{fmt.Sprintf("let { %s = %s; body = %s; inherit (builtins) true; }", n, v, n), precAtom}
}

// dynamicName makes what stands between the braces of a dynamic attribute.
func (g *Generator) dynamicName() string {
	return g.pick(`"a"`, `"b"`, `"r"`, `"a" + "b"`, "null", `"x y"`, `""`, `"__overrides"`, "1", "./a", g.gen(stringType).text, `"${"a"}"`, `"a.b"`, `"if"`, `if true then "a" else null`)
}

// assertion makes an assertion, mostly one about a comparison.
func (g *Generator) assertion(t typ) piece {
	u := g.typ(2)
	return piece{"assert " + g.at(precLess, u) + g.pick(" == ", " == ", " != ") + g.at(precLess, u) + "; " + g.gen(t).text, precExpr}
}

// chained makes a selection, or a test for attributes, along a long path.
func (g *Generator) chained(t typ) string {
	inner := t
	var path []string
	for range 1 + g.r.IntN(4) {
		name := g.attrName()
		inner = typ{kind: kSet, fields: []field{{name, inner}}}
		path = append([]string{name}, path...)
	}
	set := g.at(precAtom, inner)
	if g.chance(30) {
		path[g.r.IntN(len(path))] = g.pick("zz", "or", `"a b"`, `${"zz"}`, "${null}", "${1}", `${throw "t"}`)
	} else {
		i := g.r.IntN(len(path))
		path[i] = g.attrSpelling(path[i])
	}
	switch g.r.IntN(6) {
	case 0:
		return "(" + set + " ? " + strings.Join(path, ".") + ")"
	case 1, 2:
		return set + "." + strings.Join(path, ".") + " or " + g.at(precSelect, t)
	}
	return set + "." + strings.Join(path, ".")
}

// odd makes a value by what is rarely written.
func (g *Generator) odd(t typ) piece {
	v := g.gen(t).text
	switch g.r.IntN(18) {
	case 0:
		return piece{"{ __functor = { __functor = s: t: x: " + v + "; }; } 1", precCall}
	case 1:
		return piece{"{ __functor = " + v + "; } 1 2", precCall}
	case 2:
		return piece{g.builtinName("functionArgs") + " " + g.pick("{ __functor = s: { a, b ? 1 }: 2; }", "({ a, b ? 1, ... }: 2)", "(x: 1)", "map", "(map (x: x))", "{ __functionArgs = { }; }"), precCall}
	case 3:
		return piece{g.builtinName("unsafeGetAttrPos") + " \"a\" " + g.pick("{ a = 1; }", "({ a = 1; } // { b = 2; })", "{ b = 1; }", "(rec { inherit ({ a = 1; }) a; })", "{ ${\"a\"} = 1; }", "(mapAttrs (n: x: x) { a = 1; })", "(builtins.fromJSON \"{}\")"), precCall}
	case 4:
		return piece{g.sortedOddly(t), precCall}
	case 5:
		return piece{g.strangeClosure(), precCall}
	case 6:
		return atom(g.pick("<nixpkgs>", "<nix/fetchurl.nix>", "~/a", "./.git", "../../x", "a:b", "http://a.b/c?d=e&f", "x-y:z", "./a${\"b\"}c", "./${\"a\"}/../b", "/a/b/./c//d", "~/${\"x\"}", "a/b.c", "/."))
	case 7:
		return atom(g.pick("1.0e400", "9223372036854775808", "1e5", ".5e2", "1.e-3", "1.2.3", "0x10", "1_000", "1e", "00012", "1.0e-400", "0.1e-5", "-9223372036854775808", "1 .5", "1. 5", "[1.5.5]", "[1 -1]", "[a.b]"))
	case 8:
		return piece{g.pick("1 - 9223372036854775807 - 3", "9223372036854775807 + 1", "4611686018427387904 * 2", "(-9223372036854775807 - 1) / (-1)", "1 / 0", "1.0 / 0", "0 / 0.0",
			"-(-9223372036854775807 - 1)", "builtins.bitAnd (-1) 255", "builtins.ceil 1.0e19", "builtins.floor (-9.3e18)", "builtins.ceil (0.0 / 0)", "1.0e308 * 10", "3 / 2 * 2.0", "(-7) / 2", "9007199254740993 + 0.0"), precAdd}
	case 9:
		return piece{"(" + v + ")" + g.pick(" == ", " != ") + "(" + g.gen(g.typ(2)).text + ")", precEqual}
	case 10:
		return piece{"let f = x: x; in " + g.pick("f == f", "[ f ] == [ f ]", "{ a = f; } == { a = f; }", "(x: x) == (x: x)", "[ map ] == [ map ]", "let l = [ f ]; in l == l", "let s = { inherit f; }; in s == s", "{ type = \"derivation\"; outPath = \"a\"; x = 1; } == { type = \"derivation\"; outPath = \"a\"; }"), precExpr}
	case 11:
		return piece{"[ " + v + " ] " + g.pick("<", "<=", ">", ">=") + " [ " + g.gen(t).text + " 1 ]", precLess}
	case 12:
		return piece{g.builtinName("tryEval") + " (" + g.pick("throw "+quote(g.word()), "assert false; 1", "abort \"x\"", "1 + true", "{ }.a", "builtins.tryEval (throw 1)", "import ./none", "{ a = throw \"in\"; }", "[ (throw \"in\") ]") + ")", precCall}
	case 13:
		return piece{"x: " + v + g.pick(" |> (y: y)", " == 1", " ? a", " or 1", " // { }"), precExpr}
	case 14:
		return piece{g.builtinName("toXML") + " " + g.pick("{ f = { a, b ? 1, ... }@c: 1; g = x: 1; h = { }: 1; }", "{ \"a b\" = \"<&>'\\\"\\n\"; }", "[ null true 1 1.5 ./a \"\" ]",
			"(derivation { name = \"n\"; system = \"s\"; builder = \"b\"; })", "{ type = \"derivation\"; drvPath = \"/a\"; outPath = \"/b\"; x = 1; }", "{ type = \"derivation\"; }", "({ type = \"derivation\"; outPath = 1; })"), precCall}
	case 15:
		return piece{g.builtinName("toJSON") + " " + g.pick("{ outPath = \"/a\"; b = 1; }", "{ __toString = self: \"s\"; }", "[ 1.0 1.5e10 0.1 1.0e100 (-0.0) 1.0e-7 100.0 123456789.123 ]", "./a", "\"\\u0001\\t<>\"", "(0.0 / 0)", "{ a = x: x; }", "{ \"b\" = 1; \"a\" = 2; \"é\" = 3; }", "{ __toString = 1; }"), precCall}
	case 16:
		return piece{g.builtinName("derivationStrict") + " " + g.pick("1", "{ }", "{ name = 1; }", "{ name = \"a\"; builder = 1; }", "{ name = \"a\"; builder = \"b\"; }", "{ name = \"a\"; builder = \"b\"; system = 1; }"), precCall}
	}
	return piece{g.pick("''\n  ${"+g.gen(stringType).text+"}\n    x\n  ''", "''a''\\n''$''\\${''", "\"\\${\\n\\t\\r\\\\\\q$$${\"x\"}\"", "''\n\ta\n  b\n''", "''\r\n  a\r\n''", "''  ''", "''\n''", "'' a\n  ${\"b\"}\n\n c''"), precAtom}
}

// sortedOddly makes a sort by what is no order.
func (g *Generator) sortedOddly(t typ) string {
	cmp := g.pick("(a: b: true)", "(a: b: false)", "(a: b: a != b)", "(a: b: throw \"cmp\")", "(a: b: 1)", "(a: true)", "(a: b: a <= b)", "builtins.lessThan", "(a: b: builtins.stringLength a < builtins.stringLength b)", "1")
	list := "[ 3 1 2 1 ]"
	switch g.r.IntN(4) {
	case 0:
		list = "[ " + g.elements(t, 0) + "]"
	case 1:
		list = `[ "b" "aa" "a" "" "ab" "b" ]`
	case 2:
		var b strings.Builder
		for range g.r.IntN(40) {
			fmt.Fprintf(&b, "%d ", g.r.IntN(9))
		}
		list = "[ " + b.String() + "]"
	}
	return g.builtinName("sort") + " " + cmp + " " + list
}

// strangeClosure makes a genericClosure that may be wrong.
func (g *Generator) strangeClosure() string {
	return g.builtinName("genericClosure") + " { " +
		g.pick("startSet = [ { key = 1; } ]; ", "startSet = [ { key = \"a\"; } { key = \"b\"; } ]; ", "startSet = [ { } ]; ", "startSet = [ 1 ]; ", "startSet = { }; ", "", "startSet = [ { key = x: x; } { key = x: x; } ]; ", "startSet = [ { key = [ 1 2 ]; } { key = [ 1 ]; } ]; ", "startSet = [ { key = 1; } { key = 1.0; } ]; ", "startSet = [ { key = ./a; } { key = null; } ]; ", "startSet = [ ]; ") +
		g.pick("operator = x: [ ]; ", "operator = x: if x.key == 1 then [ { key = 2; } { key = 1; } ] else [ ]; ", "operator = x: [ { key = \"c\"; } ]; ", "operator = x: 1; ", "operator = 1; ", "", "operator = x: throw \"op\"; ", "operator = x: [ { } ]; ", "operator = x: [ { key = null; } ]; ") + "}"
}

// recursion makes a value by recursing, sometimes too deeply or for ever.
func (g *Generator) recursion(t typ) piece {
	v := g.arg(t)
	switch g.r.IntN(12) {
	case 0:
		return piece{"let f = n: if n == 0 then " + v + " else f (n - 1); in f " + g.pick("3", "50", "1000"), precExpr}
	case 1:
		return piece{"let x = x; in " + g.pick("x", "[ 1 x ]", "{ a = x; }", "x + 1", "x.a", "builtins.tryEval x"), precExpr}
	case 2:
		return piece{"let a = b; b = " + g.pick("a", "{ c = a.c; }", "[ (builtins.head a) ]", "1 + a", "x: a x") + "; in " + g.pick("a", "a.c", "b", "builtins.head a", "a 1"), precExpr}
	case 3:
		return piece{"rec { s = { inherit s; t = " + v + "; }; }" + g.pick("", ".s.s.t", ".s == 1"), precSelect}
	case 4:
		return piece{"let l = [ l " + v + " ]; in " + g.pick("l", "builtins.length l", "builtins.elemAt l 1", "l ++ l", "[ l l ]"), precExpr}
	case 5:
		if g.chance(5) {
			return piece{"let f = n: " + g.pick("f (n + 1)", "1 + f n", "[ (f n) ] == [ (f n) ]", "f n // { }", "\"${f n}\"") + "; in f 0", precExpr}
		}
	case 6:
		return piece{"let fix = f: let x = f x; in x; in fix (self: { a = " + v + "; b = self.a; })" + g.pick("", ".b"), precExpr}
	case 7:
		return piece{"let s = { a = 1; b = s; }; in " + g.pick("builtins.toJSON (removeAttrs s [ \"b\" ])", "s", "s == s", "builtins.deepSeq s 1", "s.b.b.a"), precExpr}
	case 8:
		return piece{g.builtinName("foldl'") + " (a: x: a + x) 0 (" + g.builtinName("genList") + " (i: i) " + g.pick("10", "100", "0") + ")", precCall}
	}
	return piece{"(let y = " + v + "; in y)", precAtom}
}

// coerced makes a string of anything by toString.
func (g *Generator) coerced() piece {
	return piece{g.builtinName("toString") + " " + g.pick("[ 1 [ ] [ [ ] ] \"\" [ \"a\" ] null true false 1.5 ./a ]", "{ __toString = self: self.x; x = \"v\"; }", "{ __toString = self: 1; }", "{ outPath = { outPath = \"p\"; }; }",
		"{ __toString = self: throw \"ts\"; outPath = \"x\"; }", "[ [ ] ]", "[ \"\" \"\" ]", "{ }", "(x: x)", "1.0e10", "1.0e-5", "123456789.0", "[ { outPath = \"a\"; } ]", "{ __toString = { __functor = s: t: \"f\"; }; }"), precCall}
}

// versions makes a string about versions.
func (g *Generator) versions() piece {
	v := func() string {
		var b strings.Builder
		for range g.r.IntN(6) {
			b.WriteString(g.pick("1", "2", "10", "01", ".", "-", "pre", "a", "b", "rc1", "_", "+", "2.3", "é", "99999999999999999999"))
		}
		return quote(b.String())
	}
	switch g.r.IntN(4) {
	case 0:
		return piece{"toString (" + g.builtinName("compareVersions") + " " + v() + " " + v() + ")", precCall}
	case 1:
		return piece{g.builtinName("concatStringsSep") + " \"|\" (" + g.builtinName("splitVersion") + " " + v() + ")", precCall}
	case 2:
		return piece{g.builtinName("toJSON") + " (" + g.builtinName("parseDrvName") + " " + quote(g.pick("foo", "foo-bar", "a-b-1", "-1", "foo-1a-2", "")+"-") + ")", precCall}
	}
	return piece{g.builtinName("toJSON") + " (" + g.builtinName("parseDrvName") + " (" + quote(g.pick("foo-", "a-b-", "x", "a--")) + " + " + v() + "))", precCall}
}
