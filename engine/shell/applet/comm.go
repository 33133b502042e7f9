package applet

import (
	"bytes"
	"context"
	"fmt"
)

func commMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "123z",
		long:  "check-order nocheck-order output-delimiter: zero-terminated=z total",
		usage: "[OPTION]... FILE1 FILE2",
	})
	if !ok {
		return status
	}
	k := &commRun{c: c, delim: "\t", check: 1, eol: '\n'}
	for _, o := range opts {
		switch o.name {
		case "1", "2", "3":
			k.hide[o.name[0]-'1'] = true
		case "z":
			k.eol = 0
		case "check-order":
			k.check = 2
		case "nocheck-order":
			k.check = 0
		case "output-delimiter":
			k.delim = o.value
		case "total":
			k.total = true
		}
	}
	switch {
	case len(files) == 0:
		return c.missing("operand")
	case len(files) == 1:
		return c.usageErr("missing operand after %s", quote(files[0]))
	case len(files) > 2:
		return c.extra(files[2])
	}
	for i, name := range files {
		r, err := c.open(name)
		if err != nil {
			return c.fail("%s: %s", shown(name), errText(err))
		}
		defer r.Close()
		k.in[i] = newLineReader(r, k.eol)
	}
	return k.run()
}

type commRun struct {
	c        *Call
	in       [2]*lineReader
	hide     [3]bool
	delim    string
	eol      byte
	check    int // 0 never, 1 if lines did not pair, 2 always
	total    bool
	counts   [3]int
	unpaired bool
	warned   [2]bool
	line     [2][]byte
	have     [2]bool
}

// advance reads the next line of one file and looks whether it is in order.
func (k *commRun) advance(i int) {
	line, _, err := k.in[i].next()
	if err != nil {
		k.have[i] = false
		return
	}
	if k.have[i] && k.check > 0 && !k.warned[i] && bytes.Compare(k.line[i], line) > 0 && (k.check == 2 || k.unpaired) {
		k.c.errorf("file %d is not in sorted order", i+1)
		k.warned[i] = true
	}
	k.line[i], k.have[i] = append(k.line[i][:0], line...), true
}

func (k *commRun) run() int {
	k.advance(0)
	k.advance(1)
	for k.have[0] || k.have[1] {
		order := 0
		switch {
		case !k.have[0]:
			order = 1
		case !k.have[1]:
			order = -1
		default:
			order = bytes.Compare(k.line[0], k.line[1])
		}
		switch {
		case order == 0:
			k.print(2, k.line[0])
			k.advance(0)
			k.advance(1)
		case order < 0:
			k.unpaired = true
			k.print(0, k.line[0])
			k.advance(0)
		default:
			k.unpaired = true
			k.print(1, k.line[1])
			k.advance(1)
		}
		if k.check == 2 && (k.warned[0] || k.warned[1]) {
			return exitFailure
		}
	}
	if k.total {
		puts(k.c, fmt.Sprintf("%d%s%d%s%d%stotal%c", k.counts[0], k.delim, k.counts[1], k.delim, k.counts[2], k.delim, k.eol))
	}
	if k.warned[0] || k.warned[1] {
		return k.c.fail("input is not in sorted order")
	}
	return exitOK
}

func (k *commRun) print(column int, line []byte) {
	k.counts[column]++
	if k.hide[column] {
		return
	}
	for i := range column {
		if !k.hide[i] {
			puts(k.c, k.delim)
		}
	}
	k.c.out.Write(line)
	k.c.out.WriteByte(k.eol)
}
