package refscan

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"nixbench/store/nixhash"
)

// Rewriter is an io.WriteCloser that passes on what is written to it with
// digests replaced. It holds back the last bytes until it is closed. It is not
// safe for concurrent use.
type Rewriter struct {
	w       io.Writer
	finder  *finder
	to      []string // by member of the finder
	buf     []byte   // read but not passed on
	offset  int64    // of buf[0] in what was written
	matches []int64
	found   []match // of the last search
}

// match is a digest in the buffer.
type match struct {
	at     int
	member int32
}

// NewRewriter returns a Rewriter to w. The map is from digests to what
// replaces them, strings of the same length; others are an error.
func NewRewriter(w io.Writer, digests map[string]string) (*Rewriter, error) {
	from := slices.Sorted(maps.Keys(digests))
	rw := &Rewriter{w: w, finder: newFinder(from)}
	for _, d := range from {
		if len(digests[d]) != digestLen {
			return nil, fmt.Errorf("rewrite digest %q: replacement %q has another length", d, digests[d])
		}
		rw.to = append(rw.to, digests[d])
	}
	if len(rw.finder.index) != len(from) {
		return nil, fmt.Errorf("rewrite digests %q: not all are digests", from)
	}
	return rw, nil
}

// Matches returns where digests were replaced so far, in bytes from the start
// of what was written, ascending. The caller must not modify it.
func (rw *Rewriter) Matches() []int64 { return rw.matches }

// Write replaces the digests in b. A digest may span writes.
func (rw *Rewriter) Write(b []byte) (int, error) {
	rw.buf = append(rw.buf, b...)
	final := rw.replace()
	if err := rw.pass(max(final, len(rw.buf)-(digestLen-1))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Close passes on what was held back. It does not close the underlying writer.
func (rw *Rewriter) Close() error { return rw.pass(len(rw.buf)) }

// replace replaces the digests in buf and returns where the last one ends.
// They do not overlap; where two windows would, the first wins.
func (rw *Rewriter) replace() (end int) {
	rw.found = rw.found[:0]
	rw.finder.find(rw.buf, func(at int, member int32) bool {
		if at >= end {
			rw.found = append(rw.found, match{at, member})
			end = at + digestLen
		}
		return true
	})
	for _, m := range rw.found {
		copy(rw.buf[m.at:], rw.to[m.member])
		rw.matches = append(rw.matches, rw.offset+int64(m.at))
	}
	return end
}

func (rw *Rewriter) pass(n int) error {
	if n <= 0 {
		return nil
	}
	if _, err := rw.w.Write(rw.buf[:n]); err != nil {
		return err
	}
	rw.offset += int64(n)
	rw.buf = rw.buf[:copy(rw.buf, rw.buf[n:])]
	return nil
}

// SelfHasher hashes an object that refers to itself as if its digest were not
// known yet: occurrences count as zero bytes, and then their positions are
// hashed. It is what a content-addressed path with a reference to itself is
// computed from. It is not safe for concurrent use.
//
// Behaviour: Nix 2.34, references.cc HashModuloSink.
type SelfHasher struct {
	rw     *Rewriter
	hasher *nixhash.Hasher
}

// NewSelfHasher returns a SelfHasher for an object with the given digest.
func NewSelfHasher(algo nixhash.Algo, digest string) (*SelfHasher, error) {
	h := nixhash.New(algo)
	rw, err := NewRewriter(h, map[string]string{digest: string(make([]byte, digestLen))})
	if err != nil {
		return nil, err
	}
	return &SelfHasher{rw, h}, nil
}

// Write hashes b. It never fails.
func (h *SelfHasher) Write(b []byte) (int, error) { return h.rw.Write(b) }

// Occurrences returns how often the digest was found. If it was not, the hash is that of
// what was written. It is to be asked after Finish.
func (h *SelfHasher) Occurrences() int { return len(h.rw.Matches()) }

// Finish returns the hash of all that was written, and how many bytes that
// was. Nothing may be written after it.
func (h *SelfHasher) Finish() (sum nixhash.Hash, size int64, err error) {
	if err := h.rw.Close(); err != nil {
		return nixhash.Hash{}, 0, err
	}
	size = h.hasher.Size()
	for _, at := range h.rw.Matches() {
		if _, err := io.WriteString(h.hasher, "|"+strconv.FormatInt(at, 10)); err != nil {
			return nixhash.Hash{}, 0, err
		}
	}
	return h.hasher.Sum(), size, nil
}
