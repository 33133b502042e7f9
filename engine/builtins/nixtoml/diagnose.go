package nixtoml

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A doctor reads a text that is no TOML once more, to say what is wrong with it in the
// words of the library that Nix reads TOML with. It goes on after mistakes as that does.
//
// Behaviour: toml11 4.4, parser.hpp, for TOML 1.0.
type doctor struct {
	src   string
	at    int
	poll  func()
	depth int
	found []*complaint
}

// errGivenUp reports that the library would not come to an end, or that the text is not
// worth the time.
var errGivenUp = errors.New("given up")

// sourceName is what Nix calls the text.
const sourceName = "fromTOML"

// diagnose returns what is wrong with src, "" if that is not known.
func diagnose(src string, poll func()) (text string) {
	defer func() {
		if e := recover(); e != nil && e != any(errGivenUp) {
			panic(e)
		} else if e != nil {
			text = ""
		}
	}()
	if src == "" {
		return ""
	}
	if last := src[len(src)-1]; last != '\n' && last != '\r' {
		src += "\n"
	}
	d := &doctor{src: src, poll: poll}
	if strings.HasPrefix(src, "\xef\xbb\xbf") {
		d.at = 3
	}
	d.document()
	var b strings.Builder
	for _, c := range d.found {
		b.WriteString(c.String())
	}
	return b.String()
}

func (d *doctor) report(c *complaint) {
	if d.poll != nil {
		d.poll()
	}
	d.found = append(d.found, c)
}

// pop takes back what was reported last: the caller reports it.
func (d *doctor) pop() *complaint {
	last := d.found[len(d.found)-1]
	d.found = d.found[:len(d.found)-1]
	return last
}

func (d *doctor) atEnd() bool { return d.at >= len(d.src) }

// peek returns the next byte, or 0 at the end.
func (d *doctor) peek() byte {
	if d.atEnd() {
		return 0
	}
	return d.src[d.at]
}

func (d *doctor) skip() { d.at = min(d.at+1, len(d.src)) }

// scan skips a part if it is next.
func (d *doctor) scan(part scanner) bool {
	end, ok := part.scan(d.src, d.at)
	d.at = end
	return ok
}

func (d *doctor) isNext(part scanner) bool {
	_, ok := part.scan(d.src, d.at)
	return ok
}

func (d *doctor) space() { d.scan(toml().space) }

// here is what is next, with some words about it.
func (d *doctor) here(words string) remark {
	return remark{here(d.src, d.at), words}
}

// since is what was read since a position.
func (d *doctor) since(first int) region {
	return region{src: d.src, name: sourceName, first: first, last: d.at}
}

// expected complains that part is not next.
func (d *doctor) expected(title string, part scanner) *complaint {
	at := d.at
	words := "expected " + part.expected(d.src, &at)
	return &complaint{title: title, remarks: []remark{{here(d.src, at), words}}}
}

// comment reads a comment and the end of its line. It reports whether there was one.
func (d *doctor) comment() (found bool, bad *complaint) {
	first := d.at
	d.space()
	if !d.scan(toml().comment) {
		d.at = first
		return false, nil
	}
	if d.atEnd() || d.scan(toml().newline) {
		return true, nil
	}
	for !d.atEnd() {
		d.skip()
		if d.peek() == '\n' {
			d.skip()
			break
		}
	}
	return true, &complaint{
		title:   "toml::parse_comment_line: newline (LF / CRLF) or EOF is expected",
		remarks: []remark{d.here("but got this")},
		hint:    "Hint: most of the control characters are not allowed in comments",
	}
}

// blank skips spaces, newlines and comments. It reports whether there were newlines.
func (d *doctor) blank() (newline bool) {
	for !d.atEnd() {
		switch {
		case d.scan(toml().commentLine), d.scan(toml().newline):
			newline = true
		case d.peek() == ' ', d.peek() == '\t':
			d.skip()
		default:
			return newline
		}
	}
	return newline
}

// document reads everything.
func (d *doctor) document() {
	first := d.at
	for !d.atEnd() {
		found, bad := d.comment()
		if bad != nil {
			d.report(bad)
			d.skipComments()
			continue
		}
		if !found {
			if !d.scan(seq(toml().space, toml().newline)) {
				d.at = first
			}
			break
		}
	}
	root := newTree(explicit, region{})
	if bad := d.table(root); bad != nil {
		d.report(bad)
		d.skipToTable()
	}
	for !d.atEnd() {
		d.blank()
		if path, at, bad := d.header(toml().arrayTable, "[[", "toml::parse_array_table_key: invalid array-of-tables key"); bad == nil {
			d.section(root, path, at, arrayOfTables)
		} else if path, at, bad := d.header(toml().table, "[", "toml::parse_table_key: invalid table key"); bad == nil {
			d.section(root, path, at, standardTable)
		} else {
			if strings.HasPrefix(d.src[d.at:], "[[") {
				d.report(d.expected("toml::parse_file: invalid array-table key", toml().arrayTable))
			} else {
				d.report(d.expected("toml::parse_file: invalid table key", toml().table))
			}
			d.skipToTable()
		}
	}
}

// header reads the name of a table, between brackets.
func (d *doctor) header(part scanner, bracket, title string) (path []string, at region, bad *complaint) {
	first := d.at
	if !d.scan(part) {
		return nil, at, d.expected(title, part)
	}
	at = d.since(first)
	d.at = first + len(bracket)
	d.space()
	if path, _, bad = d.path(); bad != nil {
		return nil, at, bad
	}
	d.space()
	d.at += len(bracket)
	return path, at, nil
}

