package applet

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// An odType is one way to show a block: a letter of a c d f o u x, and a size.
type odType struct {
	kind  byte
	size  int
	width int  // of a column, without the space before it
	text  bool // z: show the characters at the end of the line
}

type dumper struct {
	c       *Call
	address byte // d o x or n
	types   []odType
	skip    int64
	limit   int64 // -1: none
	width   int
	all     bool // -v: show repeated lines
}

func odMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "A:abcdfhij:lN:oS:st:vw::x",
		long:  "address-radix:=A skip-bytes:=j read-bytes:=N format:=t output-duplicates=v width::=w endian:",
		usage: "[OPTION]... [FILE]...",
	})
	if !ok {
		return status
	}
	d := &dumper{c: c, address: 'o', limit: -1, width: 16}
	for _, o := range opts {
		if msg := d.option(o); msg != "" {
			return c.fail("%s", msg)
		}
	}
	if len(d.types) == 0 {
		d.addTypes("o2")
	}
	block := 1
	for _, t := range d.types {
		block = lcm(block, t.size)
	}
	if d.width%block != 0 {
		c.errorf("warning: invalid width %d; using %d instead", d.width, block)
		d.width = block
	}
	var data bytes.Buffer
	status = c.each(files, func(_ string, r io.Reader) error {
		_, err := io.Copy(&data, r)
		return err
	})
	if d.skip > int64(data.Len()) {
		return c.fail("cannot skip past end of combined input")
	}
	rest := data.Bytes()[d.skip:]
	if d.limit >= 0 && d.limit < int64(len(rest)) {
		rest = rest[:d.limit]
	}
	d.dump(rest)
	return status
}

func lcm(a, b int) int {
	x, y := a, b
	for y != 0 {
		x, y = y, x%y
	}
	return a / x * b
}

// odTypes are the types that flags stand for, as -t would say them.
var odTypes = map[string]string{
	"a": "a", "b": "o1", "c": "c", "d": "u2", "f": "fF", "h": "x2", "x": "x2", "i": "dI", "l": "dL", "o": "o2", "s": "d2",
}

func (d *dumper) option(o option) (problem string) {
	if types := odTypes[o.name]; types != "" {
		d.addTypes(types)
		return ""
	}
	switch o.name {
	case "A":
		if len(o.value) != 1 || strings.IndexByte("doxn", o.value[0]) < 0 {
			return "invalid output address radix '" + o.value + "'; it must be one character from [doxn]"
		}
		d.address = o.value[0]
	case "j", "N":
		n, err := strconv.ParseInt(o.value, 0, 64)
		if err != nil {
			var ok bool
			if n, ok = parseSize(o.value); !ok {
				return "invalid -" + o.name + " argument " + quote(o.value)
			}
		}
		if o.name == "j" {
			d.skip = n
		} else {
			d.limit = n
		}
	case "t":
		if !d.addTypes(o.value) {
			return "invalid type string " + quote(o.value)
		}
	case "v":
		d.all = true
	case "w":
		d.width = 32
		if o.given {
			n, err := strconv.Atoi(o.value)
			if err != nil || n < 1 {
				return "invalid -w argument " + quote(o.value)
			}
			d.width = n
		}
	case "S":
		return "-S is not supported"
	case "endian":
		if o.value != "little" {
			return "--endian=" + o.value + " is not supported"
		}
	}
	return ""
}

// addTypes reads a format such as x1z or dL.
func (d *dumper) addTypes(s string) bool {
	for i := 0; i < len(s); {
		t := odType{kind: s[i], size: 4}
		i++
		switch t.kind {
		case 'a', 'c':
			t.size, t.width = 1, 3
		case 'd', 'o', 'u', 'x':
			if i < len(s) {
				if size := map[byte]int{'C': 1, 'S': 2, 'I': 4, 'L': 8, '1': 1, '2': 2, '4': 4, '8': 8}[s[i]]; size > 0 {
					t.size = size
					i++
				}
			}
			t.width = odWidth(t.kind, t.size)
		case 'f':
			t.size = 8
			if i < len(s) {
				if size := map[byte]int{'F': 4, 'D': 8, '4': 4, '8': 8}[s[i]]; size > 0 {
					t.size = size
					i++
				}
			}
			t.width = map[int]int{4: 15, 8: 24}[t.size]
		default:
			return false
		}
		if i < len(s) && s[i] == 'z' {
			t.text = true
			i++
		}
		d.types = append(d.types, t)
	}
	return true
}

