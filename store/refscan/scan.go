// Package refscan finds references between store objects: the digests of store
// paths in contents.
//
// A reference is any 32 bytes of the nix32 alphabet that equal a candidate's
// digest, wherever they stand. Contents are seen once, as they stream by.
//
// The search looks at every 32nd byte. Where that is no digit, no window over
// it can match, and the next byte to look at is 32 further. Otherwise it walks
// back to the start of the run of digits; where the run is long enough, each
// window's first three digits are looked up in a bit set, and the few that are
// in it in a map.
package refscan

import (
	"maps"
	"slices"

	"nixbench/store"
	"nixbench/store/nixbase32"
)

const digestLen = store.DigestLen

type digest [digestLen]byte

// digits is the value of each byte as a nix32 digit, or noDigit.
// It is never changed.
var digits = func() (table [256]byte) {
	for i := range table {
		table[i] = noDigit
	}
	for i := range len(nixbase32.Alphabet) {
		table[nixbase32.Alphabet[i]] = byte(i)
	}
	return table
}()

const noDigit = 0xff

// finder is a set of digests to search for. It is read-only once made.
type finder struct {
	prefixes [1 << 15 / 64]uint64 // bit set of the first three digits of members
	index    map[digest]int32     // position among the candidates
}

// newFinder returns a finder of those candidates that are digests.
func newFinder(candidates []string) *finder {
	f := &finder{index: make(map[digest]int32, len(candidates))}
	for i, c := range candidates {
		if len(c) != digestLen || !nixbase32.ValidString(c) {
			continue
		}
		d := digest([]byte(c))
		f.index[d] = int32(i)
		k := prefix(d[:])
		f.prefixes[k/64] |= 1 << (k % 64)
	}
	return f
}

// prefix returns a number that stands for the first three bytes of b, which
// are digits.
func prefix(b []byte) uint {
	_ = b[2]
	return uint(digits[b[0]])<<10 | uint(digits[b[1]])<<5 | uint(digits[b[2]])
}

// find calls found for each window of b that is a member, in order of its
// offset, until found returns false.
func (f *finder) find(b []byte, found func(offset int, member int32) bool) {
	if len(f.index) == 0 {
		return
	}
	last := digestLen - 1 // the last byte of the window at hand
	for last < len(b) {
		start := last - (digestLen - 1)
		i := last
		for i >= start && digits[b[i]] != noDigit {
			i--
		}
		if i >= start {
			last = i + digestLen
			continue
		}
		for { // b[start:last+1] is all digits
			k := prefix(b[start:])
			if f.prefixes[k/64]&(1<<(k%64)) != 0 {
				if member, ok := f.index[digest(b[start:start+digestLen])]; ok && !found(start, member) {
					return
				}
			}
			start++
			last++
			if last == len(b) {
				return
			}
			if digits[b[last]] == noDigit {
				last += digestLen
				break
			}
		}
	}
}

// Scanner is an io.Writer that remembers which digests have gone through it.
// It is not safe for concurrent use.
type Scanner struct {
	finder     *finder
	candidates []string
	seen       []bool // by candidate
	missing    int    // candidates not seen yet
	tail       []byte // the last digestLen-1 bytes written, or all if fewer
}

// New returns a Scanner for the given digests, see [store.Path.Digest].
// Strings that are no digests are never found.
func New(candidates []string) *Scanner {
	f := newFinder(candidates)
	return &Scanner{
		finder:     f,
		candidates: candidates,
		seen:       make([]bool, len(candidates)),
		missing:    len(f.index),
		tail:       make([]byte, 0, 2*digestLen),
	}
}

// Write scans b. It never fails.
func (s *Scanner) Write(b []byte) (int, error) {
	if s.missing == 0 {
		return len(b), nil
	}
	// A digest that spans writes lies in the tail and as many bytes of b.
	head := b[:min(len(b), digestLen-1)]
	joint := append(s.tail, head...)
	s.scan(joint)
	s.scan(b)
	if len(b) >= digestLen-1 {
		joint = append(s.tail[:0], b[len(b)-(digestLen-1):]...)
	} else if extra := len(joint) - (digestLen - 1); extra > 0 {
		joint = append(joint[:0], joint[extra:]...)
	}
	s.tail = joint
	return len(b), nil
}

func (s *Scanner) scan(b []byte) {
	s.finder.find(b, func(_ int, member int32) bool {
		if !s.seen[member] {
			s.seen[member] = true
			s.missing--
		}
		return s.missing > 0
	})
}

// Found returns the digests seen so far, sorted without duplicates.
func (s *Scanner) Found() []string {
	found := make(map[string]struct{})
	for i, seen := range s.seen {
		if seen {
			found[s.candidates[i]] = struct{}{}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
