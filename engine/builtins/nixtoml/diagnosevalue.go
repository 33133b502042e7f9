package nixtoml

import (
	"strconv"
	"strings"
)

// A valueKind is what a value seems to be.
type valueKind uint8

const (
	aString valueKind = iota
	aList
	anInlineTable
	aBoolean
	aFloat
	anInteger
	aTime
)

// value reads a value.
func (d *doctor) value() (*tree, *complaint) {
	if d.poll != nil {
		d.poll()
	}
	kind, bad := d.guess()
	if bad != nil {
		return nil, bad
	}
	first := d.at
	switch kind {
	case aList:
		return d.list()
	case anInlineTable:
		return d.inlineTable()
	case aString:
		bad = d.quoted()
	case aBoolean:
		if !d.scan(toml().boolean) {
			bad = d.expected("toml::parse_boolean: invalid boolean: boolean must be `true` or `false`, in lowercase. "+
				"string must be surrounded by `\"`", toml().boolean)
		}
	case aFloat:
		d.scan(toml().float)
		bad = d.floatOf(d.src[first:d.at])
	case anInteger:
		bad = d.integer()
	case aTime:
		bad = d.time()
	}
	return newTree(scalar, d.since(first)), bad
}

// quoted reads a string of any kind.
func (d *doctor) quoted() *complaint {
	g := toml()
	switch rest := d.src[d.at:]; {
	case strings.HasPrefix(rest, `"""`):
		return d.stringOf("toml::parse_ml_basic_string", g.multiBasic, true)
	case rest[0] == '"':
		return d.stringOf("toml::parse_basic_string", g.basic, true)
	case strings.HasPrefix(rest, "'''"):
		return d.stringOf("toml::parse_ml_literal_string", g.multiLiteral, false)
	}
	return d.stringOf("toml::parse_literal_string", g.literal, false)
}

// floatOf complains about a float that is too large.
func (d *doctor) floatOf(text string) *complaint {
	_, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimLeft(text, "+-"), "_", ""), 64)
	if err == nil {
		return nil
	}
	return &complaint{
		title:   "toml::parse_floating: failed to read floating point value from stream",
		remarks: []remark{d.here("here")},
	}
}

// integer reads an integer.
func (d *doctor) integer() *complaint {
	first := d.at
	g := toml()
	at := d.at
	if c := d.peek(); c == '+' || c == '-' {
		at++
	}
	if rest := d.src[at:]; len(rest) > 1 && rest[0] == '0' {
		switch rest[1] {
		case 'b':
			return d.based("bin", "0b0101, 0b1111_0000", g.binary, 2)
		case 'o':
			return d.based("oct", "0o775, 0o04_44", g.octal, 8)
		case 'x':
			return d.based("hex", "0xC0FFEE, 0xdead_beef", g.hex, 16)
		}
	}
	d.scan(g.decimal)
	if _, err := strconv.ParseInt(strings.ReplaceAll(d.src[first:d.at], "_", ""), 10, 64); err != nil {
		bad := d.tooLarge("dec", "digits")
		d.at = first
		return bad
	}
	return nil
}

// based reads an integer in another base than 10, called by a short name.
func (d *doctor) based(name, like string, part scanner, base int) *complaint {
	first := d.at
	if !d.scan(part) {
		return d.expected("toml::parse_"+name+"_integer: invalid integer: "+name+"_int must be like: "+like, part)
	}
	if _, err := strconv.ParseInt(strings.ReplaceAll(d.src[first+2:d.at], "_", ""), base, 64); err != nil {
		bad := d.tooLarge(name, "value")
		d.at = first
		return bad
	}
	return nil
}

// tooLarge complains about the integer that was read.
func (d *doctor) tooLarge(name, what string) *complaint {
	return &complaint{
		title:   "toml::parse_" + name + "_integer: too large integer: current max " + what + " = 2^63",
		remarks: []remark{d.here("must be < 2^63")},
	}
}

// time reads a date, a time or both.
func (d *doctor) time() *complaint {
	g, first := toml(), d.at
	if !d.isNext(g.date) {
		return d.clock()
	}
	if bad := d.date(); bad != nil || !d.isNext(seq(g.delimiter, g.clock)) {
		return bad
	}
	d.skip()
	if bad := d.clock(); bad != nil {
		return bad
	}
	return d.zone(first)
}

