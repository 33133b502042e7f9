package applet

import (
	"context"
	"io"
	"os"
	"slices"
	"strconv"
	"unicode/utf8"
)

// counts are what wc counts, in the order in which it prints them.
type counts struct{ lines, words, chars, bytes, maxLine int64 }

func (a *counts) add(b counts) {
	a.lines += b.lines
	a.words += b.words
	a.chars += b.chars
	a.bytes += b.bytes
	a.maxLine = max(a.maxLine, b.maxLine)
}

func wcMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "clLmw",
		long:  "bytes=c chars=m lines=l max-line-length=L words=w",
		usage: "[OPTION]... [FILE]...",
	})
	if !ok {
		return status
	}
	var which string
	for _, o := range opts {
		which += o.name
	}
	if which == "" {
		which = "lwc"
	}
	names := files
	if len(names) == 0 {
		names = []string{"-"}
	}
	width := wcWidth(c, names, which)
	var total counts
	status = c.each(names, func(name string, r io.Reader) error {
		n, err := countAll(r)
		total.add(n)
		if len(files) == 0 {
			name = ""
		}
		printCounts(c, n, which, width, name)
		return err
	})
	if len(names) > 1 {
		printCounts(c, total, which, width, "total")
	}
	return status
}

// wcWidth is the width of the columns: wide enough for the sum of the sizes
// of regular files, and 7 if there is anything else.
func wcWidth(c *Call, names []string, which string) int {
	columns := 0
	for _, ch := range []byte("lwmcL") {
		if slices.Contains([]byte(which), ch) {
			columns++
		}
	}
	if len(names) == 1 && columns == 1 {
		return 1
	}
	least, total := 1, int64(0)
	for _, name := range names {
		info, err := statOperand(c, name)
		switch {
		case err != nil:
		case !info.Mode().IsRegular():
			least = 7
		default:
			total += info.Size()
		}
	}
	return max(least, len(strconv.FormatInt(total, 10)))
}

func statOperand(c *Call, name string) (os.FileInfo, error) {
	if name != "-" {
		return os.Stat(c.abs(name))
	}
	if f, ok := c.Stdin.(*os.File); ok && f != nil {
		return f.Stat()
	}
	return os.Stat(os.DevNull)
}

func printCounts(c *Call, n counts, which string, width int, name string) {
	sep := ""
	for _, col := range []struct {
		flag byte
		n    int64
	}{{'l', n.lines}, {'w', n.words}, {'m', n.chars}, {'c', n.bytes}, {'L', n.maxLine}} {
		if slices.Contains([]byte(which), col.flag) {
			putf(c, "%s%*d", sep, width, col.n)
			sep = " "
		}
	}
	if name != "" {
		puts(c, " ", name)
	}
	c.out.WriteByte('\n')
}

func countAll(r io.Reader) (counts, error) {
	var n counts
	buf := make([]byte, 32768)
	inWord, column := false, int64(0)
	for {
		got, err := r.Read(buf)
		for _, ch := range buf[:got] {
			switch ch {
			case '\n', '\r', '\f':
				n.maxLine = max(n.maxLine, column)
				column = 0
			case '\t':
				column += 8 - column%8
			default:
				if ch >= ' ' && ch < 127 {
					column++
				}
			}
			if ch == '\n' {
				n.lines++
			}
			if space := isSpace(ch); space {
				inWord = false
			} else if !inWord {
				inWord = true
				n.words++
			}
			if utf8.RuneStart(ch) {
				n.chars++
			}
		}
		n.bytes += int64(got)
		if err != nil {
			n.maxLine = max(n.maxLine, column)
			return n, ignoreEOF(err)
		}
	}
}
