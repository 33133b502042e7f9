package exprtest

import (
	"fmt"
	"strings"
)

// chars are what random texts are made of.
var chars = []string{"a", "b", "c", "x", "1", "2", ".", "-", "_", " ", "/", "é", "\n", "\t", "\"", "\\", "$", "{", "}", "'", "<", "&", "A", "=", "0", "%", "\r", "\x7f", "€", "\U0001f600"}

// text returns a random text of up to n characters.
func (g *Generator) text(n int) string {
	var b strings.Builder
	for range g.r.IntN(n + 1) {
		b.WriteString(chars[g.r.IntN(len(chars))])
	}
	return b.String()
}

// word returns a text that is likely to occur again.
func (g *Generator) word() string {
	return g.pick("", "a", "b", "ab", "abc", "a", "x", "1.2", "2.3pre4", "1.10", "foo-1.2.3", "a.b", "/a/b", "a b", "0", "10", "aab", "c", "name", "value", "true")
}

// stringLiteral makes a literal without interpolations.
func (g *Generator) stringLiteral() string {
	switch g.r.IntN(10) {
	case 0:
		return quote(g.text(8))
	case 1:
		return g.indented(false)
	case 2:
		return g.pick(`"a\qb"`, `"$$"`, `"$${x}"`, `"\${x}"`, `"$"`, `"a$"`, `"$$$"`, `"\\"`, "\"a\r\nb\"", "\"a\rb\"", `"'''"`, `"''${"`, `https://nixos.org/x?y=1`, `a:b`)
	}
	return quote(g.word())
}

// indented makes a string between two single quotes.
func (g *Generator) indented(interpolate bool) string {
	var b strings.Builder
	b.WriteString("''")
	for range g.r.IntN(8) {
		switch g.r.IntN(14) {
		case 0, 1:
			b.WriteString("\n")
		case 2, 3, 4:
			b.WriteString(strings.Repeat(" ", g.r.IntN(5)))
		case 5:
			b.WriteString(g.pick("''$", "''\\n", "''\\t", "'''", "$$", "''\\${", "''\\\\", "''\\x", "\t", "\r\n", "$", "'", "\\", "\"", " ' "))
		case 6, 7:
			if interpolate {
				b.WriteString("${" + g.gen(stringType).text + "}")
			}
		default:
			b.WriteString(g.word() + " ")
		}
	}
	return b.String() + g.pick("", "\n", "\n  ", " ") + "''"
}

// stringForm makes a string of parts.
func (g *Generator) stringForm() piece {
	switch g.r.IntN(40) {
	case 0, 1, 2:
		return g.interpolated()
	case 3:
		return atom(g.indented(true))
	case 4, 5:
		return g.binary("+", precAdd, precAdd, precMul, stringType, stringType)
	case 6, 7:
		return g.builtin("toString", g.stringable())
	case 8:
		return g.builtin("concatStringsSep", stringType, listOf(stringType))
	case 9, 10:
		return piece{fmt.Sprintf("%s %d %s %s", g.builtinName("substring"), g.r.IntN(4), g.pick("0", "1", "2", "(-1)", "100"), g.arg(stringType)), precCall}
	case 11, 12:
		return g.replaced()
	case 13, 14:
		return g.builtin("toJSON", g.typ(2))
	case 15, 16:
		return g.builtin("toXML", g.typ(2))
	case 17:
		return piece{g.builtinName("hashString") + " " + g.pick(`"md5"`, `"sha1"`, `"sha256"`, `"sha512"`) + " " + g.arg(stringType), precCall}
	case 18:
		return g.builtin("typeOf", g.typ(1))
	case 19:
		return g.builtin(g.pick("baseNameOf", "dirOf"), stringType)
	case 20:
		return g.builtin("baseNameOf", pathType)
	case 21:
		return g.builtin("placeholder", stringType)
	case 22, 23:
		return g.derivationString()
	case 24:
		return g.builtin(g.pick("unsafeDiscardStringContext", "unsafeDiscardOutputDependency"), stringType)
	case 25:
		return piece{g.builtinName("toFile") + " " + g.pick(`"f"`, `"a.txt"`, `"x y"`, `".x"`) + " " + g.arg(stringType), precCall}
	case 26:
		return g.convertedHash()
	case 27:
		return piece{"(" + g.builtinName("parseDrvName") + " " + g.arg(stringType) + ")." + g.pick("name", "version"), precSelect}
	case 28:
		return piece{g.builtinName("head") + " (" + g.builtinName("split") + " " + quote(g.regex(2)) + " " + g.arg(stringType) + ")", precCall}
	case 29:
		return g.builtin("readFile", pathType)
	case 30:
		return piece{"(" + g.builtinName("head") + " (" + g.builtinName("attrNames") + " " + g.arg(g.typOf(kSet)) + "))", precAtom}
	case 31:
		return piece{g.binaryText("+", pathType), precAdd}
	case 33, 34:
		return g.contextString()
	case 35:
		return g.coerced()
	case 36:
		return g.versions()
	case 32:
		return piece{g.builtinName("appendContext") + " " + g.arg(stringType) + " (" + g.builtinName("getContext") + " " + g.arg(stringType) + ")", precCall}
	}
	return g.leaf(stringType)
}

// binaryText appends something to a string that is no string.
func (g *Generator) binaryText(op string, t typ) string {
	return g.at(precAdd, stringType) + " " + op + " " + g.at(precMul, t)
}

// interpolated makes a string with interpolations.
func (g *Generator) interpolated() piece {
	var b strings.Builder
	for range 1 + g.r.IntN(3) {
		b.WriteString(strings.Trim(quote(g.word()), `"`))
		t := stringType
		if g.chance(5) {
			t = g.stringable()
		}
		b.WriteString("${" + g.gen(t).text + "}")
	}
	return atom(`"` + b.String() + `"`)
}

// stringable returns a type that toString takes.
func (g *Generator) stringable() typ {
	switch g.r.IntN(10) {
	case 0:
		return listOf(g.stringable())
	case 1:
		return boolType
	case 2:
		return nullType
	case 3, 4:
		return intType
	case 5, 6:
		return floatType
	case 7:
		return typ{kind: kSet, fields: []field{{"outPath", stringType}}}
	case 8:
		return typ{kind: kSet, fields: []field{{"__toString", funcType(setType, stringType)}}}
	}
	return stringType
}

// replaced makes a replaceStrings.
func (g *Generator) replaced() piece {
	n := g.r.IntN(4)
	var from, to strings.Builder
	for range n {
		from.WriteString(quote(g.word()) + " ")
		to.WriteString(g.arg(stringType) + " ")
	}
	if g.chance(2) {
		to.WriteString(`"more"`)
	}
	return piece{g.builtinName("replaceStrings") + " [ " + from.String() + "] [ " + to.String() + "] " + g.arg(stringType), precCall}
}
