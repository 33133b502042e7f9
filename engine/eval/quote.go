package eval

import (
	"math"
	"slices"
	"strconv"
)

// This file writes strings, names and numbers as programs have them.

// FormatFloat returns a float as C++'s streams print it: six significant digits, as %g of C.
func FormatFloat(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	case math.IsNaN(f) && math.Signbit(f):
		return "-nan"
	case math.IsNaN(f):
		return "nan"
	}
	return strconv.FormatFloat(f, 'g', 6, 64)
}

// QuoteString returns a string as a literal of the language.
func QuoteString(s string) string {
	b := make([]byte, 0, len(s)+2)
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c == '$' && i+1 < len(s) && s[i+1] == '{':
			b = append(b, `\$`...)
		default:
			b = append(b, c)
		}
	}
	return string(append(b, '"'))
}

// QuoteName returns an attribute name, quoted unless it is an identifier.
func QuoteName(s string) string {
	if s == "" || slices.Contains(keywords, s) || s[0] >= '0' && s[0] <= '9' || s[0] == '-' || s[0] == '\'' {
		return QuoteString(s)
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '\'') {
			return QuoteString(s)
		}
	}
	return s
}

var keywords = []string{"if", "then", "else", "assert", "with", "let", "in", "rec", "inherit"}
