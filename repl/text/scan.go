package text

// This file finds terminal sequences in untrusted bytes: the ESC forms and the
// C1 controls that some terminals take for them, encoded as UTF-8 or raw.

import (
	"strconv"
	"strings"
)

// sequence returns the length of the terminal sequence that s begins with, 0 if
// it begins with none. A sequence that does not end takes all of s.
func sequence(s string) int {
	kind, n := introducer(s)
	switch kind {
	case 0:
		return 0
	case '[':
		return csi(s, n)
	case ']', 'P', 'X', '^', '_':
		return stringSequence(s, n)
	default:
		return n
	}
}

// introducer returns the 7-bit letter of the introducer at the start of s ('['
// for CSI, ']' for OSC …), or '\\' for a sequence that is complete in itself,
// and its length. It returns 0 if s starts with neither ESC nor such a control.
func introducer(s string) (kind byte, n int) {
	c1 := byte(0)
	switch {
	case s[0] == 0x1b:
		return escape(s)
	case s[0] == 0xc2 && len(s) > 1:
		c1, n = s[1], 2
	case s[0] >= 0x80 && s[0] <= 0x9f:
		c1, n = s[0], 1
	}
	switch c1 {
	case 0x90, 0x98, 0x9b, 0x9d, 0x9e, 0x9f:
		return c1 - 0x40, n
	}
	return 0, 0
}

// escape is introducer for an s that starts with ESC.
func escape(s string) (kind byte, n int) {
	n = 1
	for n < len(s) && s[n] >= 0x20 && s[n] <= 0x2f { // intermediate bytes
		n++
	}
	if n == len(s) {
		return '\\', n
	}
	if n == 1 && strings.IndexByte("[]PX^_", s[1]) >= 0 {
		return s[1], 2
	}
	if s[n] >= 0x30 && s[n] <= 0x7e {
		return '\\', n + 1
	}
	return '\\', n
}

// csi returns the length of the control sequence whose introducer is s[:n].
func csi(s string, n int) int {
	for n < len(s) && s[n] >= 0x20 && s[n] <= 0x3f {
		n++
	}
	if n < len(s) && s[n] >= 0x40 && s[n] <= 0x7e {
		n++
	}
	return n
}

// stringSequence returns the length of the string sequence (OSC, DCS, SOS, PM,
// APC) whose introducer is s[:n], including its terminator.
func stringSequence(s string, n int) int {
	for ; n < len(s); n++ {
		switch s[n] {
		case 0x07:
			return n + 1
		case 0x18, 0x1a: // CAN and SUB abort
			return n + 1
		case 0x1b:
			if n+1 < len(s) && s[n+1] == '\\' {
				return n + 2
			}
			return n // another sequence begins
		case 0x9c:
			if s[n-1] == 0xc2 || !continues(s, n) {
				return n + 1
			}
		}
	}
	return n
}

// continues tells whether s[i] can be the continuation of a UTF-8 character
// other than U+009C.
func continues(s string, i int) bool {
	return i > 0 && s[i-1] >= 0x80
}

// safeSGR returns seq, if it is a whole ESC [ … m, without blinking and
// concealing and in canonical form. off tells that it leaves every attribute
// off. ok is false if nothing is left.
func safeSGR(seq string) (safe string, off, ok bool) {
	body, isCSI := strings.CutPrefix(seq, "\x1b[")
	body, isSGR := strings.CutSuffix(body, "m")
	if !isCSI || !isSGR || len(body) > 128 || strings.Trim(body, "0123456789;:") != "" {
		return "", false, false
	}
	if strings.Trim(body, "0;") == "" {
		return reset, true, true
	}
	params := strings.Split(body, ";")
	kept := make([]string, 0, len(params))
	for i := 0; i < len(params); i++ {
		head, _, colons := strings.Cut(params[i], ":")
		v := number(head)
		k := 1
		if isColour := v == 38 || v == 48 || v == 58; isColour && !colons {
			k = colourParams(params[i:])
			if k == 0 {
				break // cut short: what follows has no sure meaning
			}
		}
		if v >= 0 && v <= 107 && v != 5 && v != 6 && v != 8 {
			kept = append(kept, params[i:i+k]...)
			off = v == 0
		}
		i += k - 1
	}
	if len(kept) == 0 {
		return "", false, false
	}
	return "\x1b[" + strings.Join(kept, ";") + "m", off, true
}

// colourParams returns how many parameters the extended colour at the start of
// params takes, 0 if it is cut short.
func colourParams(params []string) int {
	if len(params) >= 3 && params[1] == "5" && number(params[2]) >= 0 {
		return 3
	}
	if len(params) >= 5 && params[1] == "2" {
		return 5
	}
	return 0
}

// number reads a parameter; an empty one is 0, one that is none is -1.
func number(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n > 255 {
		return -1
	}
	return n
}
