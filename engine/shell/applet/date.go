package applet

import (
	"context"
	"io"
	"os"
	"strings"
	"time"
)

func dateMain(_ context.Context, c *Call) int {
	opts, operands, status, ok := c.options(flagSpec{
		short: "d:f:I::r:Rs:u",
		long: "date:=d file:=f iso-8601::=I reference:=r rfc-email=R rfc-2822=R rfc-3339: set:=s universal=u utc=u " +
			"debug",
		usage: "[OPTION]... [+FORMAT]",
	})
	if !ok {
		return status
	}
	d := dateRun{c: c, loc: location(c), format: "%a %b %e %H:%M:%S %Z %Y"}
	for _, o := range opts {
		switch o.name {
		case "d":
			d.source, d.hasSource = o.value, true
		case "f":
			d.file = o.value
		case "I":
			if d.format, ok = isoFormat(o.value); !ok {
				return c.usageErr("invalid argument %s for '--iso-8601'", quote(o.value))
			}
		case "r":
			d.reference = o.value
		case "R":
			d.format = "%a, %d %b %Y %H:%M:%S %z"
		case "rfc-3339":
			if d.format, ok = rfc3339Format(o.value); !ok {
				return c.usageErr("invalid argument %s for '--rfc-3339'", quote(o.value))
			}
		case "s":
			return c.fail("cannot set date: Operation not permitted")
		case "u":
			d.loc = time.UTC
		}
	}
	if len(operands) > 1 {
		return c.extra(operands[1])
	}
	if len(operands) == 1 {
		var isFormat bool
		if d.format, isFormat = strings.CutPrefix(operands[0], "+"); !isFormat {
			return c.fail("invalid date %s", quote(operands[0]))
		}
	}
	return d.print()
}

// A dateRun is one run of date.
type dateRun struct {
	c         *Call
	loc       *time.Location
	format    string
	source    string // what to print, if hasSource
	hasSource bool
	file      string // has a source on each line; "" for none
	reference string // a file whose time is printed; "" for none
}

// print prints what the flags say, or else the time that it is.
func (d *dateRun) print() (status int) {
	now := time.Now().In(d.loc)
	switch {
	case d.file != "":
		invalid := exitOK
		status = d.c.each([]string{d.file}, func(_ string, r io.Reader) error {
			return eachLine(r, '\n', func(line []byte, _ bool) error {
				invalid = max(invalid, printDate(d.c, string(line), now, d.format))
				return nil
			})
		})
		return max(status, invalid)
	case d.reference != "":
		info, err := os.Stat(d.c.abs(d.reference))
		if err != nil {
			return d.c.fail("%s: %s", shown(d.reference), errText(err))
		}
		puts(d.c, strftime(d.format, info.ModTime().In(d.loc)), "\n")
		return exitOK
	case d.hasSource:
		return printDate(d.c, d.source, now, d.format)
	}
	puts(d.c, strftime(d.format, now), "\n")
	return exitOK
}

func printDate(c *Call, source string, now time.Time, format string) int {
	t, err := parseDate(source, now)
	if err != nil {
		return c.fail("invalid date %s", quote(source))
	}
	puts(c, strftime(format, t), "\n")
	return exitOK
}

func isoFormat(precision string) (string, bool) {
	switch precision {
	case "", "date":
		return "%Y-%m-%d", true
	case "hours":
		return "%Y-%m-%dT%H%:z", true
	case "minutes":
		return "%Y-%m-%dT%H:%M%:z", true
	case "seconds":
		return "%Y-%m-%dT%H:%M:%S%:z", true
	case "ns":
		return "%Y-%m-%dT%H:%M:%S,%N%:z", true
	}
	return "", false
}

func rfc3339Format(precision string) (string, bool) {
	switch precision {
	case "date":
		return "%Y-%m-%d", true
	case "seconds":
		return "%Y-%m-%d %H:%M:%S%:z", true
	case "ns":
		return "%Y-%m-%d %H:%M:%S.%N%:z", true
	}
	return "", false
}
