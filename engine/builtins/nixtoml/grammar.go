package nixtoml

import (
	"fmt"
	"strings"
	"sync"
)

// This file says what TOML is made of, so that what is wrong with a text can be told in
// terms of what was expected there.

// A scanner matches a part of TOML.
type scanner struct {
	// scan returns where the part at a position ends, false if there is none.
	scan func(src string, at int) (end int, ok bool)
	// expected returns what should stand at a position where scan fails, and moves the
	// position to where it does.
	expected func(src string, at *int) string
}

// one matches a character, described by some words.
func one(words string, matches func(c byte) bool) scanner {
	return scanner{
		scan: func(src string, at int) (int, bool) {
			if at < len(src) && matches(src[at]) {
				return at + 1, true
			}
			return at, false
		},
		expected: func(string, *int) string { return words },
	}
}

func char(c byte) scanner { return one(showByte(c), func(got byte) bool { return got == c }) }

func anyOf(chars string) scanner {
	words := make([]string, len(chars))
	for i := range len(chars) {
		words[i] = showByte(chars[i])
	}
	return one(alternatives(words), func(c byte) bool { return strings.IndexByte(chars, c) >= 0 })
}

func inRange(from, to byte) scanner {
	return one("from `"+showByte(from)+"` to `"+showByte(to)+"`", func(c byte) bool { return from <= c && c <= to })
}

// alternatives joins words by commas and "or".
func alternatives(words []string) string {
	switch n := len(words); n {
	case 1:
		return words[0]
	case 2:
		return words[0] + " or " + words[1]
	default:
		return strings.Join(words[:n-1], ", ") + ", or " + words[n-1]
	}
}

func word(text string) scanner {
	return scanner{
		scan: func(src string, at int) (int, bool) {
			if at <= len(src) && strings.HasPrefix(src[at:], text) {
				return at + len(text), true
			}
			return at, false
		},
		expected: func(string, *int) string { return text },
	}
}

// seq matches parts that follow each other.
func seq(parts ...scanner) scanner {
	return scanner{
		scan: func(src string, at int) (int, bool) {
			end := at
			for _, part := range parts {
				var ok bool
				if end, ok = part.scan(src, end); !ok {
					return at, false
				}
			}
			return end, true
		},
		expected: func(src string, at *int) string {
			for _, part := range parts {
				end, ok := part.scan(src, *at)
				if !ok {
					return part.expected(src, at)
				}
				*at = end
			}
			return ""
		},
	}
}

// either matches the first of some parts that matches.
func either(parts ...scanner) scanner {
	return scanner{
		scan: func(src string, at int) (int, bool) {
			for _, part := range parts {
				if end, ok := part.scan(src, at); ok {
					return end, true
				}
			}
			return at, false
		},
		// The position moves on from one to the next, as it does in Nix's library.
		expected: func(src string, at *int) string {
			words := make([]string, len(parts))
			for i, part := range parts {
				words[i] = part.expected(src, at)
			}
			return alternatives(words)
		},
	}
}

// exactly matches a part n times.
func exactly(n int, part scanner) scanner {
	parts := make([]scanner, n)
	for i := range parts {
		parts[i] = part
	}
	return seq(parts...)
}

// atLeast matches a part n times or more often.
func atLeast(n int, part scanner) scanner {
	first := exactly(n, part)
	return scanner{
		scan: func(src string, at int) (int, bool) {
			end, ok := first.scan(src, at)
			for ok && end < len(src) {
				next, more := part.scan(src, end)
				if !more {
					break
				}
				end = next
			}
			return end, ok
		},
		expected: first.expected,
	}
}

func maybe(part scanner) scanner {
	return scanner{
		scan: func(src string, at int) (int, bool) {
			end, _ := part.scan(src, at)
			return end, true
		},
		expected: func(string, *int) string { return "" },
	}
}

// named matches a part that is described by some words.
func named(words string, part scanner) scanner {
	return scanner{scan: part.scan, expected: func(string, *int) string { return words }}
}

// showByte returns how a character is shown.
func showByte(c byte) string {
	if c > ' ' && c < 0x7f {
		return string(rune(c))
	}
	names := map[byte]string{
		0: "(NUL)", ' ': "(SPACE)", '\n': "(LINE FEED)", '\r': "(CARRIAGE RETURN)", '\t': "(TAB)",
		'\v': "(VERTICAL TAB)", '\f': "(FORM FEED)", 0x1b: "(ESCAPE)",
	}
	return fmt.Sprintf("0x%02x", c) + names[c]
}

// A grammar has the parts of TOML 1.0.
type grammar struct {
	digit, hexit, letter, sign, blank, nonASCII                                                scanner
	space, newline, comment, commentLine, boolean, decimal, hex, octal, binary, integer, float scanner
	date, clock, delimiter, offset, localDateTime, offsetDateTime                              scanner
	basic, multiBasic, literal, multiLiteral, escapedNewline, codepoint4, codepoint8           scanner
	bareKey, dot, equals, table, arrayTable                                                    scanner
}

// toml is the grammar.
// Source: TOML 1.0.0, toml.abnf, in the words and the order of Nix's library, toml11.
var toml = sync.OnceValue(func() *grammar {
	g := &grammar{}
	g.characters()
	g.text()
	g.numbers()
	g.times()
	g.strings()
	g.keys()
	return g
})

