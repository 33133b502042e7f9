package applet

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

type ddRun struct {
	c                       *Call
	input, output           string
	ibs, obs                int64
	count, skip, seek       int64 // count -1: all
	countBytes              bool
	notrunc, sync, noError  bool
	lcase, ucase            bool
	excl, nocreat, appendTo bool
	status                  string
}

func ddMain(_ context.Context, c *Call) int {
	d := &ddRun{c: c, ibs: 512, obs: 512, count: -1}
	for _, arg := range c.Args[1:] {
		name, value, ok := strings.Cut(arg, "=")
		if !ok {
			return c.usageErr("unrecognized operand %s", quote(arg))
		}
		if msg := d.operand(name, value); msg != "" {
			return c.usageErr("%s", msg)
		}
	}
	return d.run()
}

func (d *ddRun) operand(name, value string) (problem string) {
	number := func(into ...*int64) string {
		n, ok := ddNumber(value)
		if !ok {
			return "invalid number: " + quote(value)
		}
		for _, p := range into {
			*p = n
		}
		return ""
	}
	switch name {
	case "if":
		d.input = value
	case "of":
		d.output = value
	case "bs":
		return number(&d.ibs, &d.obs)
	case "ibs":
		return number(&d.ibs)
	case "obs":
		return number(&d.obs)
	case "count":
		return number(&d.count)
	case "skip", "iseek":
		return number(&d.skip)
	case "seek", "oseek":
		return number(&d.seek)
	case "status":
		d.status = value
	case "conv", "oflag", "iflag":
		for _, word := range strings.Split(value, ",") {
			if msg := d.flag(name, word); msg != "" {
				return msg
			}
		}
	default:
		return "unrecognized operand " + quote(name+"="+value)
	}
	return ""
}

// ddNumber reads a number with the suffixes of dd, or a product such as 2x512.
func ddNumber(s string) (int64, bool) {
	n := int64(1)
	for _, factor := range strings.Split(s, "x") {
		unit := int64(1)
		if digits, isWords := strings.CutSuffix(factor, "w"); isWords {
			factor, unit = digits, 2
		}
		factor = strings.TrimSuffix(factor, "c")
		v, ok := parseSize(factor)
		if !ok {
			return 0, false
		}
		n *= v * unit
	}
	return n, true
}

func (d *ddRun) flag(kind, word string) (problem string) {
	switch word {
	case "notrunc":
		d.notrunc = true
	case "sync":
		d.sync = kind == "conv"
	case "noerror":
		d.noError = true
	case "lcase":
		d.lcase = true
	case "ucase":
		d.ucase = true
	case "excl":
		d.excl = true
	case "nocreat":
		d.nocreat = true
	case "append":
		d.appendTo = true
	case "count_bytes":
		d.countBytes = true
	case "fsync", "fdatasync", "fullblock", "dsync", "nonblock", "nocache":
	default:
		return "invalid " + kind + " flag: " + quote(word)
	}
	return ""
}

func (d *ddRun) run() int {
	start := time.Now()
	in, out, code := d.open()
	if code != exitOK {
		return code
	}
	defer in.Close()
	defer out.Close()
	if d.skip > 0 {
		if s, ok := in.(io.Seeker); !ok || seekErr(s, d.skip*d.ibs) != nil {
			io.CopyN(io.Discard, in, d.skip*d.ibs)
		}
	}
	var full, partial, total int64
	buf := make([]byte, d.ibs)
	limit := d.count
	if d.countBytes {
		limit = (d.count + d.ibs - 1) / d.ibs
	}
	for limit < 0 || full+partial < limit {
		want := buf
		if d.countBytes && d.count-total < d.ibs {
			want = buf[:d.count-total]
		}
		n, err := io.ReadFull(in, want)
		if n > 0 {
			if int64(n) == d.ibs {
				full++
			} else {
				partial++
			}
			block := d.convert(want[:n])
			if _, werr := out.Write(block); werr != nil {
				return d.c.fail("error writing %s: %s", quote(d.outName()), errText(werr))
			}
			total += int64(len(block))
		}
		if err != nil {
			break
		}
	}
	d.report(full, partial, total, time.Since(start))
	return exitOK
}

func seekErr(s io.Seeker, n int64) error {
	_, err := s.Seek(n, io.SeekCurrent)
	return err
}

func (d *ddRun) outName() string {
	if d.output == "" {
		return "standard output"
	}
	return d.output
}

func (d *ddRun) open() (io.ReadCloser, io.WriteCloser, int) {
	in := io.ReadCloser(stdinCloser{d.c.Stdin})
	if d.input != "" {
		f, err := os.Open(d.c.abs(d.input))
		if err != nil {
			return nil, nil, d.c.fail("failed to open %s: %s", quote(d.input), errText(err))
		}
		in = f
	}
	if d.output == "" {
		return in, nopWriteCloser{d.c.out}, exitOK
	}
	flag := os.O_WRONLY | os.O_CREATE
	switch {
	case d.nocreat:
		flag = os.O_WRONLY
	case d.excl:
		flag |= os.O_EXCL
	}
	if d.appendTo {
		flag |= os.O_APPEND
	}
	f, err := os.OpenFile(d.c.abs(d.output), flag, 0o666)
	if err != nil {
		in.Close()
		return nil, nil, d.c.fail("failed to open %s: %s", quote(d.output), errText(err))
	}
	if !d.notrunc && !d.appendTo {
		f.Truncate(d.seek * d.obs)
	}
	if d.seek > 0 {
		f.Seek(d.seek*d.obs, io.SeekStart)
	}
	return in, f, exitOK
}

func (d *ddRun) convert(b []byte) []byte {
	if d.lcase {
		b = bytes.ToLower(b)
	}
	if d.ucase {
		b = bytes.ToUpper(b)
	}
	if d.sync && int64(len(b)) < d.ibs {
		b = append(bytes.Clone(b), make([]byte, d.ibs-int64(len(b)))...)
	}
	return b
}

func (d *ddRun) report(full, partial, total int64, took time.Duration) {
	if d.status == "none" {
		return
	}
	outFull, outPartial := total/d.obs, int64(0)
	if total%d.obs > 0 {
		outPartial = 1
	}
	d.c.out.Flush()
	fmt.Fprintf(d.c.Stderr, "%d+%d records in\n%d+%d records out\n", full, partial, outFull, outPartial)
	if d.status != "noxfer" {
		fmt.Fprintf(d.c.Stderr, "%d bytes copied, %g s\n", total, took.Seconds())
	}
}
