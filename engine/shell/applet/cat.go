package applet

import (
	"bytes"
	"context"
	"io"
)

type catFlags struct {
	number, numberNonBlank, squeeze, ends, tabs, nonPrinting bool
}

func catMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "AbeEnstTuv",
		long:  "show-all=A number-nonblank=b show-ends=E number=n squeeze-blank=s show-tabs=T show-nonprinting=v",
		usage: "[OPTION]... [FILE]...",
	})
	if !ok {
		return status
	}
	var f catFlags
	for _, o := range opts {
		switch o.name {
		case "A":
			f.nonPrinting, f.ends, f.tabs = true, true, true
		case "b":
			f.numberNonBlank = true
		case "e":
			f.nonPrinting, f.ends = true, true
		case "E":
			f.ends = true
		case "n":
			f.number = true
		case "s":
			f.squeeze = true
		case "t":
			f.nonPrinting, f.tabs = true, true
		case "T":
			f.tabs = true
		case "v":
			f.nonPrinting = true
		}
	}
	if f == (catFlags{}) {
		return c.each(files, func(_ string, r io.Reader) error {
			return copyFlushing(c, r)
		})
	}
	w := &catWriter{catFlags: f, c: c, atStart: true}
	return c.each(files, w.copy)
}

// copyFlushing copies r to the output so that what was read is seen at once.
func copyFlushing(c *Call, r io.Reader) error {
	if err := c.out.Flush(); err != nil {
		return err
	}
	buf := make([]byte, 32768)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if _, err := c.Stdout.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// A catWriter decorates lines; its state runs on from file to file.
type catWriter struct {
	catFlags
	c       *Call
	line    int
	blanks  int
	atStart bool // of a line
}

func (w *catWriter) copy(_ string, r io.Reader) error {
	return eachLine(r, '\n', func(line []byte, ended bool) error {
		blank := len(line) == 0
		if w.atStart {
			if blank {
				w.blanks++
			} else {
				w.blanks = 0
			}
			if w.squeeze && w.blanks > 1 {
				return nil
			}
			if w.numberNonBlank && !blank || w.number && !w.numberNonBlank {
				w.line++
				putf(w.c, "%6d\t", w.line)
			}
		}
		w.c.out.Write(w.decorate(line))
		w.atStart = ended
		if ended {
			if w.ends {
				w.c.out.WriteByte('$')
			}
			return w.c.out.WriteByte('\n')
		}
		return nil
	})
}

func (w *catWriter) decorate(line []byte) []byte {
	if !w.nonPrinting && !w.tabs {
		return line
	}
	var out bytes.Buffer
	for _, ch := range line {
		switch {
		case ch == '\t' && !w.tabs:
			out.WriteByte(ch)
		case ch == '\t':
			out.WriteString("^I")
		case !w.nonPrinting:
			out.WriteByte(ch)
		default:
			out.WriteString(visible(ch))
		}
	}
	return out.Bytes()
}

// visible writes a byte in the ^X and M-x notation.
func visible(ch byte) string {
	prefix := ""
	if ch >= 128 {
		prefix, ch = "M-", ch-128
	}
	switch {
	case ch < 32:
		return prefix + "^" + string(rune(ch+64))
	case ch == 127:
		return prefix + "^?"
	}
	return prefix + string(rune(ch))
}

func tacMain(_ context.Context, c *Call) int {
	_, files, status, ok := c.options(flagSpec{usage: "[FILE]..."})
	if !ok {
		return status
	}
	return c.each(files, func(_ string, r io.Reader) error {
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		for len(data) > 0 {
			cut := bytes.LastIndexByte(data[:len(data)-1], '\n') + 1
			if _, err := c.out.Write(data[cut:]); err != nil {
				return err
			}
			data = data[:cut]
		}
		return nil
	})
}

func revMain(_ context.Context, c *Call) int {
	_, files, status, ok := c.options(flagSpec{usage: "[FILE]..."})
	if !ok {
		return status
	}
	return c.each(files, func(_ string, r io.Reader) error {
		return eachLine(r, '\n', func(line []byte, ended bool) error {
			runes := bytes.Runes(line)
			for i := len(runes) - 1; i >= 0; i-- {
				c.out.WriteRune(runes[i])
			}
			if ended {
				return c.out.WriteByte('\n')
			}
			return nil
		})
	})
}