// section reads what follows a header: the end of its line, and the table.
func (d *doctor) section(root *tree, path []string, at region, kind insertion) {
	found, bad := d.comment()
	if bad == nil && !found {
		d.space()
		if !d.atEnd() && !d.scan(toml().newline) {
			bad = d.expected("toml::parse_file: newline (or EOF) expected", toml().newline)
		}
	}
	if bad != nil {
		d.report(bad)
		d.skipToTable()
		return
	}
	table, bad := root.insert(kind, path, at, newTree(explicit, at))
	if bad != nil {
		d.report(bad)
		table = newTree(explicit, at) // what is in it is read all the same
	}
	if bad := d.table(table); bad != nil {
		d.report(bad)
		d.skipToTable()
	}
}

// table reads pairs of keys and values up to the next header.
func (d *doctor) table(t *tree) *complaint {
	before := len(d.found)
	newline := true
	for !d.atEnd() {
		first := d.at
		more := d.blank()
		if d.atEnd() {
			break
		}
		if d.isNext(seq(toml().space, char('['))) {
			d.at = first
			break
		}
		if !newline && !more {
			return &complaint{
				title:   "toml::parse_table: newline (LF / CRLF) or EOF is expected",
				remarks: []remark{d.here("here")},
			}
		}
		newline = d.entry(t)
	}
	if before < len(d.found) {
		return d.pop()
	}
	return nil
}

// entry reads a pair of a key and a value, and reports whether its line has ended.
func (d *doctor) entry(t *tree) (newline bool) {
	path, at, val, bad := d.pair()
	if bad != nil {
		d.report(bad)
		d.skipPair()
		return false
	}
	found, bad := d.comment()
	if bad != nil {
		d.report(bad)
		found = false
	}
	if _, bad := t.insert(dottedKey, path, at, val); bad != nil {
		d.report(bad)
	}
	return found
}

// pair reads a key and its value.
func (d *doctor) pair() (path []string, at region, val *tree, bad *complaint) {
	first := d.at
	if path, at, bad = d.path(); bad != nil {
		d.at = first
		return nil, at, nil, bad
	}
	if !d.scan(toml().equals) {
		bad = d.expected("toml::parse_key_value_pair: invalid key value separator `=`", toml().equals)
		d.at = first
		return nil, at, nil, bad
	}
	val, bad = d.value()
	return path, at, val, bad
}

// path reads a key of several parts.
func (d *doctor) path() (path []string, at region, bad *complaint) {
	first := d.at
	for !d.atEnd() {
		key, bad := d.key()
		if bad != nil {
			return nil, at, bad
		}
		path = append(path, key)
		if !d.scan(toml().dot) {
			break
		}
	}
	if path == nil {
		return nil, at, &complaint{
			title:   "toml::parse_key: expected a new key, but got nothing",
			remarks: []remark{{here(d.src, first), "reached EOF"}},
		}
	}
	return path, d.since(first), nil
}

func (d *doctor) key() (string, *complaint) {
	first := d.at
	switch d.peek() {
	case '"':
		if bad := d.stringOf("toml::parse_basic_string", toml().basic, true); bad != nil {
			return "", bad
		}
		return (&parser{src: d.src, pos: first}).basicString(), nil
	case '\'':
		if bad := d.stringOf("toml::parse_literal_string", toml().literal, false); bad != nil {
			return "", bad
		}
		return (&parser{src: d.src, pos: first}).literalString(), nil
	}
	if d.scan(toml().bareKey) {
		return d.src[first:d.at], nil
	}
	bad := d.expected(`toml::parse_simple_key: invalid key: key must be "quoted", 'quoted-literal', or bare key.`, toml().bareKey)
	bad.hint = "Hint: non-ASCII scripts are allowed in toml v1.1.0, but not in v1.0.0.\n"
	return "", bad
}

// stringOf reads a string.
func (d *doctor) stringOf(where string, part scanner, hasEscapes bool) *complaint {
	first := d.at
	if !d.scan(part) {
		return d.expected(where+": invalid string format", part)
	}
	if hasEscapes {
		if bad := badEscape(d.src[first:d.at]); bad != nil {
			return bad
		}
	}
	return nil
}

// badEscape returns what is wrong with the code points in a string with its quotes. Nix's
// library shows only what follows the backslash.
func badEscape(text string) *complaint {
	quotes := 1
	if strings.HasPrefix(text, `"""`) && len(text) >= 6 {
		quotes = 3
	}
	inner := text[quotes : len(text)-quotes]
	for i := 0; i < len(inner); i++ {
		if inner[i] != '\\' {
			continue
		}
		if end, ok := toml().escapedNewline.scan(inner, i); ok {
			i = end - 1
			continue
		}
		n := map[byte]int{'u': 4, 'U': 8}[inner[i+1]]
		if n > 0 {
			point, _ := strconv.ParseUint(inner[i+2:i+2+n], 16, 32)
			at := region{src: inner[i:], name: "internal temporary", first: 1, last: 2 + n}
			switch {
			case point > utf8.MaxRune:
				return &complaint{
					title:   "toml::parse_utf8_codepoint: input codepoint is too large.",
					remarks: []remark{{at, "must be in range [0x00, 0x10FFFF]"}},
				}
			case point >= 0xD800 && point <= 0xDFFF:
				return &complaint{
					title:   "toml::parse_utf8_codepoint: [0xD800, 0xDFFF] is not a valid UTF-8",
					remarks: []remark{{at, "here"}},
				}
			}
		}
		i += 1 + n
	}
	return nil
}
