package applet

import (
	"bytes"
	"context"
	"io"
	"os"
	"strconv"
)

type uniqFlags struct {
	count, repeated, all, unique, fold bool
	skipFields, skipChars              int
	width                              int
	eol                                byte
}

func uniqMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "cdDf:is:uw:z",
		long: "count=c repeated=d all-repeated=D skip-fields:=f ignore-case=i skip-chars:=s unique=u " +
			"check-chars:=w zero-terminated=z",
		usage: "[OPTION]... [INPUT [OUTPUT]]",
	})
	if !ok {
		return status
	}
	f := uniqFlags{eol: '\n', width: -1}
	for _, o := range opts {
		switch o.name {
		case "c":
			f.count = true
		case "d":
			f.repeated = true
		case "D":
			f.all = true
		case "i":
			f.fold = true
		case "u":
			f.unique = true
		case "z":
			f.eol = 0
		default:
			n, err := strconv.Atoi(o.value)
			if err != nil || n < 0 {
				what := map[string]string{"f": "fields to skip", "s": "bytes to skip", "w": "bytes to compare"}[o.name]
				return c.fail("%s: invalid number of %s", quote(o.value), what)
			}
			*map[string]*int{"f": &f.skipFields, "s": &f.skipChars, "w": &f.width}[o.name] = n
		}
	}
	if len(files) > 2 {
		return c.extra(files[2])
	}
	if len(files) == 2 && files[1] != "-" {
		w, err := c.create(files[1], os.O_CREATE|os.O_TRUNC, 0o666)
		if err != nil {
			return c.fail("%s: %s", shown(files[1]), errText(err))
		}
		defer w.Close()
		c.out.Reset(w)
		defer c.out.Flush()
	}
	if len(files) > 0 {
		files = files[:1]
	}
	return c.each(files, func(_ string, r io.Reader) error { return f.run(c, r) })
}

// key returns the part of a line that is compared.
func (f *uniqFlags) key(line []byte) []byte {
	for range f.skipFields {
		at := 0
		for at < len(line) && isBlank(line[at]) {
			at++
		}
		for at < len(line) && !isBlank(line[at]) {
			at++
		}
		line = line[at:]
	}
	line = line[min(f.skipChars, len(line)):]
	if f.width >= 0 {
		line = line[:min(f.width, len(line))]
	}
	return line
}

func (f *uniqFlags) same(a, b []byte) bool {
	if f.fold {
		return bytes.EqualFold(f.key(a), f.key(b))
	}
	return bytes.Equal(f.key(a), f.key(b))
}

func (f *uniqFlags) run(c *Call, r io.Reader) error {
	var group [][]byte // only the first line unless all are wanted
	n := 0
	flush := func() {
		if n == 0 || n == 1 && (f.repeated || f.all) || n > 1 && f.unique {
			return
		}
		for _, line := range group {
			if f.count {
				putf(c, "%7d ", n)
			}
			c.out.Write(line)
			c.out.WriteByte(f.eol)
		}
	}
	err := eachLine(r, f.eol, func(line []byte, _ bool) error {
		if n > 0 && f.same(group[0], line) {
			n++
			if f.all {
				group = append(group, bytes.Clone(line))
			}
			return nil
		}
		flush()
		group, n = [][]byte{bytes.Clone(line)}, 1
		return nil
	})
	flush()
	return err
}
