package applet

import (
	"context"
	"strings"
)

func basenameMain(_ context.Context, c *Call) int {
	opts, names, status, ok := c.options(flagSpec{
		short: "+as:z",
		long:  "multiple=a suffix:=s zero=z",
		usage: "NAME [SUFFIX]",
	})
	if !ok {
		return status
	}
	multiple, suffix, end := false, "", "\n"
	for _, o := range opts {
		switch o.name {
		case "a":
			multiple = true
		case "s":
			multiple, suffix = true, o.value
		case "z":
			end = "\x00"
		}
	}
	switch {
	case len(names) == 0:
		return c.missing("operand")
	case !multiple && len(names) > 2:
		return c.extra(names[2])
	case !multiple && len(names) == 2:
		names, suffix = names[:1], names[1]
	}
	for _, name := range names {
		base := baseName(name)
		if base != suffix && base != "/" {
			base = strings.TrimSuffix(base, suffix)
		}
		puts(c, base, end)
	}
	return exitOK
}

func dirnameMain(_ context.Context, c *Call) int {
	opts, names, status, ok := c.options(flagSpec{short: "z", long: "zero=z", usage: "[OPTION] NAME..."})
	if !ok {
		return status
	}
	if len(names) == 0 {
		return c.missing("operand")
	}
	end := "\n"
	if len(opts) > 0 {
		end = "\x00"
	}
	for _, name := range names {
		puts(c, parentName(name), end)
	}
	return exitOK
}
