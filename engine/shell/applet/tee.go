package applet

import (
	"context"
	"io"
	"os"
)

func teeMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "aip",
		long:  "append=a ignore-interrupts=i output-error::",
		usage: "[OPTION]... [FILE]...",
	})
	if !ok {
		return status
	}
	flag := os.O_CREATE | os.O_TRUNC
	for _, o := range opts {
		if o.name == "a" {
			flag = os.O_CREATE | os.O_APPEND
		}
	}
	names := []string{"standard output"}
	outs := []io.Writer{c.Stdout}
	for _, name := range files {
		w, err := c.create(name, flag, 0o666)
		if err != nil {
			status = c.fail("%s: %s", shown(name), errText(err))
			continue
		}
		defer w.Close()
		names, outs = append(names, name), append(outs, w)
	}
	buf := make([]byte, 32768)
	for {
		n, err := c.Stdin.Read(buf)
		for i := 0; i < len(outs); i++ {
			if _, werr := outs[i].Write(buf[:n]); werr != nil {
				if isBrokenPipe(werr) {
					return exitPipe
				}
				status = c.fail("%s: %s", shown(names[i]), errText(werr))
				outs, names = append(outs[:i], outs[i+1:]...), append(names[:i], names[i+1:]...)
				i--
			}
		}
		if err != nil {
			if ignoreEOF(err) != nil {
				return c.fail("read error: %s", errText(err))
			}
			return status
		}
	}
}

func truncateMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "cor:s:",
		long:  "no-create=c io-blocks=o reference:=r size:=s",
		usage: "OPTION... FILE...",
	})
	if !ok {
		return status
	}
	noCreate, size, ref := false, "", ""
	for _, o := range opts {
		switch o.name {
		case "c":
			noCreate = true
		case "o":
			return c.usageErr("-o is not supported")
		case "r":
			ref = o.value
		case "s":
			size = o.value
		}
	}
	if size == "" && ref == "" {
		return c.usageErr("you must specify either '--size' or '--reference'")
	}
	if len(files) == 0 {
		return c.missing("file operand")
	}
	base := int64(-1)
	if ref != "" {
		info, err := os.Stat(c.abs(ref))
		if err != nil {
			return c.fail("cannot stat %s: %s", quote(ref), errText(err))
		}
		base = info.Size()
	}
	for _, name := range files {
		if msg := truncateFile(c, name, size, base, noCreate); msg != "" {
			status = c.fail("%s", msg)
		}
	}
	return status
}

func truncateFile(c *Call, name, size string, base int64, noCreate bool) (problem string) {
	flag := os.O_WRONLY | os.O_CREATE
	if noCreate {
		flag = os.O_WRONLY
	}
	f, err := os.OpenFile(c.abs(name), flag, 0o666)
	if err != nil {
		if noCreate && os.IsNotExist(err) {
			return ""
		}
		return "cannot open " + quote(name) + " for writing: " + errText(err)
	}
	defer f.Close()
	if base < 0 {
		info, err := f.Stat()
		if err != nil {
			return "cannot fstat " + quote(name) + ": " + errText(err)
		}
		base = info.Size()
	}
	want := base
	if size != "" {
		var ok bool
		if want, ok = newSize(size, base); !ok {
			return "Invalid number: " + quote(size)
		}
	}
	if err := f.Truncate(want); err != nil {
		return "failed to truncate " + quote(name) + ": " + errText(err)
	}
	return ""
}

// newSize applies the operand of -s, which may be relative, to a size.
func newSize(spec string, old int64) (int64, bool) {
	op := byte(0)
	if spec != "" && (spec[0] < '0' || spec[0] > '9') {
		op, spec = spec[0], spec[1:]
	}
	n, ok := parseSize(spec)
	if !ok {
		return 0, false
	}
	switch op {
	case 0:
		return n, true
	case '+':
		return old + n, true
	case '-':
		return max(old-n, 0), true
	case '<':
		return min(old, n), true
	case '>':
		return max(old, n), true
	}
	if n == 0 {
		return 0, false
	}
	switch op {
	case '/':
		return old / n * n, true
	case '%':
		return (old + n - 1) / n * n, true
	}
	return 0, false
}
