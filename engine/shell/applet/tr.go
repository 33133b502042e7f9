package applet

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// A trSet is one of tr's operands, expanded to bytes.
type trSet struct {
	chars  []byte
	classy bool // holds [:upper:] or [:lower:]
	fill   int  // index in chars of a [x*] that takes what room there is, or -1
}

func trMain(_ context.Context, c *Call) int {
	opts, sets, status, ok := c.options(flagSpec{
		short: "+cCdst",
		long:  "complement=c delete=d squeeze-repeats=s truncate-set1=t",
		usage: "[OPTION]... STRING1 [STRING2]",
	})
	if !ok {
		return status
	}
	var inverted, del, squeeze, truncate bool
	for _, o := range opts {
		switch o.name {
		case "c", "C":
			inverted = true
		case "d":
			del = true
		case "s":
			squeeze = true
		case "t":
			truncate = true
		}
	}
	if msg := trOperands(c, sets, del, squeeze); msg >= 0 {
		return msg
	}
	set1, err := parseTrSet(sets[0])
	if err != nil {
		return c.fail("%v", err)
	}
	if inverted {
		set1.chars = invertBytes(set1.chars)
	}
	t := &translator{}
	for i := range t.to {
		t.to[i] = byte(i)
	}
	last := set1.chars
	if len(sets) == 2 {
		set2, err := parseTrSet(sets[1])
		if err != nil {
			return c.fail("%v", err)
		}
		if !del {
			if msg := t.translate(set1.chars, set2, truncate); msg != "" {
				return c.fail("%s", msg)
			}
		}
		last = set2.chars
	}
	if del {
		mark(&t.del, set1.chars)
	}
	if squeeze {
		mark(&t.squeeze, last)
	}
	return t.run(c)
}

// trOperands checks the number of operands; a negative result is fine.
func trOperands(c *Call, sets []string, del, squeeze bool) int {
	switch {
	case len(sets) == 0:
		return c.missing("operand")
	case len(sets) == 1 && !del && !squeeze:
		return c.usageErr("missing operand after %s\nTwo strings must be given when translating.", quote(sets[0]))
	case len(sets) == 1 && del && squeeze:
		return c.usageErr("missing operand after %s\nTwo strings must be given when both deleting and squeezing repeats.", quote(sets[0]))
	case len(sets) == 2 && del && !squeeze:
		return c.usageErr("extra operand %s\nOnly one string may be given when deleting without squeezing repeats.", quote(sets[1]))
	case len(sets) > 2:
		return c.extra(sets[2])
	}
	return -1
}

func mark(table *[256]bool, chars []byte) {
	for _, ch := range chars {
		table[ch] = true
	}
}

func invertBytes(chars []byte) []byte {
	var in [256]bool
	mark(&in, chars)
	var out []byte
	for i := range 256 {
		if !in[i] {
			out = append(out, byte(i))
		}
	}
	return out
}

type translator struct {
	to           [256]byte
	del, squeeze [256]bool
}

func (t *translator) translate(from []byte, to trSet, truncate bool) (errText string) {
	if to.fill >= 0 && len(from) > len(to.chars)-1 {
		room := len(from) - (len(to.chars) - 1)
		fill := strings.Repeat(string(to.chars[to.fill:to.fill+1]), room)
		to.chars = []byte(string(to.chars[:to.fill]) + fill + string(to.chars[to.fill+1:]))
	}
	if len(to.chars) == 0 && !truncate {
		return "when not truncating set1, string2 must be non-empty"
	}
	for i, ch := range from {
		switch {
		case i < len(to.chars):
			t.to[ch] = to.chars[i]
		case !truncate:
			t.to[ch] = to.chars[len(to.chars)-1]
		}
	}
	return ""
}

func (t *translator) run(c *Call) int {
	buf := make([]byte, 32768)
	last := -1
	for {
		n, err := c.Stdin.Read(buf)
		out := buf[:0]
		for _, ch := range buf[:n] {
			if t.del[ch] {
				continue
			}
			ch = t.to[ch]
			if t.squeeze[ch] && int(ch) == last {
				continue
			}
			last = int(ch)
			out = append(out, ch)
		}
		if _, werr := c.out.Write(out); werr != nil {
			return exitOK // reported when the output is flushed
		}
		if err != nil {
			if ignoreEOF(err) != nil {
				return c.fail("read error: %s", errText(err))
			}
			return exitOK
		}
	}
}

