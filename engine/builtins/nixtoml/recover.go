package nixtoml

import "strings"

// This file finds where reading goes on after a mistake.

// skipToTable goes to the next line that is a header.
func (d *doctor) skipToTable() {
	for ; !d.atEnd(); d.skip() {
		if d.peek() != '\n' {
			continue
		}
		d.skip()
		begin := d.at
		d.space()
		if d.isNext(toml().table) || d.isNext(toml().arrayTable) {
			d.at = begin
			return
		}
	}
}

// skipComments skips comments and empty lines. Nix's library hangs in a comment.
func (d *doctor) skipComments() {
	for !d.atEnd() {
		d.space()
		if d.peek() == '#' {
			panic(errGivenUp)
		}
		if !d.scan(toml().newline) {
			return
		}
	}
}

// skipPair skips a pair of a key and a value, or its line if it has no "=".
func (d *doctor) skipPair() {
	for ; !d.atEnd() && d.peek() != '\n'; d.skip() {
		if d.peek() == '=' {
			d.space()
			d.skipValue()
			return
		}
	}
}

// skipValue skips what seems to be a value.
func (d *doctor) skipValue() {
	kind, bad := d.guess()
	switch {
	case bad == nil && kind == aString:
		d.skipString()
	case bad == nil && kind == aList:
		d.skipList()
	case bad == nil && kind == anInlineTable:
		d.skipInlineTable()
	default:
		for !d.atEnd() && strings.IndexByte("\n,]}", d.peek()) < 0 {
			d.skip()
		}
	}
}

// skipString skips a string, or its line if it does not end there.
func (d *doctor) skipString() {
	for _, quotes := range []string{`"""`, "'''"} {
		if !strings.HasPrefix(d.src[d.at:], quotes) {
			continue
		}
		if i := strings.Index(d.src[d.at+3:], quotes); i >= 0 {
			d.at += 3 + i + 3
		} else {
			d.at = len(d.src)
		}
		return
	}
	quote := d.peek()
	for !d.atEnd() {
		d.skip()
		if c := d.peek(); c == quote || c == '\n' {
			d.skip()
			return
		}
	}
}

// isHeader reports whether a header is next.
func (d *doctor) isHeader() bool { return d.isNext(toml().table) || d.isNext(toml().arrayTable) }

// skipList goes to the bracket that ends a list, or to the line of a key, or a header, that
// is in it for want of one.
func (d *doctor) skipList() {
	d.enter()
	defer d.leave()
	for d.skip(); !d.atEnd(); {
		switch d.peek() {
		case '"', '\'':
			d.skipString()
		case '#':
			d.skipComments()
		case '{':
			d.skipInlineTable()
		case '[':
			if d.isHeader() {
				return
			}
			d.skipList()
		case '=':
			d.at = strings.LastIndexByte(d.src[:d.at], '\n') + 1
			return
		case ']':
			return
		default:
			d.skip()
		}
	}
}

// skipInlineTable goes to the brace that ends a table, or to the end of the line.
func (d *doctor) skipInlineTable() {
	d.enter()
	defer d.leave()
	for d.skip(); !d.atEnd(); {
		switch d.peek() {
		case '\n', '}':
			return
		case '"', '\'':
			d.skipString()
		case '#':
			d.skipComments()
			return
		case '[':
			if d.isHeader() {
				return
			}
			d.skipList()
		case '{':
			d.skipInlineTable()
		default:
			d.skip()
		}
	}
}
