package applet

import (
	"bytes"
	"context"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A span is a range of positions from 1, both ends included.
type span struct{ lo, hi int }

// parseSpans reads a list such as 1,3-5,7-, and returns it sorted and merged.
// what names the positions in errors. The error is the text to print.
func parseSpans(list, what string) (spans []span, errText string) {
	for _, part := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || isBlank(byte(r)) }) {
		lo, hi, ranged := strings.Cut(part, "-")
		s := span{1, math.MaxInt}
		var ok bool
		if lo == "" && hi == "" {
			return nil, "invalid range with no endpoint: " + part
		}
		if lo != "" {
			if s.lo, ok = position(lo); !ok {
				return nil, "invalid " + what + " value " + quote(part)
			}
			if s.lo == 0 {
				return nil, what + "s are numbered from 1"
			}
		}
		switch {
		case !ranged:
			s.hi = s.lo
		case hi != "":
			if s.hi, ok = position(hi); !ok {
				return nil, "invalid " + what + " value " + quote(part)
			}
			if s.hi < s.lo {
				return nil, "invalid decreasing range"
			}
		}
		spans = append(spans, s)
	}
	if len(spans) == 0 {
		return nil, what + "s are numbered from 1"
	}
	slices.SortFunc(spans, func(a, b span) int { return a.lo - b.lo })
	merged := spans[:1]
	for _, s := range spans[1:] {
		last := &merged[len(merged)-1]
		// Adjacent ranges stay apart: --output-delimiter goes between them.
		if s.lo <= last.hi {
			last.hi = max(last.hi, s.hi)
		} else {
			merged = append(merged, s)
		}
	}
	return merged, ""
}

func position(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 63)
	return int(n), err == nil
}

// complement returns the positions that are in none of the spans.
func complement(spans []span) []span {
	var out []span
	next := 1
	for _, s := range spans {
		if s.lo > next {
			out = append(out, span{next, s.lo - 1})
		}
		if s.hi == math.MaxInt {
			return out
		}
		next = s.hi + 1
	}
	return append(out, span{next, math.MaxInt})
}

type cutter struct {
	list, kind string // what was asked for: the list of -b, -c or -f, and which
	invert     bool
	spans      []span
	fields     bool
	delim      byte
	hasDelim   bool
	outDelim   []byte
	hasOut     bool
	onlyDelim  bool
	eol        byte
}

func cutMain(_ context.Context, c *Call) int {
	opts, files, status, ok := c.options(flagSpec{
		short: "b:c:d:f:nsz",
		long:  "bytes:=b characters:=c delimiter:=d fields:=f only-delimited=s zero-terminated=z complement output-delimiter:",
		usage: "OPTION... [FILE]...",
	})
	if !ok {
		return status
	}
	k := cutter{delim: '\t', eol: '\n'}
	for _, o := range opts {
		if problem := k.option(o); problem != "" {
			return c.usageErr("%s", problem)
		}
	}
	if problem := k.complete(); problem != "" {
		return c.usageErr("%s", problem)
	}
	return c.each(files, func(_ string, r io.Reader) error {
		return eachLine(r, k.eol, func(line []byte, _ bool) error {
			if k.fields {
				return k.cutFields(c, line)
			}
			return k.cutBytes(c, line)
		})
	})
}

func (k *cutter) option(o option) (problem string) {
	switch o.name {
	case "b", "c", "f":
		if k.kind != "" {
			return "only one type of list may be specified"
		}
		k.list, k.kind = o.value, o.name
	case "d":
		if len(o.value) > 1 {
			return "the delimiter must be a single character"
		}
		k.delim, k.hasDelim = 0, true
		if o.value != "" {
			k.delim = o.value[0]
		}
	case "s":
		k.onlyDelim = true
	case "z":
		k.eol = 0
	case "complement":
		k.invert = true
	case "output-delimiter":
		k.outDelim, k.hasOut = []byte(o.value), true
	}
	return ""
}

// complete checks the options together, and parses the list.
func (k *cutter) complete() (problem string) {
	k.fields = k.kind == "f"
	what := "byte/character position"
	switch {
	case k.kind == "":
		return "you must specify a list of bytes, characters, or fields"
	case k.fields:
		what = "field"
	case k.hasDelim:
		return "an input delimiter may be specified only when operating on fields"
	case k.onlyDelim:
		return "suppressing non-delimited lines makes sense\n\tonly when operating on fields"
	}
	if k.spans, problem = parseSpans(k.list, what); problem != "" {
		return problem
	}
	if k.invert {
		k.spans = complement(k.spans)
	}
	if k.fields && !k.hasOut {
		k.outDelim = []byte{k.delim}
	}
	return ""
}

func (k *cutter) cutBytes(c *Call, line []byte) error {
	for i, s := range k.spans {
		if s.lo > len(line) {
			break
		}
		if i > 0 && k.hasOut {
			c.out.Write(k.outDelim)
		}
		c.out.Write(line[s.lo-1 : min(s.hi, len(line))])
	}
	return c.out.WriteByte(k.eol)
}

func (k *cutter) cutFields(c *Call, line []byte) error {
	if bytes.IndexByte(line, k.delim) < 0 {
		if k.onlyDelim {
			return nil
		}
		c.out.Write(line)
		return c.out.WriteByte(k.eol)
	}
	printed := false
	spans := k.spans
	for n := 1; ; n++ {
		field, rest, more := bytes.Cut(line, []byte{k.delim})
		for len(spans) > 0 && spans[0].hi < n {
			spans = spans[1:]
		}
		if len(spans) == 0 {
			break
		}
		if spans[0].lo <= n {
			if printed {
				c.out.Write(k.outDelim)
			}
			c.out.Write(field)
			printed = true
		}
		if !more {
			break
		}
		line = rest
	}
	return c.out.WriteByte(k.eol)
}
