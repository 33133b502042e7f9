package exprtest

import (
	"fmt"
	"strings"
)

// regex returns a regular expression, mostly valid, over few characters.
func (g *Generator) regex(depth int) string {
	var b strings.Builder
	for range 1 + g.r.IntN(3) {
		b.WriteString(g.regexAtom(depth))
		switch g.r.IntN(12) {
		case 0, 1:
			b.WriteString(g.pick("*", "+", "?"))
		case 2:
			b.WriteString(g.pick("{2}", "{1,}", "{0,2}", "{1,2}", "{0}"))
		case 3:
			if g.chance(15) {
				b.WriteString(g.pick("**", "{", "}", "{,2}", "{2,1}", "+?", "{a}"))
			}
		}
	}
	if g.chance(15) {
		b.WriteString("|" + g.regexAtom(depth))
	}
	return b.String()
}

func (g *Generator) regexAtom(depth int) string {
	switch g.r.IntN(14) {
	case 0, 1, 2:
		if depth > 0 {
			return "(" + g.regex(depth-1) + ")"
		}
	case 3:
		return "."
	case 4, 5:
		return g.pick("[ab]", "[^a]", "[a-c]", "[]a]", "[^]b]", "[[:alpha:]]", "[[:space:]]", "[^[:digit:]]", "[a-]", "[-a]", "[.]", "[\\\\.]", "[[:upper:][:digit:]]", "[[.a.]]", "[[=b=]]", "[+-]", "[\\n]")
	case 6:
		return g.pick("^", "$", "^a", "b$")
	case 7:
		return g.pick("\\.", "\\*", "\\\\", "\\(", "\\[", "\\{", "\\|", "\\^", "\\$")
	case 8:
		if g.chance(15) {
			return g.pick("\\d", "\\w", "[", "(", ")", "*", "\\1", "[z-a]", "[[:foo:]]", "()", "\\", "(|a)", "[a", "\\n", "\\-", "[[.foo.]]", "[[.space.]]", "é", "[é]")
		}
	}
	return g.pick("a", "b", "c", "ab", "1", "-")
}

// subject returns a text for regular expressions to match.
func (g *Generator) subject() string {
	var b strings.Builder
	for range g.r.IntN(8) {
		b.WriteString(g.pick("a", "b", "c", "ab", "1", "-", ".", " ", "A", "\n", "]", "é", "*"))
	}
	return b.String()
}

// jsonNumber returns a number, mostly with a fraction or an exponent.
func (g *Generator) jsonNumber() string {
	return g.pick("", "", "-") + fmt.Sprint(g.r.IntN(100)) + g.pick(".0", ".5", ".25", "e3", "E+2", "e-7", ".1e1", "e20", "e308", ".123456789012345678", "e400", "e-400")
}

