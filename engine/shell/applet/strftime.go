package applet

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// strftime formats t as date +FORMAT does, in the C locale.
func strftime(format string, t time.Time) string {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		d, n := parseTimeDirective(format[i+1:])
		text, ok := d.format(t)
		if !ok {
			b.WriteByte('%')
			continue
		}
		b.WriteString(text)
		i += n
	}
	return b.String()
}

// A timeDirective is one conversion of a time format.
type timeDirective struct {
	pad    byte // one of - _ 0, or 0 for the directive's own
	upper  bool // ^
	swap   bool // #
	colons int
	width  int
	verb   byte
}

// parseTimeDirective reads a directive without its % and returns its length.
func parseTimeDirective(s string) (d timeDirective, n int) {
	for n < len(s) && strings.IndexByte("-_0^#+", s[n]) >= 0 {
		switch s[n] {
		case '^':
			d.upper = true
		case '#':
			d.swap = true
		case '+':
			d.pad = '0'
		default:
			d.pad = s[n]
		}
		n++
	}
	start := n
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	d.width, _ = strconv.Atoi(s[start:n])
	d.width = min(d.width, 4096)
	for n < len(s) && s[n] == ':' {
		d.colons++
		n++
	}
	if n < len(s) && (s[n] == 'E' || s[n] == 'O') {
		n++
	}
	if n < len(s) {
		d.verb = s[n]
		n++
	}
	return d, n
}

func (d timeDirective) format(t time.Time) (string, bool) {
	if v, width, pad, ok := timeNumber(d.verb, t); ok {
		return d.number(v, width, pad), true
	}
	text, ok := d.text(t)
	if !ok {
		return "", false
	}
	switch {
	case d.upper:
		text = strings.ToUpper(text)
	case d.swap && d.verb == 'Z', d.swap && d.verb == 'p':
		text = strings.ToLower(text)
	case d.swap:
		text = strings.ToUpper(text)
	}
	if pad := d.width - len(text); pad > 0 {
		fill := " "
		if d.pad == '0' {
			fill = "0"
		}
		text = strings.Repeat(fill, pad) + text
	}
	return text, true
}

// timeNumber returns the value of a numeric directive with its usual width
// and padding.
func timeNumber(verb byte, t time.Time) (v, width int, pad byte, ok bool) {
	switch verb {
	case 'C':
		return t.Year() / 100, 2, '0', true
	case 'd':
		return t.Day(), 2, '0', true
	case 'e':
		return t.Day(), 2, '_', true
	case 'g':
		year, _ := t.ISOWeek()
		return year % 100, 2, '0', true
	case 'G':
		year, _ := t.ISOWeek()
		return year, 4, '0', true
	case 'H':
		return t.Hour(), 2, '0', true
	case 'I':
		return (t.Hour()+11)%12 + 1, 2, '0', true
	case 'j':
		return t.YearDay(), 3, '0', true
	case 'k':
		return t.Hour(), 2, '_', true
	case 'l':
		return (t.Hour()+11)%12 + 1, 2, '_', true
	case 'm':
		return int(t.Month()), 2, '0', true
	case 'M':
		return t.Minute(), 2, '0', true
	case 'q':
		return (int(t.Month())-1)/3 + 1, 1, '0', true
	case 's':
		return int(t.Unix()), 1, '0', true
	case 'S':
		return t.Second(), 2, '0', true
	case 'u':
		return (int(t.Weekday())+6)%7 + 1, 1, '0', true
	case 'U':
		return (t.YearDay() + 6 - int(t.Weekday())) / 7, 2, '0', true
	case 'V':
		_, week := t.ISOWeek()
		return week, 2, '0', true
	case 'w':
		return int(t.Weekday()), 1, '0', true
	case 'W':
		return (t.YearDay() + 6 - (int(t.Weekday())+6)%7) / 7, 2, '0', true
	case 'y':
		return t.Year() % 100, 2, '0', true
	case 'Y':
		return t.Year(), 4, '0', true
	}
	return 0, 0, 0, false
}

