package applet

import (
	"bufio"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
)

// errStop ends reading early without being an error.
var errStop = errors.New("stop")

// eachLine calls f for every line of r without its delimiter; ended says
// whether the delimiter was there, as it may be missing on the last line.
// The line is valid until f returns. f returning errStop ends the reading.
func eachLine(r io.Reader, delim byte, f func(line []byte, ended bool) error) error {
	lr := newLineReader(r, delim)
	for {
		line, ended, err := lr.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(line, ended); err != nil {
			if err == errStop {
				return nil
			}
			return err
		}
	}
}

// A lineReader reads lines of any length.
type lineReader struct {
	br    *bufio.Reader
	delim byte
	long  []byte
}

func newLineReader(r io.Reader, delim byte) *lineReader {
	return &lineReader{br: bufio.NewReaderSize(r, 16384), delim: delim}
}

// next returns the next line without its delimiter, or io.EOF. The line is
// valid until the next call.
func (lr *lineReader) next() (line []byte, ended bool, err error) {
	line, err = lr.br.ReadSlice(lr.delim)
	if err == bufio.ErrBufferFull {
		lr.long = lr.long[:0]
		for err == bufio.ErrBufferFull {
			lr.long = append(lr.long, line...)
			line, err = lr.br.ReadSlice(lr.delim)
		}
		lr.long = append(lr.long, line...)
		line = lr.long
	}
	if err == io.EOF && len(line) > 0 {
		return line, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	return line[:len(line)-1], true, nil
}

// parseSize reads a count with an optional multiplier: b 512, K or KiB 1024,
// kB 1000, and so on for M G T P E. Too large a value becomes the largest.
func parseSize(s string) (int64, bool) {
	digits := strings.TrimLeft(s, "0123456789")
	num := s[:len(s)-len(digits)]
	if num == "" {
		if digits == "" {
			return 0, false
		}
		num = "1"
	}
	v, err := strconv.ParseInt(num, 10, 64)
	if err != nil {
		v = math.MaxInt64
	}
	mul, ok := multiplier(digits)
	if !ok {
		return 0, false
	}
	if mul != 0 && v > math.MaxInt64/mul {
		return math.MaxInt64, true
	}
	return v * mul, true
}

func multiplier(suffix string) (int64, bool) {
	switch suffix {
	case "":
		return 1, true
	case "b":
		return 512, true
	}
	power := strings.IndexByte("KMGTPE", upper(suffix[0])) + 1
	if power == 0 {
		return 0, false
	}
	base := int64(1024)
	switch suffix[1:] {
	case "", "iB":
	case "B":
		base = 1000
	default:
		return 0, false
	}
	mul := int64(1)
	for range power {
		mul *= base
	}
	return mul, true
}

func upper(b byte) byte {
	if 'a' <= b && b <= 'z' {
		return b - 32
	}
	return b
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 32
	}
	return b
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func isSpace(b byte) bool { return b == ' ' || '\t' <= b && b <= '\r' }

func isBlank(b byte) bool { return b == ' ' || b == '\t' }

// delimiter returns NUL if zero is set and newline otherwise.
func delimiter(zero bool) byte {
	if zero {
		return 0
	}
	return '\n'
}
