package applet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
)

type sorter struct {
	mode   sortMode // for keys without options of their own, and whole lines
	keys   []sortKey
	tab    int // field separator, -1: blanks
	unique bool
	stable bool
	check  byte // 'c' reports the disorder, 'C' only returns a status
	merge  bool
	eol    byte
	output string
}

func sortMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "bcCdfghik:mMno:rRsS:t:T:uVyz",
		long: "ignore-leading-blanks=b dictionary-order=d ignore-case=f general-numeric-sort=g ignore-nonprinting=i " +
			"month-sort=M human-numeric-sort=h numeric-sort=n reverse=r version-sort=V check::=c key:=k merge=m " +
			"output:=o stable=s buffer-size:=S field-separator:=t temporary-directory:=T unique=u zero-terminated=z " +
			"parallel: batch-size:",
		status: exitTrouble,
		usage:  "[OPTION]... [FILE]...",
	})
	if !ok {
		return status
	}
	s := &sorter{tab: -1, eol: '\n'}
	for _, o := range opts {
		if err := s.option(o); err != nil {
			c.errorf("%v", err)
			return exitTrouble
		}
	}
	s.inherit()
	if len(files) == 0 {
		files = []string{"-"}
	}
	if s.check != 0 {
		return s.checkOrder(c, files)
	}
	return s.run(c, files)
}

func (s *sorter) option(o option) error {
	switch o.name {
	case "b":
		s.mode.set('b', true, true)
	case "d", "f", "g", "h", "i", "M", "n", "r", "V":
		s.mode.set(o.name[0], true, true)
	case "R":
		return errors.New("-R: random order is not supported")
	case "c", "C":
		s.check = o.name[0]
		if o.value == "quiet" || o.value == "silent" {
			s.check = 'C'
		}
	case "k":
		k, err := parseSortKey(o.value)
		if err != nil {
			return err
		}
		s.keys = append(s.keys, k)
	case "m":
		s.merge = true
	case "o":
		s.output = o.value
	case "s":
		s.stable = true
	case "t":
		switch {
		case o.value == "":
			return errors.New("empty tab")
		case o.value == `\0`:
			s.tab = 0
		case len(o.value) > 1:
			return errors.New("multi-character tab " + quote(o.value))
		default:
			s.tab = int(o.value[0])
		}
	case "u":
		s.unique = true
	case "z":
		s.eol = 0
	}
	return nil
}

// inherit gives keys without options the global ones.
func (s *sorter) inherit() {
	for i := range s.keys {
		if !s.keys[i].own {
			s.keys[i].mode = s.mode
		}
	}
	if len(s.keys) == 0 && s.mode != (sortMode{}) && s.mode != (sortMode{reverse: true}) {
		s.keys = []sortKey{{startField: 1, startChar: 1, mode: s.mode}}
	}
}

// compareKeys compares two lines by the keys only.
func (s *sorter) compareKeys(a, b []byte) int {
	for i := range s.keys {
		k := &s.keys[i]
		if order := k.mode.compare(k.extract(a, s.tab), k.extract(b, s.tab)); order != 0 {
			if k.mode.reverse {
				return -order
			}
			return order
		}
	}
	return 0
}

// compare compares two lines by the keys and, as the last resort, by bytes.
func (s *sorter) compare(a, b []byte) int {
	if len(s.keys) > 0 {
		if order := s.compareKeys(a, b); order != 0 || s.stable || s.unique {
			return order
		}
	}
	order := bytes.Compare(a, b)
	if s.mode.reverse {
		return -order
	}
	return order
}

func (s *sorter) run(c *Call, files []string) int {
	var lines [][]byte
	for _, name := range files {
		err := c.with(name, func(_ string, r io.Reader) error {
			data, err := io.ReadAll(r)
			lines = append(lines, splitLines(data, s.eol)...)
			return err
		})
		if err != nil {
			if name != "-" && !errors.Is(err, os.ErrPermission) && !errors.Is(err, os.ErrNotExist) {
				c.errorf("read failed: %s: %s", shown(name), errText(err))
			} else {
				c.errorf("cannot read: %s: %s", shown(name), errText(err))
			}
			return exitTrouble
		}
	}
	slices.SortStableFunc(lines, s.compare)
	out := io.Writer(c.out)
	if s.output != "" {
		f, err := c.create(s.output, os.O_CREATE|os.O_TRUNC, 0o666)
		if err != nil {
			c.errorf("open failed: %s: %s", shown(s.output), errText(err))
			return exitTrouble
		}
		defer f.Close()
		out = f
	}
	var buf []byte
	for i, line := range lines {
		if s.unique && i > 0 && s.compare(lines[i-1], line) == 0 {
			lines[i] = lines[i-1]
			continue
		}
		buf = append(append(buf, line...), s.eol)
		if len(buf) > 1<<16 {
			if _, err := out.Write(buf); err != nil {
				return exitOK
			}
			buf = buf[:0]
		}
	}
	if _, err := out.Write(buf); err != nil && s.output != "" {
		c.errorf("write failed: %s: %s", shown(s.output), errText(err))
		return exitTrouble
	}
	return exitOK
}

// splitLines splits data at eol; a missing one at the end does not matter.
func splitLines(data []byte, eol byte) [][]byte {
	if len(data) == 0 {
		return nil
	}
	return bytes.Split(bytes.TrimSuffix(data, []byte{eol}), []byte{eol})
}

func (s *sorter) checkOrder(c *Call, files []string) int {
	if len(files) > 1 {
		c.errorf("extra operand %s not allowed with -%c", quote(files[1]), s.check)
		return exitTrouble
	}
	var prev []byte
	n, status := 0, exitOK
	err := c.with(files[0], func(name string, r io.Reader) error {
		return eachLine(r, s.eol, func(line []byte, _ bool) error {
			n++
			if n > 1 {
				order := s.compare(prev, line)
				if order > 0 || s.unique && order == 0 {
					if s.check == 'c' {
						c.errorf("%s:%d: disorder: %s", name, n, line)
					}
					status = exitFailure
					return errStop
				}
			}
			prev = append(prev[:0], line...)
			return nil
		})
	})
	if err != nil {
		c.errorf("cannot read: %s: %s", shown(files[0]), errText(err))
		return exitTrouble
	}
	return status
}
