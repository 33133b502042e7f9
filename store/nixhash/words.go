package nixhash

import (
	"encoding/base64"
	"encoding/hex"
	"strings"

	"nixbench/store/nixbase32"
)

// This file says in Nix's words what is wrong with the spelling of a hash.

// Cut splits the spelling of a hash into the name of its algorithm, "" if it names
// none, and its digits, which are those of SRI or in a base that follows from their number.
func Cut(text string) (algo, digits string, sri bool) {
	if algo, digits, found := strings.Cut(text, ":"); found {
		return algo, digits, false
	}
	if algo, digits, found := strings.Cut(text, "-"); found {
		return algo, digits, true
	}
	return "", text, false
}

// ProblemParts says why [Parse] refuses a text, which it must: a format and what is
// to be filled in.
func ProblemParts(text string, algo Algo) (format string, args []any) {
	prefix, digits, sri := Cut(text)
	if isPrefixed := digits != text; isPrefixed {
		named, err := ParseAlgo(prefix)
		switch {
		case err != nil:
			return "unknown hash algorithm '%s', expect 'blake3', 'md5', 'sha1', 'sha256', or 'sha512'", []any{prefix}
		case algo != 0 && named != algo:
			return "hash '%s' should have type '%s'", []any{text, algo}
		}
		algo = named
	}
	const wrongLength = "invalid %s hash '%s', length %d != expected length %d"
	switch n, want := len(digits), algo.Size(); {
	case algo == 0:
		return "hash '%s' does not include a type, nor is the type otherwise known from context", []any{text}
	case sri:
		return wrongLength, []any{"SRI", digits, lengthOfBase64(digits), want}
	case n == hex.EncodedLen(want):
		return wrongLength, []any{"base16", digits, 0, want}
	case n == nixbase32.EncodedLen(want):
		size := 0
		if nixbase32.ValidString(digits) {
			size = want + 1 // the first digit has more bits than there is room for
		}
		return wrongLength, []any{"nix32", digits, size, want}
	case n == base64.StdEncoding.EncodedLen(want):
		return wrongLength, []any{"Base64", digits, lengthOfBase64(digits), want}
	}
	return "hash '%s' has wrong length for hash algorithm '%s'", []any{digits, algo}
}

// lengthOfBase64 returns how many bytes digits stand for, 0 if they are none.
func lengthOfBase64(digits string) int {
	b, _ := DecodeBase64(digits)
	return len(b)
}