// json returns a JSON text, mostly valid.
func (g *Generator) json(depth int) string {
	space := g.pick("", "", " ", "\n\t")
	n := g.r.IntN(9)
	if depth <= 0 {
		n = g.r.IntN(6)
	}
	switch n {
	case 0:
		return g.pick("null", "true", "false") + space
	case 1:
		return g.jsonNumber()
	case 2:
		return g.pick("0", "-0", "1", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551615", "18446744073709551616", "-9223372036854775809", "12")
	case 3, 4:
		return g.jsonString()
	case 5:
		if g.chance(20) {
			return g.pick("", "nul", "01", "1.", ".5", "+1", "[1,]", "{\"a\":1,}", "{\"a\"}", "'a'", "\"\\x\"", "\"\\ud800\"", "\"a\tb\"", "[1 2]", "NaN", "Infinity", "1e", "{\"a\":1 \"b\":2}", "// c\n1", "\"\\u00e\"", "tru", "]", "{1:2}", "-", "1 2", "\"abc", "[[[", "\xef\xbb\xbf1")
		}
		return g.jsonString()
	case 6:
		var items []string
		for range g.r.IntN(4) {
			items = append(items, space+g.json(depth-1))
		}
		return "[" + strings.Join(items, ",") + space + "]"
	}
	var items []string
	for range g.r.IntN(4) {
		items = append(items, space+g.jsonString()+space+":"+g.json(depth-1))
	}
	return "{" + strings.Join(items, space+",") + "}"
}

func (g *Generator) jsonString() string {
	var b strings.Builder
	for range g.r.IntN(4) {
		b.WriteString(g.pick("a", "b", "é", "\\n", "\\\"", "\\\\", "\\/", "\\u0041", "\\u00e9", "\\ud83d\\ude00", "\\t", "\\b", "\\f", "$", "\x7f", "x y", "\\u001f"))
	}
	return `"` + b.String() + `"`
}

// toml returns a TOML document, mostly valid.
func (g *Generator) toml() string {
	var b strings.Builder
	for range 1 + g.r.IntN(4) {
		switch g.r.IntN(8) {
		case 0:
			fmt.Fprintf(&b, "[%s]\n", g.tomlKey())
		case 1:
			fmt.Fprintf(&b, "[[%s]]\n", g.tomlKey())
		case 2:
			b.WriteString(g.pick("# c\n", "\n", "\r\n", "  \n", "#\x7f\n", "#\té\n"))
		default:
			fmt.Fprintf(&b, "%s%s%s%s\n", g.tomlKey(), g.pick("=", " = ", "\t= "), g.tomlValue(2), g.pick("", "", " # c", " "))
		}
	}
	return b.String()
}

func (g *Generator) tomlKey() string {
	key := g.pick("a", "b", "c", "d", "e", "f", "\"a\"", "'b'", "1", "a-b", "\"\"", "\"x y\"", "A_1")
	if g.chance(20) {
		key += g.pick(".", " . ") + g.pick("a", "b", "x")
	}
	return key
}

func (g *Generator) tomlValue(depth int) string {
	n := g.r.IntN(11)
	if depth <= 0 {
		n = g.r.IntN(8)
	}
	switch n {
	case 0:
		return g.pick("true", "false")
	case 1:
		return g.pick("0", "1", "-1", "+1", "1_000", "0xff", "0o17", "0b101", "9223372036854775807", "-9223372036854775808", "-0", "0xdead_beef")
	case 2:
		return g.pick("1.5", "-0.0", "+1.0", "1e5", "6.626e-34", "inf", "-inf", "nan", "1_0.0_1", "3E+2", "+inf", "-nan")
	case 3, 4:
		return g.pick(`"a"`, `'a\b'`, `"a\nb"`, `"\u00e9"`, `"\U0001F600"`, `"""a`+"\n"+`b"""`, `'''a'b'''`, `"""\`+"\n   "+`x"""`, `""`, `''`, `"\t\\\""`, `"\e"`, `"\x41"`, `'''`+"\n"+`a'''`, `"""a""b"""`, `"""a"""""`)
	case 5:
		return g.pick("1979-05-27T07:32:00Z", "1979-05-27", "07:32:00", "1979-05-27 07:32:00.5", "1979-05-27T07:32:00-07:00", "07:32", "00:00:00.999999")
	case 6:
		if g.chance(20) {
			return g.pick("01", "1.", ".5", "0x", "tru", "'a", `"\x"`, `"\ud800"`, "9223372036854775808", "1__0", "_1", "1979-13-01", "25:00:00", "[1", "{a=1,}", "{a=1,a=2}", "=", "", "a b", "1e", "+0x1", "0xG", "1e1.5", "1979-02-30", "infx")
		}
		return g.pick("1", "2")
	case 7:
		return g.pick("10", `"x"`)
	case 8, 9:
		var items []string
		for range g.r.IntN(4) {
			items = append(items, g.tomlValue(depth-1))
		}
		return "[" + g.pick("", " ", "\n") + strings.Join(items, g.pick(",", ", ", ",\n", " , ")) + g.pick("", ",", "\n", " # c\n") + "]"
	}
	var items []string
	for range g.r.IntN(3) {
		items = append(items, g.tomlKey()+" = "+g.tomlValue(depth-1))
	}
	return "{ " + strings.Join(items, ", ") + " }"
}
