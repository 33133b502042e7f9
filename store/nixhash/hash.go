// Package nixhash holds hashes with their algorithm, in the spellings that Nix
// reads and prints: base 16, nix32, base 64 and SRI.
package nixhash

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"nixbench/store/nixbase32"
)

// maxSize is the size of the longest hash, SHA-512.
const maxSize = 64

// Hash is a hash value and its algorithm. It can be compared with == and be a
// map key. The zero value is no hash.
type Hash struct {
	algo Algo
	sum  [maxSize]byte // zero beyond algo.Size()
}

// FromBytes returns the hash whose value is sum, which must have the
// algorithm's size.
func FromBytes(a Algo, sum []byte) (Hash, error) {
	if a.Size() == 0 || len(sum) != a.Size() {
		return Hash{}, fmt.Errorf("make %s hash: got %d bytes, want %d", a, len(sum), a.Size())
	}
	h := Hash{algo: a}
	copy(h.sum[:], sum)
	return h, nil
}

// Sum returns the hash of b.
func Sum(a Algo, b []byte) Hash {
	if a == SHA256 {
		h, sum := Hash{algo: a}, sha256.Sum256(b) // which allocates nothing
		copy(h.sum[:], sum[:])
		return h
	}
	w := a.new()
	w.Write(b)
	return sumOf(a, w)
}

// SumString returns the hash of s.
func SumString(a Algo, s string) Hash { return Sum(a, []byte(s)) }

func sumOf(a Algo, w hash.Hash) Hash {
	h := Hash{algo: a}
	w.Sum(h.sum[:0])
	return h
}

// Algo returns the algorithm, 0 for the zero value.
func (h Hash) Algo() Algo { return h.algo }

// IsZero reports whether h is the zero value, which is no hash.
func (h Hash) IsZero() bool { return h.algo == 0 }

// Bytes returns the value. The caller may modify it.
func (h Hash) Bytes() []byte { return h.sum[:h.algo.Size():h.algo.Size()] }

// Hex returns the value in lower-case base 16.
func (h Hash) Hex() string { return hex.EncodeToString(h.sum[:h.algo.Size()]) }

// Nix32 returns the value in Nix's base 32.
func (h Hash) Nix32() string { return nixbase32.EncodeToString(h.sum[:h.algo.Size()]) }

// Base64 returns the value in standard base 64 with padding.
func (h Hash) Base64() string { return base64.StdEncoding.EncodeToString(h.sum[:h.algo.Size()]) }

// SRI returns "sha256-<base 64>", the form of W3C subresource integrity.
// The zero value gives "".
func (h Hash) SRI() string { return h.prefixed("-", h.Base64()) }

// String returns "sha256:<nix32>", the form of narinfo files.
// The zero value gives "".
func (h Hash) String() string { return h.prefixed(":", h.Nix32()) }

// Base16 returns "sha256:<hex>", the form of the store's database.
// The zero value gives "".
func (h Hash) Base16() string { return h.prefixed(":", h.Hex()) }

func (h Hash) prefixed(sep, digits string) string {
	if h.IsZero() {
		return ""
	}
	return h.algo.String() + sep + digits
}

// Parse reads a hash in any spelling: "algo:digits" or bare digits, whose base
// follows from their number, or SRI. A bare hash takes its algorithm from
// algo; a prefix must agree with algo unless that is 0.
//
// Behaviour: Nix 2.34, hash.cc parseAny.
func Parse(s string, algo Algo) (Hash, error) {
	prefix, digits, sri := Cut(s)
	if digits != s {
		named, err := ParseAlgo(prefix)
		if err != nil {
			return Hash{}, fmt.Errorf("parse hash %q: %v", s, err)
		}
		if algo != 0 && named != algo {
			return Hash{}, fmt.Errorf("parse hash %q: hash should have type %q", s, algo)
		}
		algo = named
	}
	if algo == 0 {
		return Hash{}, fmt.Errorf("parse hash %q: does not include a type, nor is the type otherwise known from context", s)
	}
	sum, err := decode(digits, algo, sri)
	if err != nil {
		return Hash{}, fmt.Errorf("parse hash %q: %v", s, err)
	}
	return FromBytes(algo, sum)
}

// ParseSRI reads a hash in SRI form only.
func ParseSRI(s string) (Hash, error) {
	if i := strings.IndexAny(s, ":-"); i < 0 || s[i] != '-' {
		return Hash{}, fmt.Errorf("parse hash %q: not SRI", s)
	}
	return Parse(s, 0)
}

func decode(digits string, algo Algo, sri bool) (sum []byte, err error) {
	n := algo.Size()
	switch {
	case sri:
		sum, err = DecodeBase64(digits)
	case len(digits) == hex.EncodedLen(n):
		sum, err = hex.DecodeString(digits)
	case len(digits) == nixbase32.EncodedLen(n):
		sum, err = nixbase32.DecodeString(digits)
	case len(digits) == base64.StdEncoding.EncodedLen(n):
		sum, err = DecodeBase64(digits)
	default:
		return nil, fmt.Errorf("wrong length for hash algorithm %q", algo)
	}
	if err != nil {
		return nil, err
	}
	if len(sum) != n {
		return nil, fmt.Errorf("got %d bytes, want %d", len(sum), n)
	}
	return sum, nil
}

// DecodeBase64 reads digits of base 64 as Nix does: up to the first '=', without
// newlines; bits that fill no byte are dropped.
func DecodeBase64(digits string) ([]byte, error) {
	digits, _, _ = strings.Cut(digits, "=")
	digits = strings.ReplaceAll(digits, "\n", "")
	if whole := len(digits) &^ 3; len(digits) == whole+1 {
		last := digits[whole:] + "A" // it has six bits, which are no byte, if it is a digit
		if _, err := base64.RawStdEncoding.DecodeString(last); err != nil {
			return nil, err
		}
		digits = digits[:whole]
	}
	b, err := base64.RawStdEncoding.DecodeString(digits)
	if err != nil {
		return nil, err
	}
	return b, nil
}

// Compress folds h into n bytes by exclusive or: byte i of h goes to byte
// i mod n. Store path digests are SHA-256 compressed to 20 bytes.
func Compress(h []byte, n int) []byte {
	out := make([]byte, n)
	for i, c := range h {
		out[i%n] ^= c
	}
	return out
}

// Hasher hashes what is written to it. It is not safe for concurrent use.
type Hasher struct {
	algo Algo
	w    hash.Hash
	n    int64
}

// New returns an empty Hasher. It panics if a is 0.
func New(a Algo) *Hasher { return &Hasher{algo: a, w: a.new()} }

// Write adds b to the hash. It never fails.
func (h *Hasher) Write(b []byte) (int, error) {
	h.n += int64(len(b))
	return h.w.Write(b)
}

// Sum returns the hash of what has been written so far.
func (h *Hasher) Sum() Hash { return sumOf(h.algo, h.w) }

// Size returns how many bytes have been written.
func (h *Hasher) Size() int64 { return h.n }
