package applet

import (
	"context"
	"io"
	"strconv"
)

func foldMain(_ context.Context, c *Call) int {
	if len(c.Args) > 1 && len(c.Args[1]) > 1 && c.Args[1][0] == '-' && isDigit(c.Args[1][1]) {
		c.Args = append([]string{c.Args[0], "-w", c.Args[1][1:]}, c.Args[2:]...)
	}
	opts, files, status, ok := c.options(flagSpec{
		short: "bsw:",
		long:  "bytes=b spaces=s width:=w",
		usage: "[OPTION]... [FILE]...",
	})
	if !ok {
		return status
	}
	width, asBytes, atSpaces := 80, false, false
	for _, o := range opts {
		switch o.name {
		case "b":
			asBytes = true
		case "s":
			atSpaces = true
		case "w":
			n, err := strconv.Atoi(o.value)
			if err != nil || n <= 0 {
				return c.fail("invalid number of columns: %s", quote(o.value))
			}
			width = n
		}
	}
	return c.each(files, func(_ string, r io.Reader) error {
		return eachLine(r, '\n', func(line []byte, ended bool) error {
			for len(line) > 0 {
				cut := foldAt(line, width, asBytes)
				if cut < len(line) && atSpaces {
					for i := cut; i > 0; i-- {
						if isBlank(line[i-1]) {
							cut = i
							break
						}
					}
				}
				c.out.Write(line[:cut])
				if line = line[cut:]; len(line) > 0 {
					c.out.WriteByte('\n')
				}
			}
			if ended {
				return c.out.WriteByte('\n')
			}
			return nil
		})
	})
}

// foldAt returns how many bytes of the line fit into the width, at least one.
func foldAt(line []byte, width int, asBytes bool) int {
	column := 0
	for i, ch := range line {
		switch {
		case asBytes:
			column++
		case ch == '\b':
			column = max(column-1, 0)
		case ch == '\r':
			column = 0
		case ch == '\t':
			column += 8 - column%8
		default:
			column++
		}
		if column > width && i > 0 {
			return i
		}
	}
	return len(line)
}
