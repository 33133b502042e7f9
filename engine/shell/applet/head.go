package applet

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
)

// A portion says which part of a file head and tail print.
type portion struct {
	bytes bool
	n     int64
	other bool // head: all but the last n; tail: from the n-th on
	zero  bool
}

// headers prints ==> name <== before files when there are several.
type headers struct {
	on      bool
	printed bool
}

func (h *headers) print(c *Call, name string) {
	if !h.on {
		return
	}
	if h.printed {
		c.out.WriteByte('\n')
	}
	h.printed = true
	if name == "-" {
		name = "standard input"
	}
	putf(c, "==> %s <==\n", name)
}

// portionFlags parses the flags that head and tail share. sign is the
// character that sets portion.other: - for head, + for tail.
func portionFlags(c *Call, sign string) (p portion, h headers, files []string, status int, ok bool) {
	p.n = 10
	obsolete(c, sign)
	opts, files, status, ok := c.options(flagSpec{
		short: "c:n:qvz",
		long:  "bytes:=c lines:=n quiet=q silent=q verbose=v zero-terminated=z",
		usage: "[OPTION]... [FILE]...",
	})
	if !ok {
		return p, h, nil, status, false
	}
	h.on = len(files) > 1
	for _, o := range opts {
		switch o.name {
		case "c", "n":
			p.bytes = o.name == "c"
			num, other := strings.CutPrefix(o.value, sign)
			if sign == "+" {
				num = strings.TrimPrefix(num, "-")
			} else {
				num = strings.TrimPrefix(num, "+")
			}
			p.other = other
			var valid bool
			if p.n, valid = parseSize(num); !valid {
				what := map[bool]string{true: "bytes", false: "lines"}[p.bytes]
				c.errorf("invalid number of %s: %s", what, quote(o.value))
				return p, h, nil, exitFailure, false
			}
		case "q":
			h.on = false
		case "v":
			h.on = true
		case "z":
			p.zero = true
		}
	}
	if len(files) == 0 {
		files = []string{"-"}
	}
	return p, h, files, exitOK, true
}

// obsolete rewrites the first argument -N or, for tail, +N as -n N.
func obsolete(c *Call, sign string) {
	if len(c.Args) < 2 || len(c.Args[1]) < 2 {
		return
	}
	arg := c.Args[1]
	if arg[0] != '-' && (arg[0] != '+' || sign != "+") || !isDigit(arg[1]) {
		return
	}
	num := strings.TrimLeft(arg[1:], "0123456789")
	digits := arg[1 : len(arg)-len(num)]
	flag := "-n"
	if strings.HasPrefix(num, "c") {
		flag = "-c"
	}
	for _, r := range num {
		if r != 'c' && r != 'l' {
			return
		}
	}
	if arg[0] == '+' {
		digits = "+" + digits
	}
	c.Args = append([]string{c.Args[0], flag, digits}, c.Args[2:]...)
}

// portions runs print for every file, with headers and messages.
func portions(c *Call, h headers, files []string, print func(r io.Reader) error) int {
	status := exitOK
	for _, name := range files {
		r, err := c.open(name)
		if err != nil {
			status = c.fail("cannot open %s for reading: %s", quote(name), errText(err))
			continue
		}
		h.print(c, name)
		err = print(r)
		r.Close()
		if isBrokenPipe(err) {
			return exitPipe
		}
		if err != nil && err != errStop {
			status = c.fail("error reading %s: %s", quote(name), errText(err))
		}
	}
	return status
}

func headMain(_ context.Context, c *Call) int {
	p, h, files, status, ok := portionFlags(c, "-")
	if !ok {
		return status
	}
	return portions(c, h, files, func(r io.Reader) error {
		switch {
		case p.other && p.bytes:
			return headButBytes(c, r, p.n)
		case p.other:
			return headButLines(c, r, p)
		case p.bytes:
			_, err := io.Copy(c.out, io.LimitReader(r, p.n))
			return err
		}
		return headLines(c, r, p)
	})
}

// headLines prints n lines. What it read beyond them goes back, if r can seek,
// so that another command can continue from there.
func headLines(c *Call, r io.Reader, p portion) error {
	left := p.n
	buf := make([]byte, 4096)
	for left > 0 {
		n, err := r.Read(buf)
		used := 0
		for used < n && left > 0 {
			if buf[used] == delimiter(p.zero) {
				left--
			}
			used++
		}
		if _, werr := c.out.Write(buf[:used]); werr != nil {
			return werr
		}
		if used < n {
			unread(r, n-used)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unread moves a seekable reader back by n bytes.
func unread(r io.Reader, n int) {
	if std, ok := r.(stdinCloser); ok {
		r = std.Reader
	}
	if f, ok := r.(*os.File); ok {
		f.Seek(int64(-n), io.SeekCurrent)
	}
}

func headButBytes(c *Call, r io.Reader, n int64) error {
	data, err := io.ReadAll(r)
	if int64(len(data)) > n {
		c.out.Write(data[:int64(len(data))-n])
	}
	return err
}

func headButLines(c *Call, r io.Reader, p portion) error {
	var held [][]byte
	return eachLine(r, delimiter(p.zero), func(line []byte, ended bool) error {
		full := append([]byte(nil), line...)
		if ended {
			full = append(full, delimiter(p.zero))
		}
		held = append(held, full)
		if int64(len(held)) > p.n {
			_, err := c.out.Write(held[0])
			held = held[1:]
			return err
		}
		return nil
	})
}

func tailMain(_ context.Context, c *Call) int {
	p, h, files, status, ok := portionFlags(c, "+")
	if !ok {
		return status
	}
	return portions(c, h, files, func(r io.Reader) error {
		switch {
		case p.other && p.bytes:
			if _, err := io.CopyN(io.Discard, r, max(p.n-1, 0)); err != nil {
				return ignoreEOF(err)
			}
			_, err := io.Copy(c.out, r)
			return err
		case p.other:
			return tailFromLine(c, r, p)
		case p.bytes:
			data, err := io.ReadAll(r)
			c.out.Write(data[max(int64(len(data))-p.n, 0):])
			return err
		}
		return tailLines(c, r, p)
	})
}

func ignoreEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

func tailFromLine(c *Call, r io.Reader, p portion) error {
	skip := p.n - 1
	return eachLine(r, delimiter(p.zero), func(line []byte, ended bool) error {
		if skip > 0 {
			skip--
			return nil
		}
		c.out.Write(line)
		if ended {
			return c.out.WriteByte(delimiter(p.zero))
		}
		return nil
	})
}

func tailLines(c *Call, r io.Reader, p portion) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	delim := delimiter(p.zero)
	end := len(bytes.TrimSuffix(data, []byte{delim}))
	start := len(data)
	for left := p.n; left > 0; left-- {
		end = bytes.LastIndexByte(data[:end], delim)
		start = end + 1
		if end < 0 {
			break
		}
	}
	_, err = c.out.Write(data[start:])
	return err
}