func (d timeDirective) number(v, width int, pad byte) string {
	if d.pad != 0 {
		pad = d.pad
	}
	width = max(width, d.width)
	text := strconv.Itoa(v)
	switch pad {
	case '-':
		return text
	case '_':
		return strings.Repeat(" ", max(width-len(text), 0)) + text
	}
	sign := ""
	if v < 0 {
		sign, text = "-", text[1:]
	}
	return sign + strings.Repeat("0", max(width-len(text)-len(sign), 0)) + text
}

func (d timeDirective) text(t time.Time) (string, bool) {
	switch d.verb {
	case '%':
		return "%", true
	case 'n':
		return "\n", true
	case 't':
		return "\t", true
	case 'a':
		return t.Format("Mon"), true
	case 'A':
		return t.Format("Monday"), true
	case 'b', 'h':
		return t.Format("Jan"), true
	case 'B':
		return t.Format("January"), true
	case 'c':
		return t.Format("Mon Jan _2 15:04:05 2006"), true
	case 'D', 'x':
		return t.Format("01/02/06"), true
	case 'F':
		return t.Format("2006-01-02"), true
	case 'N':
		digits := fmt.Sprintf("%09d", t.Nanosecond())
		if d.width > 0 && d.width < 9 {
			return digits[:d.width], true
		}
		return digits, true
	case 'p':
		return t.Format("PM"), true
	case 'P':
		return t.Format("pm"), true
	case 'r':
		return t.Format("03:04:05 PM"), true
	case 'R':
		return t.Format("15:04"), true
	case 'T', 'X':
		return t.Format("15:04:05"), true
	case 'z':
		return zoneOffset(t, d.colons), true
	case 'Z':
		return zoneName(t), true
	}
	return "", false
}

func zoneName(t time.Time) string {
	name, _ := t.Zone()
	return name
}

func zoneOffset(t time.Time, colons int) string {
	_, offset := t.Zone()
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	h, m, s := offset/3600, offset/60%60, offset%60
	switch colons {
	case 0:
		return fmt.Sprintf("%c%02d%02d", sign, h, m)
	case 1:
		return fmt.Sprintf("%c%02d:%02d", sign, h, m)
	case 2:
		return fmt.Sprintf("%c%02d:%02d:%02d", sign, h, m, s)
	}
	switch {
	case s != 0:
		return fmt.Sprintf("%c%02d:%02d:%02d", sign, h, m, s)
	case m != 0:
		return fmt.Sprintf("%c%02d:%02d", sign, h, m)
	}
	return fmt.Sprintf("%c%02d", sign, h)
}

// location returns the time zone that TZ names, and the machine's if it is
// unset. A zone that the machine has no data for is read as the offset in its
// name (EST5), or as UTC.
func location(c *Call) *time.Location {
	tz := strings.TrimPrefix(c.Getenv("TZ"), ":")
	if tz == "" {
		if hasEnv(c, "TZ") {
			return time.UTC
		}
		return time.Local
	}
	if loc, err := time.LoadLocation(tz); err == nil {
		return loc
	}
	name := strings.TrimRight(tz, "+-0123456789:")
	var h, m, s int
	digits := tz[len(name):]
	sign := -1 // POSIX counts west of Greenwich as positive
	if strings.HasPrefix(digits, "-") {
		sign = 1
	}
	fmt.Sscanf(strings.TrimLeft(digits, "+-"), "%d:%d:%d", &h, &m, &s)
	if name == "" {
		name = "UTC"
	}
	return time.FixedZone(strings.Trim(name, "<>"), sign*(h*3600+m*60+s))
}

func hasEnv(c *Call, name string) bool {
	for _, kv := range c.Environ() {
		if strings.HasPrefix(kv, name+"=") {
			return true
		}
	}
	return false
}
