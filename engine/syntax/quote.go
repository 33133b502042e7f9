package syntax

import "strings"

// QuotedName returns a name as it stands in an attribute path: in quotes if it
// is not an identifier.
func QuotedName(name string) string {
	if IsIdentifier(name) {
		return name
	}
	return Quoted(name)
}

func showName(y Sym, symbols *Symbols) string { return QuotedName(symbols.Name(y)) }

// IsIdentifier reports whether s can be written without quotes as an attribute name.
func IsIdentifier(s string) bool {
	if s == "" || classes[s[0]]&clsIdentStart == 0 {
		return false
	}
	if k := keyword(s); k != Ident && k != KwOr {
		return false
	}
	for i := range len(s) {
		if classes[s[i]]&clsIdent == 0 {
			return false
		}
	}
	return true
}

func showAttrPath(path []AttrName, symbols *Symbols) string {
	p := printer{syms: symbols}
	p.attrPath(path)
	return p.b.String()
}

// Quoted returns s as a string literal of Nix.
func Quoted(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '$' && i+1 < len(s) && s[i+1] == '{':
			b.WriteString(`\$`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
