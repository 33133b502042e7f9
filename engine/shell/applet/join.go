package applet

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"
)

// A joiner is one run of join.
type joiner struct {
	c          *Call
	field      [2]int // from 0
	sep        int    // -1: blanks
	unpaired   [2]bool
	onlyUnpair bool
	empty      string
	format     []joinField
	fold       bool
	header     bool
}

// A joinField is an output field: of file 0 or 1, or the join field if file
// is -1.
type joinField struct{ file, field int }

func joinMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "1:2:a:e:ij:o:t:v:z",
		long:  "ignore-case=i check-order nocheck-order header zero-terminated=z",
		usage: "[OPTION]... FILE1 FILE2",
	})
	if !ok {
		return status
	}
	j := &joiner{c: c, sep: -1}
	for _, o := range opts {
		if problem := j.option(o); problem != "" {
			return c.fail("%s", problem)
		}
	}
	if len(files) < 2 {
		return c.missing("operand")
	}
	if len(files) > 2 {
		return c.extra(files[2])
	}
	return j.run(files)
}

func (j *joiner) option(o option) (problem string) {
	n, err := strconv.Atoi(o.value)
	number := err == nil && n >= 1
	switch o.name {
	case "1", "2", "j":
		if !number {
			return "invalid field number: " + quote(o.value)
		}
		if o.name != "2" {
			j.field[0] = n - 1
		}
		if o.name != "1" {
			j.field[1] = n - 1
		}
	case "a", "v":
		if !number || n > 2 {
			return "invalid file number: " + quote(o.value)
		}
		j.unpaired[n-1] = true
		j.onlyUnpair = j.onlyUnpair || o.name == "v"
	case "e":
		j.empty = o.value
	case "i":
		j.fold = true
	case "o":
		if !j.parseFormat(o.value) {
			return "invalid field specifier: " + quote(o.value)
		}
	case "t":
		if len(o.value) > 1 {
			return "multi-character tab " + quote(o.value)
		}
		j.sep = '\n'
		if o.value != "" {
			j.sep = int(o.value[0])
		}
	case "header":
		j.header = true
	case "z":
		return "-z is not supported"
	}
	return ""
}

func (j *joiner) parseFormat(s string) bool {
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if word == "0" {
			j.format = append(j.format, joinField{-1, 0})
			continue
		}
		file, field, ok := strings.Cut(word, ".")
		n, err := strconv.Atoi(field)
		if !ok || err != nil || n < 1 || file != "1" && file != "2" {
			return false
		}
		j.format = append(j.format, joinField{int(file[0] - '1'), n - 1})
	}
	return true
}

func (j *joiner) load(name string) ([][][]byte, error) {
	var rows [][][]byte
	err := j.c.with(name, func(_ string, r io.Reader) error {
		data, err := io.ReadAll(r)
		for _, line := range splitLines(data, '\n') {
			if len(data) == 0 {
				break
			}
			if j.sep >= 0 {
				rows = append(rows, bytes.Split(line, []byte{byte(j.sep)}))
			} else {
				rows = append(rows, bytes.Fields(line))
			}
		}
		return err
	})
	return rows, err
}

func (j *joiner) key(file int, row [][]byte) []byte {
	if j.field[file] >= len(row) {
		return nil
	}
	if j.fold {
		return bytes.ToLower(row[j.field[file]])
	}
	return row[j.field[file]]
}

func (j *joiner) run(files []string) int {
	var rows [2][][][]byte
	for i, name := range files {
		var err error
		if rows[i], err = j.load(name); err != nil {
			return j.c.fail("%s: %s", shown(name), errText(err))
		}
	}
	a, b := rows[0], rows[1]
	if j.header && len(a) > 0 && len(b) > 0 {
		j.print(a[0], b[0])
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 {
		order := bytes.Compare(j.key(0, a[0]), j.key(1, b[0]))
		switch {
		case order < 0:
			j.alone(0, a[0])
			a = a[1:]
		case order > 0:
			j.alone(1, b[0])
			b = b[1:]
		default:
			na, nb := j.run1(0, a), j.run1(1, b)
			for _, x := range a[:na] {
				for _, y := range b[:nb] {
					if !j.onlyUnpair {
						j.print(x, y)
					}
				}
			}
			a, b = a[na:], b[nb:]
		}
	}
	for _, row := range a {
		j.alone(0, row)
	}
	for _, row := range b {
		j.alone(1, row)
	}
	return exitOK
}

// run1 returns how many rows at the start have the same key.
func (j *joiner) run1(file int, rows [][][]byte) int {
	n := 1
	for n < len(rows) && bytes.Equal(j.key(file, rows[0]), j.key(file, rows[n])) {
		n++
	}
	return n
}

func (j *joiner) alone(file int, row [][]byte) {
	if !j.unpaired[file] {
		return
	}
	if file == 0 {
		j.print(row, nil)
	} else {
		j.print(nil, row)
	}
}

func (j *joiner) print(a, b [][]byte) {
	rows := [2][][]byte{a, b}
	sep := byte(' ')
	if j.sep >= 0 {
		sep = byte(j.sep)
	}
	first := true
	put := func(row [][]byte, i int) {
		if !first {
			j.c.out.WriteByte(sep)
		}
		first = false
		if i < len(row) && len(row[i]) > 0 {
			j.c.out.Write(row[i])
		} else {
			puts(j.c, j.empty)
		}
	}
	keyFile := 0
	if a == nil {
		keyFile = 1
	}
	for _, f := range j.format {
		if f.file < 0 {
			put(rows[keyFile], j.field[keyFile])
		} else {
			put(rows[f.file], f.field)
		}
	}
	if j.format == nil {
		put(rows[keyFile], j.field[keyFile])
		for file, row := range rows {
			for i := range row {
				if i != j.field[file] {
					put(row, i)
				}
			}
		}
	}
	j.c.out.WriteByte('\n')
}