func (g *grammar) characters() {
	g.digit = named("digit [0-9]", inRange('0', '9'))
	g.hexit = named("hex [0-9a-fA-F]", either(inRange('0', '9'), inRange('a', 'f'), inRange('A', 'F')))
	g.letter = named("alpha [a-zA-Z]", either(inRange('a', 'z'), inRange('A', 'Z')))
	g.sign, g.blank = maybe(anyOf("+-")), anyOf(" \t")
	continued := inRange(0x80, 0xBF)
	g.nonASCII = named("non-ascii utf-8 bytes", either(
		seq(inRange(0xC2, 0xDF), continued),
		seq(either(seq(char(0xE0), inRange(0xA0, 0xBF)), seq(inRange(0xE1, 0xEC), continued),
			seq(char(0xED), inRange(0x80, 0x9F)), seq(inRange(0xEE, 0xEF), continued)), continued),
		seq(either(seq(char(0xF0), inRange(0x90, 0xBF)), seq(inRange(0xF1, 0xF3), continued),
			seq(char(0xF4), inRange(0x80, 0x8F))), continued, continued),
	))
}

func (g *grammar) text() {
	g.space = atLeast(0, g.blank)
	g.newline = either(char('\n'), word("\r\n"))
	g.comment = seq(char('#'), atLeast(0, either(char('\t'), inRange(0x20, 0x7E), g.nonASCII)))
	g.commentLine = seq(g.comment, g.newline)
	g.boolean = either(word("true"), word("false"))
}

// digits is a number of digits, with underscores between them.
func digits(n int, one scanner) scanner {
	return atLeast(n, either(one, seq(char('_'), one)))
}

func (g *grammar) numbers() {
	seven, two := inRange('0', '7'), anyOf("01")
	g.decimal = seq(g.sign, either(seq(inRange('1', '9'), digits(1, g.digit)), g.digit))
	g.hex = seq(word("0x"), g.hexit, digits(0, g.hexit))
	g.octal = seq(word("0o"), seven, digits(0, seven))
	g.binary = seq(word("0b"), two, digits(0, two))
	g.integer = either(g.hex, g.octal, g.binary, g.decimal)
	padded := seq(g.digit, digits(0, g.digit))
	exponent := seq(anyOf("eE"), g.sign, padded)
	g.float = either(
		seq(g.decimal, either(exponent, seq(seq(char('.'), padded), maybe(exponent)))),
		seq(g.sign, either(word("inf"), word("nan"))))
}

func (g *grammar) times() {
	pair := exactly(2, g.digit)
	g.date = seq(exactly(4, g.digit), char('-'), pair, char('-'), pair)
	g.clock = seq(pair, char(':'), pair, char(':'), pair, maybe(seq(char('.'), atLeast(1, g.digit))))
	g.delimiter = anyOf("Tt ")
	g.offset = either(anyOf("zZ"), seq(anyOf("+-"), pair, char(':'), pair))
	g.localDateTime = seq(g.date, g.delimiter, g.clock)
	g.offsetDateTime = seq(g.date, g.delimiter, seq(g.clock, g.offset))
}

func (g *grammar) strings() {
	g.codepoint4, g.codepoint8 = seq(char('u'), exactly(4, g.hexit)), seq(char('U'), exactly(8, g.hexit))
	escaped := seq(char('\\'), either(anyOf("\"\\bfnrt"), g.codepoint4, g.codepoint8))
	plain := either(g.blank, char('!'), inRange(0x23, 0x5B), inRange(0x5D, 0x7E), g.nonASCII)
	basicChar := either(plain, escaped)
	literalChar := either(char('\t'), inRange(0x20, 0x26), inRange(0x28, 0x7E), g.nonASCII)
	g.basic = seq(char('"'), atLeast(0, basicChar), char('"'))
	g.literal = seq(char('\''), atLeast(0, literalChar), char('\''))
	g.escapedNewline = seq(char('\\'), g.space, g.newline, atLeast(0, either(g.blank, g.newline)))
	g.multiBasic = g.multi('"', either(basicChar, g.newline, g.escapedNewline))
	g.multiLiteral = g.multi('\'', either(literalChar, g.newline))
}

// multi is a string in three quotes.
func (g *grammar) multi(quote byte, content scanner) scanner {
	single := string(rune(quote))
	quotes := either(word(single+single), char(quote))
	three := word(single + single + single)
	return seq(three, maybe(g.newline), atLeast(0, content), atLeast(0, seq(quotes, atLeast(1, content))), three, maybe(quotes))
}

func (g *grammar) keys() {
	g.bareKey = atLeast(1, either(g.letter, g.digit, char('-'), char('_')))
	simple := either(g.bareKey, either(g.basic, g.literal))
	g.dot, g.equals = seq(g.space, char('.'), g.space), seq(g.space, char('='), g.space)
	key := named(`basic key([a-zA-Z0-9_-]) or quoted key(" or ')`, either(seq(simple, atLeast(1, seq(g.dot, simple))), simple))
	g.table = seq(char('['), g.space, key, g.space, char(']'))
	g.arrayTable = seq(word("[["), g.space, key, g.space, word("]]"))
}
