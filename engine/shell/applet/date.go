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
	loc := location(c)
	format, source, file, ref := "%a %b %e %H:%M:%S %Z %Y", "", "", ""
	hasSource := false
	for _, o := range opts {
		switch o.name {
		case "d":
			source, hasSource = o.value, true
		case "f":
			file = o.value
		case "I":
			if format, ok = isoFormat(o.value); !ok {
				return c.usageErr("invalid argument %s for '--iso-8601'", quote(o.value))
			}
		case "r":
			ref = o.value
		case "R":
			format = "%a, %d %b %Y %H:%M:%S %z"
		case "rfc-3339":
			if format, ok = rfc3339Format(o.value); !ok {
				return c.usageErr("invalid argument %s for '--rfc-3339'", quote(o.value))
			}
		case "s":
			return c.fail("cannot set date: Operation not permitted")
		case "u":
			loc = time.UTC
		}
	}
	if len(operands) > 1 {
		return c.extra(operands[1])
	}
	if len(operands) == 1 {
		var isFormat bool
		if format, isFormat = strings.CutPrefix(operands[0], "+"); !isFormat {
			return c.fail("invalid date %s", quote(operands[0]))
		}
	}
	now := time.Now().In(loc)
	switch {
	case file != "":
		return c.each([]string{file}, func(_ string, r io.Reader) error {
			return eachLine(r, '\n', func(line []byte, _ bool) error {
				status = max(status, printDate(c, string(line), now, format))
				return nil
			})
		})
	case ref != "":
		info, err := os.Stat(c.abs(ref))
		if err != nil {
			return c.fail("%s: %s", shown(ref), errText(err))
		}
		puts(c, strftime(format, info.ModTime().In(loc)), "\n")
		return exitOK
	case hasSource:
		return printDate(c, source, now, format)
	}
	puts(c, strftime(format, now), "\n")
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
