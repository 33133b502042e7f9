package logview

// This file reads logs: it finds where lines begin, reads some of them, and
// searches all of them. Of a log of a million lines it keeps 125 KB. Nothing
// here is called on Bubble Tea's loop.

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"nixbench/repl/text"
)

const (
	stride    = 64       // lines between two known offsets
	scanChunk = 8 << 20  // bytes that one command looks through
	maxLine   = 64 << 10 // bytes of a line that are kept for display
)

// An index knows where in a file the lines are. It is a value; its slice is
// only appended to.
type index struct {
	starts []int64 // offset of each line whose number divides by stride
	lines  int     // complete ones
	size   int64   // bytes looked through
	last   int64   // offset behind the last newline
}

// total is the number of lines with the one that is not complete.
func (x index) total() int {
	if x.size > x.last {
		return x.lines + 1
	}
	return x.lines
}

// extend looks through at most [scanChunk] more bytes of f. more tells that
// there are further ones.
func (x index) extend(f File) (_ index, more bool, err error) {
	size, err := f.Size()
	if err != nil {
		return x, false, fmt.Errorf("read log: %w", err)
	}
	if size < x.size { // cut short, as a new build does
		x = index{}
	}
	end := min(size, x.size+scanChunk)
	buf := make([]byte, min(end-x.size, 256<<10))
	for x.size < end {
		n, err := f.ReadAt(buf[:min(int64(len(buf)), end-x.size)], x.size)
		x.count(buf[:n])
		if err != nil && !errors.Is(err, io.EOF) {
			return x, false, fmt.Errorf("read log: %w", err)
		}
		if n == 0 {
			break
		}
	}
	return x, x.size < size, nil
}

// count takes note of the lines in the next bytes of the file.
func (x *index) count(b []byte) {
	if len(x.starts) == 0 && len(b) > 0 {
		x.starts = append(x.starts, 0)
	}
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		x.lines++
		x.last = x.size + int64(at)
		if x.lines%stride == 0 {
			x.starts = append(x.starts, x.last)
		}
	}
	x.size += int64(len(b))
}

// A line of a log, cleaned.
type line struct {
	text string
	at   int64 // where it begins in the file
}

// read returns the lines from number from to number to.
func (x index) read(f File, from, to int) ([]line, error) {
	to = min(to, x.total())
	if from >= to {
		return nil, nil
	}
	start := x.starts[from/stride]
	r := bufio.NewReaderSize(io.NewSectionReader(f, start, x.size-start), 64<<10)
	at := start
	for range from % stride {
		n, err := skipLine(r)
		if err != nil {
			return nil, err
		}
		at += n
	}
	lines := make([]line, 0, to-from)
	for range to - from {
		raw, n, err := readLine(r)
		if err != nil {
			return lines, err
		}
		lines = append(lines, line{text.LogLine(raw), at})
		at += n
	}
	return lines, nil
}

// skipLine passes over a line of n bytes.
func skipLine(r *bufio.Reader) (n int64, err error) {
	for {
		part, err := r.ReadSlice('\n')
		n += int64(len(part))
		if !errors.Is(err, bufio.ErrBufferFull) {
			return n, readError(err)
		}
	}
}

// readLine returns the next line without its newline, and how many bytes it takes. Of
// a line that is longer than maxLine it returns the beginning, or, of one that was
// redrawn with carriage returns, the end.
func readLine(r *bufio.Reader) (raw string, n int64, err error) {
	part, err := r.ReadSlice('\n')
	n = int64(len(part))
	if err == nil || errors.Is(err, io.EOF) {
		return string(bytes.TrimSuffix(part, []byte("\n"))), n, readError(err)
	}
	var line []byte
	for {
		if i := bytes.LastIndexByte(part, '\r'); i >= 0 && len(line)+len(part) > maxLine {
			line = append(line[:0], part[i:]...)
		} else if len(line) < maxLine {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return string(bytes.TrimSuffix(line, []byte("\n"))), n, readError(err)
		}
		part, err = r.ReadSlice('\n')
		n += int64(len(part))
	}
}

// readError is err but for the end of the file, where the last line ends.
func readError(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	return fmt.Errorf("read log: %w", err)
}

// A scan is where a search has come to.
type scan struct {
	offset int64 // at the start of a line
	line   int   // its number
}

// search looks through about [scanChunk] bytes of f up to limit for lines that
// match, which is given them in lower case, and returns their numbers. A line that is
// not complete is searched, and next stays in front of it.
func search(f File, match func(low []byte) bool, from scan, limit int64) (found []int32, next scan, err error) {
	r := bufio.NewReaderSize(io.NewSectionReader(f, from.offset, limit-from.offset), 256<<10)
	next = from
	var low []byte
	var rest []byte // the beginning of a line that does not fit the reader
	for next.offset-from.offset < scanChunk && next.offset < limit {
		part, err := r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			rest = append(rest, part...)
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return found, next, fmt.Errorf("search log: %w", err)
		}
		line := part
		if len(rest) > 0 {
			line = append(rest, part...)
		}
		low = lower(low[:0], line)
		if match(low) {
			found = append(found, int32(next.line))
		}
		if err != nil || len(line) == 0 {
			return found, next, nil // the last line, perhaps to be continued
		}
		next.offset += int64(len(line))
		next.line++
		rest = rest[:0]
	}
	return found, next, nil
}

// lower appends line to buf as it is shown, in lower case.
func lower(buf, line []byte) []byte {
	plain := true
	for _, c := range line {
		if c >= 0x80 || c < 0x20 && c != '\n' && c != '\t' {
			plain = false
			break
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf = append(buf, c)
	}
	if plain {
		return buf
	}
	return append(buf[:0], strings.ToLower(text.PlainLine(strings.TrimSuffix(string(line), "\n")))...)
}
