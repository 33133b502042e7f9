package nixhash

import (
	"bytes"
	"strings"
	"testing"
)

// The spellings of the hashes of "nix" come from `nix hash convert` and
// `nix-hash` of Nix 2.34.8.
var spellings = []struct {
	algo                     Algo
	hex, nix32, base64, name string
}{
	{MD5, "393b7e38038f12c5fb4c92e81a1b5a01", "01b8dims4j9kxwa4lg0cw7wfrr", "OTt+OAOPEsX7TJLoGhtaAQ==", "md5"},
	{SHA1, "e56549c11b18ab5edb0a3cf6b33638466fdb9723", "4fbxnvs670vb7xiw1bdmxaqq3g0ljrg5", "5WVJwRsYq17bCjz2szY4Rm/blyM=", "sha1"},
	{SHA256, "a0745f7ed88cfac6058d1d4cfb57bc71127a28ad7c6756004142a90aab5ee99f", "17z9bsmhmaa28405crvwmll7l4kipibznk0xil2wdylcv1z5yx50", "oHRfftiM+sYFjR1M+1e8cRJ6KK18Z1YAQUKpCqte6Z8=", "sha256"},
	{SHA512, "01804f534bb03e9175e0d1fadc297410648d4fe2bdbb3add95d3621ad5d0e5b1b45d4cf21f471cf02df46f72085cb5f7f69e46537f86427bc950f7ec1e67a56e", "1paarqyxkvm1jbv8a37yls6kvvggdaw11r6zx1dy0f4f7zj9ifv9cg5s3ailqnkjpfkmfxxw97qsr0hfhlxryniw1sr2gmh9d9lz001", "AYBPU0uwPpF14NH63Cl0EGSNT+K9uzrdldNiGtXQ5bG0XUzyH0cc8C30b3IIXLX39p5GU3+GQnvJUPfsHmelbg==", "sha512"},
	{BLAKE3, "3bf6cd2a25ea08e48b62711ef9f0cee702bbae3b7f273cfd4b4f2506231e8832", "0cl83qihc9ag9gykq9vz7fpbn0p7rvqgj7kica5y827a4lmcvxiv", "O/bNKiXqCOSLYnEe+fDO5wK7rjt/Jzz9S08lBiMeiDI=", "blake3"},
}

func TestSpellings(t *testing.T) {
	for _, v := range spellings {
		h := Sum(v.algo, []byte("nix"))
		for _, got := range []struct{ what, got, want string }{
			{"Hex", h.Hex(), v.hex},
			{"Nix32", h.Nix32(), v.nix32},
			{"Base64", h.Base64(), v.base64},
			{"SRI", h.SRI(), v.name + "-" + v.base64},
			{"String", h.String(), v.name + ":" + v.nix32},
			{"Base16", h.Base16(), v.name + ":" + v.hex},
			{"Algo", h.Algo().String(), v.name},
		} {
			if got.got != got.want {
				t.Errorf("%s: %s = %s, want %s", v.name, got.what, got.got, got.want)
			}
		}
		for _, s := range []string{v.hex, v.nix32, v.base64, v.name + ":" + v.hex, h.String(), v.name + ":" + v.base64, h.SRI(), strings.TrimRight(h.SRI(), "=")} {
			got, err := Parse(s, v.algo)
			if err != nil || got != h {
				t.Errorf("Parse(%q) = %v, %v, want %v", s, got, err, h)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	hex := spellings[2].hex
	for _, tc := range []struct {
		s    string
		algo Algo
	}{
		{hex, 0},
		{"", SHA256},
		{"sha256:" + hex, SHA1},
		{"sha3:" + hex, 0},
		{"sha256:" + hex + "0", 0},
		{"sha256:" + hex[1:] + "g", 0},
		{"sha256-" + hex, 0},
		{"sha256-AAAA", 0},
		{"sha256-", 0},
		{":", 0},
	} {
		if h, err := Parse(tc.s, tc.algo); err == nil {
			t.Errorf("Parse(%q, %v) = %v, want an error", tc.s, tc.algo, h)
		}
	}
	if h, err := ParseSRI("sha256:" + hex); err == nil {
		t.Errorf("ParseSRI of a prefixed hash = %v, want an error", h)
	}
}

func TestZeroHash(t *testing.T) {
	var h Hash
	if !h.IsZero() || h.String() != "" || h.SRI() != "" || len(h.Bytes()) != 0 {
		t.Errorf("zero hash = %q %q %x, want nothing", h.String(), h.SRI(), h.Bytes())
	}
}

func TestHasherCounts(t *testing.T) {
	w := New(SHA256)
	w.Write([]byte("n"))
	w.Write([]byte("ix"))
	if got, want := w.Sum(), Sum(SHA256, []byte("nix")); got != want || w.Size() != 3 {
		t.Errorf("Hasher = %v of %d bytes, want %v of 3", got, w.Size(), want)
	}
}

func TestCompress(t *testing.T) {
	if got, want := Compress([]byte{1, 2, 3, 4, 5}, 2), []byte{1 ^ 3 ^ 5, 2 ^ 4}; !bytes.Equal(got, want) {
		t.Errorf("Compress = %v, want %v", got, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("sha256:" + spellings[2].nix32)
	f.Add("sha1-" + spellings[1].base64)
	f.Fuzz(func(t *testing.T, s string) {
		h, err := Parse(s, 0)
		if err != nil {
			return
		}
		for _, form := range []string{h.String(), h.SRI(), h.Base16()} {
			if back, err := Parse(form, 0); err != nil || back != h {
				t.Fatalf("Parse(%q) = %v, %v, want %v", form, back, err, h)
			}
		}
	})
}