func odWidth(kind byte, size int) int {
	switch kind {
	case 'd':
		return map[int]int{1: 4, 2: 6, 4: 11, 8: 20}[size]
	case 'u':
		return map[int]int{1: 3, 2: 5, 4: 10, 8: 20}[size]
	case 'o':
		return map[int]int{1: 3, 2: 6, 4: 11, 8: 22}[size]
	}
	return 2 * size
}

func (d *dumper) dump(data []byte) {
	var prev []byte
	starred := false
	offset := d.skip
	for len(data) > 0 {
		line := data[:min(d.width, len(data))]
		data = data[len(line):]
		if !d.all && prev != nil && len(line) == d.width && bytes.Equal(line, prev) {
			if !starred {
				puts(d.c, "*\n")
			}
			starred = true
		} else {
			starred = false
			d.line(offset, line)
		}
		prev = line
		offset += int64(len(line))
	}
	if d.address != 'n' {
		puts(d.c, d.addressText(offset), "\n")
	}
}

func (d *dumper) addressText(offset int64) string {
	switch d.address {
	case 'd':
		return fmt.Sprintf("%07d", offset)
	case 'x':
		return fmt.Sprintf("%06x", offset)
	case 'n':
		return ""
	}
	return fmt.Sprintf("%07o", offset)
}

// line prints one line of data in every type. Columns of different types are
// spread so that they line up.
func (d *dumper) line(offset int64, line []byte) {
	total := 0
	for _, t := range d.types {
		total = max(total, (t.width+1)*(d.width/t.size))
	}
	for i, t := range d.types {
		head := d.addressText(offset)
		if i > 0 {
			head = strings.Repeat(" ", len(head))
		}
		puts(d.c, head)
		columns := d.width / t.size
		extra := total - (t.width+1)*columns
		for col := range columns {
			at := col * t.size
			// The extra space is shared out from the right.
			pad := extra*(columns-col)/columns - extra*(columns-col-1)/columns
			if at >= len(line) {
				if t.text {
					puts(d.c, strings.Repeat(" ", t.width+1+pad))
				}
				continue
			}
			block := make([]byte, t.size)
			copy(block, line[at:])
			putf(d.c, "%*s", t.width+1+pad, odValue(t, block))
		}
		if t.text {
			puts(d.c, "  >", printable(line), "<")
		}
		puts(d.c, "\n")
	}
}

func printable(line []byte) string {
	out := make([]byte, len(line))
	for i, b := range line {
		out[i] = b
		if b < ' ' || b > '~' {
			out[i] = '.'
		}
	}
	return string(out)
}

func odValue(t odType, b []byte) string {
	full := make([]byte, 8)
	copy(full, b)
	u := binary.LittleEndian.Uint64(full)
	switch t.kind {
	case 'a':
		return odName(b[0] & 127)
	case 'c':
		return odChar(b[0])
	case 'd':
		shift := 64 - 8*uint(t.size)
		return strconv.FormatInt(int64(u<<shift)>>shift, 10)
	case 'u':
		return strconv.FormatUint(u, 10)
	case 'o':
		return fmt.Sprintf("%0*o", t.width, u)
	case 'x':
		return fmt.Sprintf("%0*x", t.width, u)
	}
	if t.size == 4 {
		return cGeneral(float64(math.Float32frombits(uint32(u))), 8, 'g')
	}
	return strconv.FormatFloat(math.Float64frombits(u), 'g', -1, 64)
}

func odChar(b byte) string {
	switch {
	case b == 0:
		return `\0`
	case b >= '\a' && b <= '\r':
		return cEscape(b)
	case b < ' ' || b > '~':
		return fmt.Sprintf("%03o", b)
	}
	return string(rune(b))
}

func odName(b byte) string {
	switch {
	case b < 32:
		return strings.Fields("nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb " +
			"can em sub esc fs gs rs us")[b]
	case b == 32:
		return "sp"
	case b == 127:
		return "del"
	}
	return string(rune(b))
}