func (d *doctor) date() *complaint {
	first := d.at
	d.scan(toml().date)
	if validDate(d.src[first:d.at]) || d.src[first:first+4] == "0000" && validDate("2000"+d.src[first+4:d.at]) {
		return nil
	}
	return &complaint{
		title: "toml::parse_local_date: invalid date.",
		remarks: []remark{{here(d.src, first),
			"month must be 01-12, day must be any of 01-28,29,30,31 depending on the month/year."}},
	}
}

func (d *doctor) clock() *complaint {
	first := d.at
	d.scan(toml().clock)
	text, words := d.src[first:d.at], ""
	switch {
	case text[:2] > "23" || text[3:5] > "59":
		words = "hour must be 00-23, minute must be 00-59."
	case text[6:8] > "60":
		words = "second must be 00-60."
	default:
		return nil
	}
	return &complaint{title: "toml::parse_local_time: invalid time.", remarks: []remark{{here(d.src, first), words}}}
}

// zone reads an offset, if there is one, of the time that begins at a position.
func (d *doctor) zone(begin int) *complaint {
	first := d.at
	if !d.scan(toml().offset) {
		return nil
	}
	if text := d.src[first:d.at]; len(text) == 6 && (text[1:3] > "24" || text[4:] > "60") {
		return &complaint{
			title:   "toml::parse_offset_datetime: too large offset: |hour| <= 24, |minute| <= 60",
			remarks: []remark{{d.since(begin), "here"}},
		}
	}
	return nil
}

// list reads [ … ].
func (d *doctor) list() (*tree, *complaint) {
	d.enter()
	defer d.leave()
	before, first := len(d.found), d.at
	d.skip()
	d.blank()
	list := newTree(inlineList, region{})
	comma := true
	for !d.atEnd() && d.peek() != ']' {
		if !comma {
			return nil, &complaint{
				title:   "toml::parse_array: expected value-separator `,` or closing `]`",
				remarks: []remark{d.here("here")},
			}
		}
		elem, bad := d.value()
		if bad != nil {
			d.report(bad)
			at := d.at
			if d.skipValue(); at == d.at {
				break
			}
			continue
		}
		d.blank()
		comma = d.scan(char(','))
		if _, bad := d.comment(); bad != nil {
			d.report(bad)
		}
		if comma {
			d.blank()
		}
		list.elems = append(list.elems, elem)
	}
	if d.peek() != ']' {
		return nil, &complaint{
			title:   "toml::parse_array: missing closing bracket `]`",
			remarks: []remark{d.here("expected `]`, reached EOF")},
		}
	}
	d.skip()
	if before != len(d.found) {
		return nil, d.found[len(d.found)-1]
	}
	list.at = d.since(first)
	return list, nil
}

// inlineTable reads { … }.
func (d *doctor) inlineTable() (*tree, *complaint) {
	d.enter()
	defer d.leave()
	before, first := len(d.found), d.at
	d.skip()
	d.space()
	table := newTree(inline, region{})
	empty, comma := true, false
	for !d.atEnd() && d.peek() != '}' {
		if !comma && !empty {
			return nil, &complaint{
				title:   "toml::parse_inline_table: expected value-separator `,` or closing `}`",
				remarks: []remark{d.here("here")},
			}
		}
		empty = false
		path, at, val, bad := d.pair()
		if bad != nil {
			d.report(bad)
			for !d.atEnd() && d.peek() != '}' && d.peek() != '\n' {
				d.skip()
			}
			comma = false // nothing more is read
			break
		}
		if _, bad := table.insert(dottedKey, path, at, val); bad != nil {
			d.report(bad)
			for !d.atEnd() && strings.IndexByte(",\n}", d.peek()) < 0 {
				d.skip()
			}
			if !d.atEnd() {
				comma = d.peek() == ','
			}
			continue
		}
		d.space()
		comma = d.scan(char(','))
		d.space()
	}
	if d.peek() == '}' && comma {
		return nil, &complaint{
			title:   "toml::parse_inline_table: trailing comma is not allowed in TOML-v1.0.0)",
			remarks: []remark{d.here("here")},
		}
	}
	if d.peek() != '}' {
		return nil, &complaint{
			title:   "toml::parse_inline_table: missing closing bracket `}`",
			remarks: []remark{d.here("expected `}`, reached line end")},
		}
	}
	d.skip()
	if before < len(d.found) {
		return nil, d.pop()
	}
	table.at = d.since(first)
	return table, nil
}

func (d *doctor) enter() {
	if d.depth++; d.depth > maxNesting {
		panic(errGivenUp)
	}
}

func (d *doctor) leave() { d.depth-- }
