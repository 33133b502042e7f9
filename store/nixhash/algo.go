package nixhash

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"

	"lukechampine.com/blake3"
)

// Algo is a hash algorithm. The zero value means none.
type Algo uint8

// The algorithms that Nix knows, BLAKE3 by an experimental feature.
const (
	MD5 Algo = iota + 1
	SHA1
	SHA256
	SHA512
	BLAKE3
)

const blake3Size = 32

// ParseAlgo returns the algorithm that String prints as s.
func ParseAlgo(s string) (Algo, error) {
	for a := MD5; a <= BLAKE3; a++ {
		if a.String() == s {
			return a, nil
		}
	}
	return 0, fmt.Errorf("unknown hash algorithm %q, want blake3, md5, sha1, sha256 or sha512", s)
}

// String returns the name that Nix gives the algorithm, such as "sha256",
// or "" for none.
func (a Algo) String() string {
	switch a {
	case MD5:
		return "md5"
	case SHA1:
		return "sha1"
	case SHA256:
		return "sha256"
	case SHA512:
		return "sha512"
	case BLAKE3:
		return "blake3"
	}
	return ""
}

// Size returns the number of bytes of a hash, 0 for none.
func (a Algo) Size() int {
	switch a {
	case MD5:
		return md5.Size
	case SHA1:
		return sha1.Size
	case SHA256:
		return sha256.Size
	case SHA512:
		return sha512.Size
	case BLAKE3:
		return blake3Size
	}
	return 0
}

// new returns a fresh state of the algorithm, which must not be none.
func (a Algo) new() hash.Hash {
	switch a {
	case MD5:
		return md5.New()
	case SHA1:
		return sha1.New()
	case SHA256:
		return sha256.New()
	case SHA512:
		return sha512.New()
	case BLAKE3:
		return blake3.New(blake3Size, nil)
	}
	panic(fmt.Sprintf("nixhash: unreachable: algorithm %d", a))
}
