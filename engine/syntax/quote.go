package syntax

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
	return string(p.b)
}

// Quoted returns s as a string literal of Nix.
func Quoted(s string) string { return string(appendQuoted(make([]byte, 0, len(s)+2), s)) }

// appendName appends what [QuotedName] returns.
func appendName(b []byte, name string) []byte {
	if IsIdentifier(name) {
		return append(b, name...)
	}
	return appendQuoted(b, name)
}

// escaped holds the bytes that may need an escape between double quotes.
var escaped = [256]bool{'"': true, '\\': true, '\n': true, '\r': true, '\t': true, '$': true}

// appendQuoted appends what [Quoted] returns.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	done := 0 // what has been written of s
	for i := range len(s) {
		var escape string
		switch c := s[i]; {
		case !escaped[c]:
			continue
		case c == '\n':
			escape = `\n`
		case c == '\r':
			escape = `\r`
		case c == '\t':
			escape = `\t`
		case c != '$':
			escape = `\` + s[i:i+1]
		case i+1 < len(s) && s[i+1] == '{':
			escape = `\$`
		default:
			continue
		}
		b = append(append(b, s[done:i]...), escape...)
		done = i + 1
	}
	return append(append(b, s[done:]...), '"')
}