func parseTrSet(s string) (trSet, error) {
	set := trSet{fill: -1}
	for i := 0; i < len(s); {
		if n, err := set.construct(s[i:]); err != nil {
			return set, err
		} else if n > 0 {
			i += n
			continue
		}
		lo, n := trChar(s[i:])
		i += n
		if i+1 < len(s) && s[i] == '-' {
			hi, n := trChar(s[i+1:])
			i += 1 + n
			if hi < lo {
				return set, fmt.Errorf("range-endpoints of '%c-%c' are in reverse collating sequence order", lo, hi)
			}
			for ch := int(lo); ch <= int(hi); ch++ {
				set.chars = append(set.chars, byte(ch))
			}
			continue
		}
		set.chars = append(set.chars, lo)
	}
	return set, nil
}

// construct reads [:class:], [=c=], [c*] or [c*n] and returns its length, or 0.
func (set *trSet) construct(s string) (int, error) {
	if len(s) < 4 || s[0] != '[' {
		return 0, nil
	}
	if s[1] == ':' {
		if end := strings.Index(s[2:], ":]"); end >= 0 {
			name := s[2 : 2+end]
			chars := classBytes(name)
			if chars == nil {
				return 0, fmt.Errorf("invalid character class %s", quote(name))
			}
			set.classy = set.classy || name == "upper" || name == "lower"
			set.chars = append(set.chars, chars...)
			return 4 + end, nil
		}
		return 0, nil
	}
	if s[1] == '=' {
		if ch, n := trChar(s[2:]); strings.HasPrefix(s[2+n:], "=]") {
			set.chars = append(set.chars, ch)
			return 4 + n, nil
		}
		return 0, nil
	}
	ch, n := trChar(s[1:])
	rest := s[1+n:]
	end := strings.IndexByte(rest, ']')
	if !strings.HasPrefix(rest, "*") || end < 0 {
		return 0, nil
	}
	count := rest[1:end]
	base := 10
	if strings.HasPrefix(count, "0") {
		base = 8
	}
	times, err := strconv.ParseUint(count, base, 31)
	if count != "" && err != nil {
		return 0, fmt.Errorf("invalid repeat count %s in [c*n] construct", quote(count))
	}
	if times == 0 {
		set.fill = len(set.chars)
		times = 1
	}
	for range times {
		set.chars = append(set.chars, ch)
	}
	return 1 + n + end + 1, nil
}

// trChar reads one character, which may be an escape.
func trChar(s string) (byte, int) {
	if s[0] != '\\' || len(s) == 1 {
		return s[0], 1
	}
	end := 1
	for end < len(s) && end < 4 && '0' <= s[end] && s[end] <= '7' {
		end++
	}
	if end > 1 {
		v, err := strconv.ParseUint(s[1:end], 8, 8)
		if err != nil { // \400: two digits and another character
			end--
			v, _ = strconv.ParseUint(s[1:end], 8, 8)
		}
		return byte(v), end
	}
	return simpleEscape(s[1]), 2
}

// classBytes returns the members of a character class in the C locale, or nil.
func classBytes(name string) []byte {
	in := classTest(name)
	if in == nil {
		return nil
	}
	var out []byte
	for i := range 256 {
		if in(byte(i)) {
			out = append(out, byte(i))
		}
	}
	return out
}

func classTest(name string) func(b byte) bool {
	letter := func(b byte) bool { return 'a' <= lower(b) && lower(b) <= 'z' }
	switch name {
	case "alpha":
		return letter
	case "digit":
		return isDigit
	case "alnum":
		return func(b byte) bool { return letter(b) || isDigit(b) }
	case "upper":
		return func(b byte) bool { return 'A' <= b && b <= 'Z' }
	case "lower":
		return func(b byte) bool { return 'a' <= b && b <= 'z' }
	case "space":
		return isSpace
	case "blank":
		return isBlank
	case "punct":
		return func(b byte) bool { return ' ' < b && b < 127 && !letter(b) && !isDigit(b) }
	case "print":
		return func(b byte) bool { return ' ' <= b && b < 127 }
	case "graph":
		return func(b byte) bool { return ' ' < b && b < 127 }
	case "cntrl":
		return func(b byte) bool { return b < ' ' || b == 127 }
	case "xdigit":
		return func(b byte) bool { return isDigit(b) || 'a' <= lower(b) && lower(b) <= 'f' }
	}
	return nil
}
