package refscan

import (
	"bytes"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"nixbench/store/nixbase32"
	"nixbench/store/nixhash"
)

const (
	digestA = "00000000000000000000000000000000"
	digestB = "5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf"
	digestC = "cpnff1zw2xmiykh4448jmsb73gqdackr"
)

// naive finds digests the plain way.
func naive(b []byte, candidates []string) []string {
	var found []string
	for _, c := range candidates {
		if bytes.Contains(b, []byte(c)) && len(c) == digestLen && nixbase32.ValidString(c) {
			found = append(found, c)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// scan writes b in pieces of the given size, or at once if it is 0.
func scan(b []byte, candidates []string, piece int) []string {
	s := New(candidates)
	if piece == 0 {
		piece = max(1, len(b))
	}
	for part := range slices.Chunk(b, piece) {
		if n, err := s.Write(part); n != len(part) || err != nil {
			panic("Write fails")
		}
	}
	return s.Found()
}

func TestScan(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":         "",
		"alone":           digestB,
		"at the start":    digestB + "-hello",
		"at the end":      "/nix/store/" + digestB,
		"after digits":    "0123abc" + digestB,
		"before digits":   digestB + "0123abc",
		"among digits":    strings.Repeat("x", 100) + digestB + strings.Repeat("y", 100),
		"two":             digestB + digestC,
		"twice":           digestB + " " + digestB,
		"one digit short": digestB[1:],
		"broken":          digestB[:16] + " " + digestB[16:],
		"zeros":           strings.Repeat("0", 40),
		"capital":         strings.ToUpper(digestB),
		"across":          strings.Repeat("-", 31) + digestB + strings.Repeat("-", 31) + digestC,
	} {
		candidates := []string{digestC, digestA, digestB, digestB, "short", strings.Repeat("e", 32)}
		want := naive([]byte(text), candidates)
		for _, piece := range []int{0, 1, 2, 3, 7, 31, 32, 33, 64} {
			if got := scan([]byte(text), candidates, piece); !slices.Equal(got, want) {
				t.Errorf("%s, in pieces of %d: found %q, want %q", name, piece, got, want)
			}
		}
	}
	if got := New(nil); len(got.Found()) > 0 {
		t.Error("a scanner for nothing finds something")
	}
}

func FuzzRefscan(f *testing.F) {
	f.Add([]byte("x"+digestB+digestC), 3)
	f.Add([]byte(strings.Repeat("0", 70)), 33)
	candidates := []string{digestA, digestB, digestC}
	f.Fuzz(func(t *testing.T, b []byte, piece int) {
		piece = max(1, piece)
		want := naive(b, candidates)
		if got := scan(b, candidates, piece); !slices.Equal(got, want) {
			t.Fatalf("%q in pieces of %d: found %q, want %q", b, piece, got, want)
		}
		var out bytes.Buffer
		rw, err := NewRewriter(&out, map[string]string{digestB: digestC})
		if err != nil {
			t.Fatal(err)
		}
		for part := range slices.Chunk(b, piece) {
			if _, err := rw.Write(part); err != nil {
				t.Fatal(err)
			}
		}
		if err := rw.Close(); err != nil {
			t.Fatal(err)
		}
		if want := bytes.ReplaceAll(b, []byte(digestB), []byte(digestC)); !bytes.Equal(out.Bytes(), want) {
			t.Fatalf("%q in pieces of %d is rewritten to %q, want %q", b, piece, out.Bytes(), want)
		}
	})
}

func TestRewriterMatches(t *testing.T) {
	var out bytes.Buffer
	rw, err := NewRewriter(&out, map[string]string{digestB: digestC, digestC: digestB})
	if err != nil {
		t.Fatal(err)
	}
	text := "a" + digestB + digestC + "b"
	for i := range len(text) {
		if _, err := rw.Write([]byte(text[i : i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := rw.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "a"+digestC+digestB+"b"; got != want {
		t.Errorf("rewritten = %q, want %q", got, want)
	}
	if got, want := rw.Matches(), []int64{1, 33}; !slices.Equal(got, want) {
		t.Errorf("Matches = %v, want %v", got, want)
	}
	for _, bad := range []map[string]string{{digestB: "short"}, {"short": "short"}, {strings.Repeat("e", 32): digestB}} {
		if _, err := NewRewriter(&out, bad); err == nil {
			t.Errorf("NewRewriter(%q): no error", bad)
		}
	}
}

func TestSelfHasher(t *testing.T) {
	text := "a" + digestB + "b" + digestB
	h, err := NewSelfHasher(nixhash.SHA256, digestB)
	if err != nil {
		t.Fatal(err)
	}
	for part := range slices.Chunk([]byte(text), 5) {
		if _, err := h.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	got, size, err := h.Finish()
	zero := string(make([]byte, digestLen))
	want := nixhash.SumString(nixhash.SHA256, "a"+zero+"b"+zero+"|1|34")
	if err != nil || got != want || size != int64(len(text)) {
		t.Errorf("Finish = %v, %d, %v, want %v, %d", got, size, err, want, len(text))
	}
}

// corpora are contents of different kinds, of 8 MiB each.
func corpora(b *testing.B) map[string][]byte {
	b.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	make := func(next func() byte) []byte {
		data := make([]byte, 8<<20)
		for i := range data {
			data[i] = next()
		}
		return data
	}
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		b.Fatal(err)
	}
	return map[string][]byte{
		"random": make(func() byte { return byte(rnd.Uint32()) }),
		"text":   make(func() byte { return "etaoinshrdlcumwfgypbvkjxqz \n .etaoin "[rnd.IntN(37)] }),
		"hex":    make(func() byte { return "0123456789abcdef"[rnd.IntN(16)] }),
		"elf":    self,
	}
}

func BenchmarkScan(b *testing.B) {
	rnd := rand.New(rand.NewPCG(3, 4))
	var candidates []string
	for range 200 {
		raw := make([]byte, 20)
		for i := range raw {
			raw[i] = byte(rnd.Uint32())
		}
		candidates = append(candidates, nixbase32.EncodeToString(raw))
	}
	for name, data := range corpora(b) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				s := New(candidates)
				for part := range slices.Chunk(data, 64<<10) {
					if _, err := s.Write(part); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
