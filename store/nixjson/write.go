package nixjson

import (
	"fmt"
	"math"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string.
// It is an error if s is not valid UTF-8; then what Nix writes of it is appended.
func AppendString(dst []byte, s string) ([]byte, error) {
	dst = append(dst, '"')
	start := len(dst)
	plain := 0 // s[plain:i] needs no escape
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x80 {
			n, err := validRune(s, i)
			if err != nil {
				return appendPieces(dst[:start], s[:i]), err
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[plain:i]...)
		dst = appendEscape(dst, c)
		i++
		plain = i
	}
	dst = append(dst, s[plain:]...)
	return append(dst, '"'), nil
}

// appendPieces appends s as far as it is written when an error follows it: a piece is
// written once it has 500 bytes.
// Source: serializer::dump_escaped of nlohmann's JSON, which has a buffer of 512 bytes.
func appendPieces(dst []byte, s string) []byte {
	written := len(dst)
	for _, r := range s {
		if r < ' ' || r == '"' || r == '\\' {
			dst = appendEscape(dst, byte(r))
		} else {
			dst = utf8.AppendRune(dst, r)
		}
		if len(dst)-written >= 500 {
			written = len(dst)
		}
	}
	return dst[:written]
}

// appendEscape appends the escape sequence of an ASCII character.
func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\t':
		return append(dst, '\\', 't')
	case '\n':
		return append(dst, '\\', 'n')
	case '\f':
		return append(dst, '\\', 'f')
	case '\r':
		return append(dst, '\\', 'r')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// validRune returns the length of the UTF-8 sequence at s[i], which starts
// with a byte of 0x80 or above.
func validRune(s string, i int) (int, error) {
	n, lo, hi := leadByte(s[i])
	if n == 0 {
		return 0, invalidByte(s, i)
	}
	for k := 1; k < n; k++ {
		if i+k == len(s) {
			return 0, fmt.Errorf("[json.exception.type_error.316] incomplete UTF-8 string; last byte: 0x%02X", s[len(s)-1])
		}
		if s[i+k] < lo || s[i+k] > hi {
			return 0, invalidByte(s, i+k)
		}
		lo, hi = 0x80, 0xbf
	}
	return n, nil
}

func invalidByte(s string, i int) error {
	return fmt.Errorf("[json.exception.type_error.316] invalid UTF-8 byte at index %d: 0x%02X", i, s[i])
}

// leadByte returns the length of the UTF-8 sequence that c begins, and the
// bounds of its second byte; n is 0 if c begins none.
func leadByte(c byte) (n int, lo, hi byte) {
	switch {
	case c < 0xc2:
		return 0, 0, 0
	case c < 0xe0:
		return 2, 0x80, 0xbf
	case c == 0xe0:
		return 3, 0xa0, 0xbf
	case c == 0xed:
		return 3, 0x80, 0x9f
	case c < 0xf0:
		return 3, 0x80, 0xbf
	case c == 0xf0:
		return 4, 0x90, 0xbf
	case c < 0xf4:
		return 4, 0x80, 0xbf
	case c == 0xf4:
		return 4, 0x80, 0x8f
	}
	return 0, 0, 0
}

// AppendFloat appends a float. What JSON cannot express becomes null.
func AppendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	if math.Signbit(f) {
		dst = append(dst, '-')
		f = -f
	}
	if f == 0 {
		return append(dst, "0.0"...)
	}
	digits, exp := grisu2(f)
	return appendDigits(dst, digits, exp)
}

// appendDigits appends digits·10^exp, with a point or an exponent in any case.
func appendDigits(dst, digits []byte, exp int) []byte {
	const minExp, maxExp = -4, 15
	k, n := len(digits), len(digits)+exp // n: where the point goes
	switch {
	case k <= n && n <= maxExp:
		dst = append(dst, digits...)
		for range n - k {
			dst = append(dst, '0')
		}
		return append(dst, '.', '0')
	case 0 < n && n <= maxExp:
		dst = append(dst, digits[:n]...)
		dst = append(dst, '.')
		return append(dst, digits[n:]...)
	case minExp < n && n <= 0:
		dst = append(dst, '0', '.')
		for range -n {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	}
	dst = append(dst, digits[0])
	if k > 1 {
		dst = append(dst, '.')
		dst = append(dst, digits[1:]...)
	}
	dst = append(dst, 'e')
	e := n - 1
	if e < 0 {
		dst, e = append(dst, '-'), -e
	} else {
		dst = append(dst, '+')
	}
	if e >= 100 {
		dst = append(dst, byte('0'+e/100))
		e %= 100
	}
	return append(dst, byte('0'+e/10), byte('0'+e%10))
}
