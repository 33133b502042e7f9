package applet

import (
	"context"
	"os"
	"strings"
)

func readlinkMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "efmnqsvz",
		long: "canonicalize=f canonicalize-existing=e canonicalize-missing=m no-newline=n quiet=q silent=s " +
			"verbose=v zero=z",
		usage: "[OPTION]... FILE...",
	})
	if !ok {
		return status
	}
	demand, verbose, end := -1, false, "\n"
	for _, o := range opts {
		switch o.name {
		case "e":
			demand = mustExist
		case "f":
			demand = lastMayMiss
		case "m":
			demand = mayMiss
		case "n":
			end = ""
		case "z":
			end = "\x00"
		case "v":
			verbose = true
		}
	}
	if len(files) == 0 {
		return c.missing("operand")
	}
	if len(files) > 1 && end == "" {
		c.errorf("ignoring --no-newline with multiple arguments")
		end = "\n"
	}
	for _, name := range files {
		var value string
		var err error
		if demand >= 0 {
			value, err = canonical(c, name, demand)
		} else {
			value, err = os.Readlink(c.abs(name))
		}
		if err != nil {
			status = exitFailure
			if verbose {
				c.errorf("%s: %s", shown(name), errText(err))
			}
			continue
		}
		puts(c, value, end)
	}
	return status
}

func realpathMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "eLmPqsz",
		long: "canonicalize-existing=e canonicalize-missing=m logical=L physical=P quiet=q strip=s no-symlinks=s " +
			"zero=z relative-to: relative-base:",
		usage: "[OPTION]... FILE...",
	})
	if !ok {
		return status
	}
	demand, quiet, links, end := lastMayMiss, false, true, "\n"
	var to, base string
	for _, o := range opts {
		switch o.name {
		case "e":
			demand = mustExist
		case "m":
			demand = mayMiss
		case "q":
			quiet = true
		case "s":
			links = false
		case "z":
			end = "\x00"
		case "relative-to":
			to = o.value
		case "relative-base":
			base = o.value
		}
	}
	if len(files) == 0 {
		return c.missing("operand")
	}
	resolve := func(name string) (string, error) { return resolveLinks(c.abs(name), demand, links) }
	for _, dir := range []*string{&to, &base} {
		if *dir != "" {
			resolved, err := resolve(*dir)
			if err != nil {
				return c.fail("%s: %s", shown(*dir), errText(err))
			}
			*dir = resolved
		}
	}
	for _, name := range files {
		value, err := resolve(name)
		if err != nil || name == "" {
			status = exitFailure
			if name == "" {
				err = os.ErrNotExist
			}
			if !quiet {
				c.errorf("%s: %s", shown(name), errText(err))
			}
			continue
		}
		puts(c, relativeTo(value, to, base), end)
	}
	return status
}

// relativeTo applies --relative-to and --relative-base.
func relativeTo(value, to, base string) string {
	within := func(name string) bool {
		return name == base || strings.HasPrefix(name, strings.TrimSuffix(base, "/")+"/")
	}
	switch {
	case base != "" && !within(value):
		return value
	case to != "" && base != "" && !within(to):
		return value
	case to != "":
		return relativeName(to, value)
	case base != "":
		return relativeName(base, value)
	}
	return value
}
