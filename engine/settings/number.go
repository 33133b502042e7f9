package settings

import (
	"fmt"
	"strconv"
	"strings"
)

// A NumberType is the type that Nix has for a number.
type NumberType uint8

// Types of numbers.
const (
	Uint NumberType = iota // of 32 bits, not negative
	Int                    // of 32 bits
	Long                   // of 64 bits
	Size                   // of 64 bits, not negative
)

// ParseNumber reads a number, after which K, M, G or T may stand for a power of 1024. What
// is too large only with that is taken as what its lower bits are, as in Nix; above
// math.MaxInt64 it is negative.
//
// Behaviour: string2IntWithUnitPrefix in Nix's util.hh.
func ParseNumber(text string, t NumberType) (int64, error) {
	digits, shift := text, 0
	if n := len(text); n > 0 {
		if i := strings.IndexByte("KMGT", text[n-1]&^0x20); i >= 0 {
			digits, shift = text[:n-1], 10*(i+1)
		}
	}
	bits := 32
	if t == Long || t == Size {
		bits = 64
	}
	var n int64
	var err error
	if t == Int || t == Long {
		n, err = strconv.ParseInt(digits, 10, bits)
	} else {
		var u uint64
		u, err = strconv.ParseUint(strings.TrimPrefix(digits, "+"), 10, bits)
		n = int64(u)
	}
	if err != nil {
		return 0, fmt.Errorf("got %q, want a number", text)
	}
	switch n <<= shift; t {
	case Int:
		return int64(int32(n)), nil
	case Uint:
		return int64(uint32(n)), nil
	}
	return n, nil
}
