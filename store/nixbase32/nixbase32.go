// Package nixbase32 is the base-32 encoding of hashes that Nix uses in store
// paths.
//
// It differs from RFC 4648: the alphabet leaves out e, o, u and t, there is no
// padding, and the bytes are read as one little-endian number whose most
// significant digit is printed first.
//
// Format: Nix manual, "Nix32 encoding".
package nixbase32

import "fmt"

// Alphabet holds the 32 digits in order of their value.
const Alphabet = "0123456789abcdfghijklmnpqrsvwxyz"

// invalid marks the bytes of the reverse table that are no digit.
const invalid = 0xff

// digits is the value of each byte as a digit, or invalid. It is never changed.
var digits = func() (table [256]byte) {
	for i := range table {
		table[i] = invalid
	}
	for i := range len(Alphabet) {
		table[Alphabet[i]] = byte(i)
	}
	return table
}()

// EncodedLen returns the number of digits that n bytes need.
func EncodedLen(n int) int {
	if n == 0 {
		return 0
	}
	return (n*8-1)/5 + 1
}

// DecodedLen returns the number of bytes that n digits hold.
// A digit count that no byte count encodes to is rounded down.
func DecodedLen(n int) int { return n * 5 / 8 }

// EncodeToString returns the digits of src.
func EncodeToString(src []byte) string {
	return string(AppendEncode(nil, src))
}

// AppendEncode appends the digits of src to dst.
func AppendEncode(dst, src []byte) []byte {
	for k := EncodedLen(len(src)) - 1; k >= 0; k-- {
		i, j := k*5/8, uint(k*5%8)
		c := src[i] >> j
		if i+1 < len(src) {
			c |= src[i+1] << (8 - j)
		}
		dst = append(dst, Alphabet[c&31])
	}
	return dst
}

// DecodeString is the inverse of [EncodeToString].
// It refuses bytes outside the alphabet, lengths that no encoding has, and
// digits whose bits lie beyond the last byte, so that no two strings mean the
// same bytes.
func DecodeString(s string) ([]byte, error) {
	n := DecodedLen(len(s))
	if EncodedLen(n) != len(s) {
		return nil, fmt.Errorf("decode nix32 %q: no encoding has %d digits", s, len(s))
	}
	out := make([]byte, n)
	for k := range len(s) {
		d := digits[s[len(s)-1-k]]
		if d == invalid {
			return nil, fmt.Errorf("decode nix32 %q: illegal character %q", s, s[len(s)-1-k])
		}
		i, j := k*5/8, uint(k*5%8)
		out[i] |= d << j
		carry := d >> (8 - j)
		if i+1 < n {
			out[i+1] |= carry
		} else if carry != 0 {
			return nil, fmt.Errorf("decode nix32 %q: bits beyond byte %d", s, n)
		}
	}
	return out, nil
}

// ValidString reports whether s consists of digits only. It may be empty.
func ValidString(s string) bool {
	for i := range len(s) {
		if digits[s[i]] == invalid {
			return false
		}
	}
	return true
}
