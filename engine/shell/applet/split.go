package applet

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// A splitRun is one run of split.
type splitRun struct {
	c       *Call
	prefix  string
	suffix  int  // letters or digits of it
	numeric byte // d or x for numbers, 0 for letters
	extra   string
	next    int
	verbose bool
	// What pieces have: perPiece lines, or else size bytes, or else there are so many
	// pieces.
	perPiece, size, pieces int64
}

func splitMain(_ context.Context, c *Call) int {
	opts, operands, status, ok := c.options(flagSpec{
		short: "a:b:C:dl:n:x",
		long: "suffix-length:=a additional-suffix: bytes:=b line-bytes:=C numeric-suffixes::=d hex-suffixes::=x " +
			"lines:=l number:=n verbose",
		usage: "[OPTION]... [FILE [PREFIX]]",
	})
	if !ok {
		return status
	}
	s := &splitRun{c: c, prefix: "x", suffix: 2, perPiece: 1000}
	for _, o := range opts {
		if problem := s.option(o); problem != "" {
			return c.fail("%s", problem)
		}
	}
	name := "-"
	if len(operands) > 0 {
		name = operands[0]
	}
	if len(operands) > 1 {
		s.prefix = operands[1]
	}
	if len(operands) > 2 {
		return c.extra(operands[2])
	}
	if s.pieces > 0 && name == "-" {
		return c.fail("%s: cannot determine file size", name)
	}
	err := c.with(name, func(_ string, r io.Reader) error {
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if s.pieces > 0 {
			return s.chunks(data, max(int64(len(data))/s.pieces, 1), s.pieces)
		}
		if s.size > 0 {
			return s.chunks(data, s.size, -1)
		}
		return s.lines(data, s.perPiece)
	})
	if err != nil {
		return c.fail("%s", strings.Replace("cannot open X for reading: ", "X", quote(name), 1)+errText(err))
	}
	return exitOK
}

func (s *splitRun) option(o option) (problem string) {
	n, valid := parseSize(o.value)
	switch o.name {
	case "a":
		s.suffix = int(n)
	case "additional-suffix":
		s.extra, valid = o.value, true
	case "b":
		s.size = n
	case "d", "x":
		s.numeric, valid = o.name[0], true
		s.next, _ = strconv.Atoi(o.value)
	case "l":
		s.perPiece = n
	case "n":
		s.pieces = n
	case "C":
		return "-C is not supported"
	default:
		s.verbose, valid = true, true
	}
	if !valid || n == 0 && strings.Contains("abln", o.name) {
		what := map[string]string{"a": "suffix length", "b": "number of bytes", "l": "number of lines", "n": "number of chunks"}[o.name]
		return fmt.Sprintf("invalid %s: %s", what, quote(o.value))
	}
	return ""
}

// chunks writes pieces of a size; the last of a given number takes the rest.
func (s *splitRun) chunks(data []byte, size, number int64) error {
	for n := int64(1); len(data) > 0 || n <= number; n++ {
		cut := min(size, int64(len(data)))
		if n == number {
			cut = int64(len(data))
		}
		if err := s.write(data[:cut]); err != nil {
			return err
		}
		data = data[cut:]
	}
	return nil
}

func (s *splitRun) lines(data []byte, lines int64) error {
	for len(data) > 0 {
		cut := 0
		for range lines {
			i := bytes.IndexByte(data[cut:], '\n')
			if i < 0 {
				cut = len(data)
				break
			}
			cut += i + 1
		}
		if err := s.write(data[:cut]); err != nil {
			return err
		}
		data = data[cut:]
	}
	return nil
}

func (s *splitRun) write(data []byte) error {
	name := s.prefix + s.suffixOf(s.next) + s.extra
	s.next++
	if s.verbose {
		putf(s.c, "creating file %s\n", quote(name))
	}
	return os.WriteFile(s.c.abs(name), data, 0o666)
}

func (s *splitRun) suffixOf(n int) string {
	digits := "abcdefghijklmnopqrstuvwxyz"
	switch s.numeric {
	case 'd':
		digits = "0123456789"
	case 'x':
		digits = "0123456789abcdef"
	}
	out := make([]byte, s.suffix)
	for i := s.suffix - 1; i >= 0; i-- {
		out[i] = digits[n%len(digits)]
		n /= len(digits)
	}
	return string(out)
}
