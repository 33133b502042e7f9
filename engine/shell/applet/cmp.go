package applet

import (
	"bufio"
	"context"
	"io"
	"strconv"
)

func cmpMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short:  "bi:ln:s",
		long:   "print-bytes=b ignore-initial:=i verbose=l bytes:=n quiet=s silent=s",
		status: exitTrouble,
		usage:  "[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]",
		try:    "cmp: Try 'cmp --help' for more information.",
	})
	if !ok {
		return status
	}
	k := &comparer{c: c, limit: -1}
	for _, o := range opts {
		switch o.name {
		case "b":
			k.bytes = true
		case "l":
			k.all = true
		case "s":
			k.silent = true
		case "i", "n":
			n, ok := parseSize(o.value)
			if !ok {
				c.usageErr("invalid --%s value %s", map[string]string{"i": "ignore-initial", "n": "bytes"}[o.name], quote(o.value))
				return exitTrouble
			}
			if o.name == "n" {
				k.limit = n
			} else {
				k.skip = [2]int64{n, n}
			}
		}
	}
	if len(files) == 0 {
		c.usageErr("missing operand after %s", quote(c.Args[0]))
		return exitTrouble
	}
	if len(files) == 1 {
		files = append(files, "-")
	}
	for i := 2; i < min(len(files), 4); i++ {
		k.skip[i-2], _ = parseSize(files[i])
	}
	return k.run(files[0], files[1])
}

type comparer struct {
	c                  *Call
	bytes, all, silent bool
	limit              int64
	skip               [2]int64
	width              int // of offsets with -l
}

func (k *comparer) run(a, b string) int {
	var r [2]*bufio.Reader
	for i, name := range []string{a, b} {
		f, err := k.c.open(name)
		if err != nil {
			if !k.silent {
				k.c.errorf("%s: %s", shown(name), errText(err))
			}
			return exitTrouble
		}
		defer f.Close()
		r[i] = bufio.NewReaderSize(f, 32768)
		io.CopyN(io.Discard, r[i], k.skip[i])
	}
	k.width = k.offsetWidth(a, b)
	line, status := 1, exitOK
	atLineStart := true
	for at := int64(1); k.limit < 0 || at <= k.limit; at++ {
		x, errX := r[0].ReadByte()
		y, errY := r[1].ReadByte()
		switch {
		case errX != nil && errY != nil:
			return k.ended(errX, errY, a, b, status)
		case errX != nil || errY != nil:
			name := a
			if errY != nil {
				name = b
			}
			return k.short(name, at-1, line, atLineStart)
		}
		atLineStart = x == '\n'
		if x != y {
			status = exitFailure
			if k.silent {
				return status
			}
			k.differ(a, b, at, line, x, y)
			if !k.all {
				return status
			}
		}
		if x == '\n' {
			line++
		}
	}
	return status
}

// offsetWidth returns the number of digits of the larger file's size.
func (k *comparer) offsetWidth(a, b string) int {
	var size int64
	for _, name := range []string{a, b} {
		if info, err := statOperand(k.c, name); err == nil && info.Mode().IsRegular() {
			size = max(size, info.Size())
		}
	}
	return len(strconv.FormatInt(size, 10))
}

func (k *comparer) ended(errX, errY error, a, b string, status int) int {
	for i, err := range []error{errX, errY} {
		if err != io.EOF {
			k.c.errorf("%s: %s", []string{a, b}[i], errText(err))
			return exitTrouble
		}
	}
	return status
}

// short reports that a file ended after n bytes.
func (k *comparer) short(name string, n int64, line int, atLineStart bool) int {
	if k.silent {
		return exitFailure
	}
	switch {
	case n == 0:
		k.c.errorf("EOF on %s which is empty", name)
	case k.all:
		k.c.errorf("EOF on %s after byte %d", name, n)
	case atLineStart:
		k.c.errorf("EOF on %s after byte %d, line %d", name, n, line-1)
	default:
		k.c.errorf("EOF on %s after byte %d, in line %d", name, n, line)
	}
	return exitFailure
}

func (k *comparer) differ(a, b string, at int64, line int, x, y byte) {
	switch {
	case k.all && k.bytes:
		putf(k.c, "%*d %3o %-4s %3o %s\n", k.width, at, x, visible(x), y, visible(y))
	case k.all:
		putf(k.c, "%*d %3o %3o\n", k.width, at, x, y)
	default:
		what := "char"
		if k.bytes {
			what = "byte"
		}
		puts(k.c, a, " ", b, " differ: ", what, " ", strconv.FormatInt(at, 10), ", line ", strconv.Itoa(line))
		if k.bytes {
			putf(k.c, " is %3o %s %3o %s", x, visible(x), y, visible(y))
		}
		puts(k.c, "\n")
	}
}
