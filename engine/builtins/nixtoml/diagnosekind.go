package nixtoml

import "strings"

// Hints that complaints about numbers and dates end with.
const (
	timeHint    = "Hint: valid  : 1979-05-27T07:32:00, 1979-05-27 07:32:00.999999\nHint: invalid: 1979-05-27T7:32:00, 1979-05-27 17:32\n"
	offsetHint  = "Hint: valid  : +09:00, -05:30\nHint: invalid: +9:00,  -5:30\n"
	formatHint  = "Hint: valid  : 1979-05-27T07:32:00-07:00, 1979-05-27 07:32:00.999999Z\nHint: invalid: 1979-05-27T7:32:00-7:00, 1979-05-27 7:32-00:30"
	floatHint   = "Hint: valid  : +1.0, -2e-2, 3.141_592_653_589, inf, nan\nHint: invalid: .0, 1., _1.0, 1.0_, 1_.0, 1.0__0\n"
	integerHint = "Hint: valid  : -42, 1_000, 1_2_3_4_5, 0xC0FFEE, 0b0010, 0o755\nHint: invalid: _42, 1__000, 0123\n"
)

// guess says what the value is that is next, by how it begins.
func (d *doctor) guess() (valueKind, *complaint) {
	const quote = "A string must be surrounded by quotes."
	g := toml()
	switch c := d.peek(); c {
	case '"', '\'':
		return aString, nil
	case '[':
		return aList, nil
	case '{':
		return anInlineTable, nil
	case 't', 'f':
		return aBoolean, nil
	case 'T':
		return 0, d.expected("toml::parse_value: `true` must be in lowercase. "+quote, g.boolean)
	case 'F':
		return 0, d.expected("toml::parse_value: `false` must be in lowercase. "+quote, g.boolean)
	case 'i', 'I', 'n', 'N':
		name := map[byte]string{'i': "inf", 'I': "inf", 'n': "nan", 'N': "nan"}[c]
		if strings.HasPrefix(d.src[d.at:], name) {
			return aFloat, nil
		}
		return 0, d.expected("toml::parse_value: `"+name+"` must be in lowercase. "+quote, g.float)
	}
	first := d.at
	defer func() { d.at = first }()
	if kind, ok, bad := d.guessTime(); ok || bad != nil {
		return kind, bad
	}
	d.at = first
	return d.guessNumber()
}

// guessTime is guess for what begins as a date or a time does.
func (d *doctor) guessTime() (valueKind, bool, *complaint) {
	g, first := toml(), d.at
	if d.isNext(g.offsetDateTime) {
		return aTime, true, nil
	}
	if d.scan(g.localDateTime) {
		if c := d.peek(); c == '+' || c == '-' {
			return 0, false, d.hinted("bad offset: must be [+-]HH:MM or Z", g.offset, offsetHint)
		}
		return aTime, true, nil
	}
	d.at = first
	if !d.scan(g.date) {
		return aTime, d.isNext(g.clock), nil
	}
	const badTime = "bad time: must be HH:MM:SS.subsec"
	switch c := d.peek(); {
	case c == 'T' || c == 't':
		d.skip()
		return 0, false, d.hinted(badTime, g.clock, timeHint)
	case c == ' ':
		d.skip()
		if isDigit(d.peek()) {
			return 0, false, d.hinted(badTime, g.clock, timeHint)
		}
	case isDigit(c):
		return 0, false, d.hinted("bad datetime: missing T or space", g.delimiter, timeHint)
	}
	return aTime, true, nil
}

// hinted is expected with a hint.
func (d *doctor) hinted(title string, part scanner, hint string) *complaint {
	bad := d.expected(title, part)
	bad.hint = hint
	return bad
}

// no is a complaint about what is next.
func (d *doctor) no(title, words, hint string) *complaint {
	return &complaint{title: title, remarks: []remark{d.here(words)}, hint: hint}
}

// guessNumber is guess for all else.
func (d *doctor) guessNumber() (valueKind, *complaint) {
	g, first := toml(), d.at
	if d.scan(g.float) {
		if d.peek() == '_' {
			return 0, d.no("bad float: `_` must be surrounded by digits", "invalid underscore", floatHint)
		}
		return aFloat, nil
	}
	if d.scan(g.integer) {
		return anInteger, d.afterInteger(d.src[first:d.at])
	}
	switch d.peek() {
	case '.':
		return 0, d.no("bad float: integer part is required before decimal point", "missing integer part", floatHint)
	case '_':
		return 0, d.no("bad number: `_` must be surrounded by digits", "digits required before `_`", integerHint)
	}
	return 0, d.no("bad format: unknown value appeared", "here", "")
}

// afterInteger complains about what cannot follow an integer.
func (d *doctor) afterInteger(text string) *complaint {
	switch c := d.peek(); {
	case c == '_' && strings.TrimLeft(text, "+-") == "0":
		return d.no("bad integer: leading zero is not allowed in decimal int", "leading zero", integerHint)
	case c == '_':
		return d.no("bad integer: `_` must be surrounded by digits", "invalid underscore", integerHint)
	case c == '0':
		d.at--
		return d.no("bad integer: leading zero", "leading zero is not allowed", integerHint)
	case isDigit(c):
		return d.no("bad integer: invalid digit after an integer", "this digit is not allowed", integerHint)
	case c == ':' || c == '-':
		return d.no("bad datetime: invalid format", "here", formatHint)
	case c == '.' || c == 'e' || c == 'E':
		return d.no("bad float: invalid format", "here", floatHint)
	}
	return nil
}
