package exprtest

import "fmt"

// intLiteral makes an integer, often one at a limit.
func (g *Generator) intLiteral() piece {
	switch g.r.IntN(12) {
	case 0:
		return atom(g.pick("9223372036854775807", "4611686018427387904", "2147483648", "36028797018963968", "36028797018963967", "65536", "255", "00", "007"))
	case 1:
		return piece{g.pick("-9223372036854775807", "-1", "-2", "-36028797018963968", "-36028797018963969", "-7"), precNeg}
	}
	return atomf("%d", g.r.IntN(6))
}

// intForm makes an integer of parts.
func (g *Generator) intForm() piece {
	switch g.r.IntN(16) {
	case 0, 1:
		return g.binary("+", precAdd, precAdd, precMul, intType, intType)
	case 2:
		return g.binary("-", precAdd, precAdd, precMul, intType, intType)
	case 3:
		return g.binary("*", precMul, precMul, precConcat, intType, intType)
	case 4:
		return g.binary("/", precMul, precMul, precConcat, intType, intType)
	case 5:
		return piece{"-" + g.at(precCall, intType), precNeg}
	case 6:
		return g.builtin("length", listOf(g.typ(1)))
	case 7:
		return g.builtin("stringLength", stringType)
	case 8:
		return g.builtin(g.pick("bitAnd", "bitOr", "bitXor"), intType, intType)
	case 9:
		return g.builtin("compareVersions", stringType, stringType)
	case 10:
		return g.builtin(g.pick("floor", "ceil"), g.number())
	case 11:
		return g.builtin(g.pick("add", "sub", "mul", "div"), intType, intType)
	case 12:
		return piece{"__curPos." + g.pick("line", "column"), precSelect}
	case 13:
		return g.builtin("foldl'", funcType(intType, funcType(intType, intType)), intType, listOf(intType))
	case 14:
		return atom(g.pick("builtins.langVersion", "builtins.length [ ]"))
	}
	return g.intLiteral()
}

// number returns the type of a number.
func (g *Generator) number() typ {
	if g.chance(50) {
		return floatType
	}
	return intType
}

// floatLiteral makes a float, often an odd one.
func (g *Generator) floatLiteral() piece {
	switch g.r.IntN(3) {
	case 0:
		return atom(g.pick("1.", ".5", "0.1", "1.0e10", "1e1", "1.5e-7", "123456.789", "1234567.0", "0.00001", "100000.0", "999999.5",
			"1.0e308", "1.7976931348623157e308", "5.0e-324", "0.3", "2.5", "3.0e15", "9007199254740993.0", "1.0e18", "9.3e18", "123456789012345678.0"))
	case 1:
		return piece{"-" + g.pick("1.5", "0.0", "2.5", "1.0e20", "0.5"), precNeg}
	}
	return atomf("%d.%d", g.r.IntN(20), g.r.IntN(1000))
}

// floatForm makes a float of parts.
func (g *Generator) floatForm() piece {
	switch g.r.IntN(8) {
	case 0:
		return g.binary("+", precAdd, precAdd, precMul, floatType, g.number())
	case 1:
		return g.binary("-", precAdd, precAdd, precMul, g.number(), floatType)
	case 2:
		return g.binary("*", precMul, precMul, precConcat, floatType, g.number())
	case 3:
		return g.binary("/", precMul, precMul, precConcat, g.number(), floatType)
	case 4:
		return piece{"-" + g.at(precCall, floatType), precNeg}
	case 5:
		return g.builtin(g.pick("add", "sub", "mul", "div"), floatType, g.number())
	case 6:
		return piece{g.builtinName("fromJSON") + " " + quote(g.jsonNumber()), precCall}
	}
	return g.floatLiteral()
}

// boolForm makes a truth value of parts.
func (g *Generator) boolForm() piece {
	switch g.r.IntN(22) {
	case 0, 1, 2:
		t := g.typ(1)
		return g.binary(g.pick("==", "!="), precEqual, precLess, precLess, t, t)
	case 3, 4:
		t := g.ordered(2)
		return g.binary(g.pick("<", ">", "<=", ">="), precLess, precUpdate, precUpdate, t, t)
	case 5:
		return g.binary("&&", precAnd, precAnd, precEqual, boolType, boolType)
	case 6:
		return g.binary("||", precOr, precOr, precAnd, boolType, boolType)
	case 7:
		return g.binary("->", precImplies, precOr, precImplies, boolType, boolType)
	case 8:
		return piece{"!" + g.at(precNot, boolType), precNot}
	case 9, 10:
		path := g.attrSpelling(g.attrName())
		if g.chance(30) {
			path += "." + g.attrSpelling(g.attrName())
		}
		return piece{g.at(precNeg, g.typOf(kSet)) + " ? " + path, precHas}
	case 11:
		return piece{g.builtinName("hasAttr") + " " + quote(g.attrName()) + " " + g.arg(g.typOf(kSet)), precCall}
	case 12:
		t := g.typ(1)
		return g.builtin("elem", t, listOf(t))
	case 13:
		t := g.typ(0)
		return g.builtin(g.pick("all", "any"), funcType(t, boolType), listOf(t))
	case 14, 15:
		return g.builtin(g.pick("isAttrs", "isBool", "isFloat", "isFunction", "isInt", "isList", "isNull", "isPath", "isString"), g.typ(1))
	case 16:
		t := g.ordered(1)
		return g.builtin("lessThan", t, t)
	case 17:
		return g.builtin("pathExists", pathType)
	case 18:
		return g.builtin("hasContext", stringType)
	case 19:
		return piece{"(" + g.builtinName("tryEval") + " " + g.arg(g.typ(1)) + ").success", precSelect}
	case 20:
		return g.binary(g.pick("==", "!="), precEqual, precLess, precLess, g.typ(1), g.typ(1))
	}
	return g.leaf(boolType)
}

// ordered returns a type whose values can be compared.
func (g *Generator) ordered(depth int) typ {
	switch n := g.r.IntN(6); {
	case n == 0 && depth > 0:
		return listOf(g.ordered(depth - 1))
	case n == 1:
		return pathType
	case n <= 3:
		return stringType
	}
	return g.number()
}

// typOf returns a random type of one kind.
func (g *Generator) typOf(k kind) typ {
	for range 100 {
		if t := g.typ(1); t.kind == k {
			return t
		}
	}
	return typ{kind: k, elem: &intType, arg: &intType, res: &intType}
}

// pathForm makes a path of parts.
func (g *Generator) pathForm() piece {
	switch g.r.IntN(6) {
	case 0:
		return g.binary("+", precAdd, precAdd, precMul, pathType, stringType)
	case 1:
		return g.builtin("dirOf", pathType)
	case 2:
		return atomf("./${%s}", g.gen(stringType).text)
	case 3:
		return atomf("./a/${%s}%s", g.gen(stringType).text, g.pick("", "/b", ".nix"))
	case 4:
		return piece{fmt.Sprintf("./. + %s", g.pick(`"/a"`, `"/../b"`, `"a"`, `"/a//b/."`, `"/"`)), precAdd}
	}
	return g.leaf(pathType)
}
