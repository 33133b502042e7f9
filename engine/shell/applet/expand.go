package applet

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// tabStops are the columns of -t: one number is a distance.
type tabStops []int

// next returns the column after a tab at column.
func (t tabStops) next(column int) int {
	if len(t) == 1 {
		return column + t[0] - column%t[0]
	}
	for _, stop := range t {
		if stop > column {
			return stop
		}
	}
	return column + 1
}

func parseTabs(s string) (tabStops, bool) {
	var stops tabStops
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		n, err := strconv.Atoi(word)
		if err != nil || n <= 0 || len(stops) > 0 && n <= stops[len(stops)-1] {
			return nil, false
		}
		stops = append(stops, n)
	}
	return stops, len(stops) > 0
}

// expandMain is expand and unexpand.
func expandMain(_ context.Context, c *Call) int {
	reverse := c.name() == "unexpand"
	opts, files, status, ok := c.options(flagSpec{
		short: "ait:",
		long:  "all=a initial=i first-only tabs:=t",
		usage: "[OPTION]... [FILE]...",
	})
	if !ok {
		return status
	}
	stops, initial, all := tabStops{8}, false, false
	for _, o := range opts {
		switch o.name {
		case "a":
			all = true
		case "i":
			initial = true
		case "first-only":
			all = false
		case "t":
			if stops, ok = parseTabs(o.value); !ok {
				return c.fail("tab size contains invalid character(s): %s", quote(o.value))
			}
			all = true
		}
	}
	return c.each(files, func(_ string, r io.Reader) error {
		return eachLine(r, '\n', func(line []byte, ended bool) error {
			if reverse {
				puts(c, unexpandLine(line, stops, all))
			} else {
				puts(c, expandLine(line, stops, initial))
			}
			if ended {
				return c.out.WriteByte('\n')
			}
			return nil
		})
	})
}

func expandLine(line []byte, stops tabStops, initial bool) string {
	var b strings.Builder
	column, lead := 0, true
	for _, ch := range line {
		switch {
		case ch == '\t' && (lead || !initial):
			next := stops.next(column)
			b.WriteString(strings.Repeat(" ", next-column))
			column = next
			continue
		case ch == '\b':
			column = max(column-1, 0)
		default:
			column++
		}
		lead = lead && isBlank(ch)
		b.WriteByte(ch)
	}
	return b.String()
}

func unexpandLine(line []byte, stops tabStops, all bool) string {
	var b strings.Builder
	column, blanks := 0, 0 // blanks: the column where a run of blanks began
	inBlanks, lead := true, true
	flush := func() {
		b.WriteString(strings.Repeat(" ", column-blanks))
		blanks = column
	}
	for _, ch := range line {
		if isBlank(ch) && (lead || all) {
			if !inBlanks {
				inBlanks, blanks = true, column
			}
			next := column + 1
			if ch == '\t' {
				next = stops.next(column)
			}
			if stops.next(column) == next {
				if ch == ' ' && column == blanks && !lead {
					column = next // a single blank at a stop stays
					continue
				}
				b.WriteByte('\t')
				blanks = next
			}
			column = next
			continue
		}
		if inBlanks {
			flush()
			inBlanks = false
		}
		lead = false
		column++
		b.WriteByte(ch)
	}
	if inBlanks {
		flush()
	}
	return b.String()
}

func nlMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "b:n:s:v:i:w:",
		long:  "body-numbering:=b number-format:=n number-separator:=s starting-line-number:=v line-increment:=i number-width:=w",
		usage: "[OPTION]... [FILE]...",
	})
	if !ok {
		return status
	}
	style, format, sep, number, step, width := "t", "rn", "\t", 1, 1, 6
	for _, o := range opts {
		n, err := strconv.Atoi(o.value)
		switch o.name {
		case "b":
			style = o.value
			if style != "a" && style != "t" && style != "n" {
				return c.usageErr("invalid body numbering style: %s", quote(style))
			}
			continue
		case "n":
			format = o.value
			continue
		case "s":
			sep = o.value
			continue
		case "v":
			number = n
		case "i":
			step = n
		case "w":
			width = n
		}
		if err != nil {
			return c.fail("invalid number: %s", quote(o.value))
		}
	}
	verb := map[string]string{"ln": "%-*d", "rn": "%*d", "rz": "%0*d"}[format]
	if verb == "" {
		return c.usageErr("invalid line numbering format: %s", quote(format))
	}
	return c.each(files, func(_ string, r io.Reader) error {
		return eachLine(r, '\n', func(line []byte, _ bool) error {
			if style == "a" || style == "t" && len(line) > 0 {
				puts(c, fmt.Sprintf(verb, width, number), sep)
				number += step
			} else {
				puts(c, strings.Repeat(" ", width+len(sep)))
			}
			c.out.Write(line)
			return c.out.WriteByte('\n')
		})
	})
}
