package nixbase32

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"
)

// The digits come from `nix-hash --to-base32` of Nix 2.34.8.
var vectors = []struct{ hex, digits string }{
	{"", ""},
	{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73"},
	{"da39a3ee5e6b4b0d3255bfef95601890afd80709", "143xibwh31h9bvxzalr0sjvbbvpa6ffs"},
	{"d41d8cd98f00b204e9800998ecf8427e", "3y8bwfr609h3lh9ch0izcqq7fl"},
}

func TestVectors(t *testing.T) {
	for _, v := range vectors {
		b, err := hex.DecodeString(v.hex)
		if err != nil {
			t.Fatal(err)
		}
		if got := EncodeToString(b); got != v.digits {
			t.Errorf("EncodeToString(%s) = %s, want %s", v.hex, got, v.digits)
		}
		got, err := DecodeString(v.digits)
		if err != nil || !bytes.Equal(got, b) {
			t.Errorf("DecodeString(%s) = %x, %v, want %s", v.digits, got, err, v.hex)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, s := range map[string]string{
		"letter left out":    "143xibwh31h9bvxzalr0sjvbbvpa6ffe",
		"capital":            "143xibwh31h9bvxzalr0sjvbbvpa6ffS",
		"length":             "000",
		"one digit":          "0",
		"bits beyond 1 byte": "80",
		"bits beyond 32":     "zmdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73",
	} {
		if b, err := DecodeString(s); err == nil {
			t.Errorf("%s: DecodeString(%q) = %x, want an error", name, s, b)
		}
	}
}

func TestValidString(t *testing.T) {
	if !ValidString(Alphabet) || !ValidString("") || ValidString("abce") {
		t.Error("ValidString misjudges the alphabet")
	}
}

func FuzzBase32(f *testing.F) {
	for _, v := range vectors {
		f.Add([]byte(v.digits))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s := EncodeToString(b)
		if len(s) != EncodedLen(len(b)) || !ValidString(s) {
			t.Fatalf("EncodeToString(%x) = %q", b, s)
		}
		back, err := DecodeString(s)
		if err != nil || !bytes.Equal(back, b) {
			t.Fatalf("DecodeString(EncodeToString(%x)) = %x, %v", b, back, err)
		}
		raw, err := DecodeString(string(b))
		if err == nil && EncodeToString(raw) != string(b) {
			t.Fatalf("%q decodes to %x, which encodes to %q", b, raw, EncodeToString(raw))
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	h := sha256.Sum256(nil)
	b.ReportAllocs()
	for b.Loop() {
		EncodeToString(h[:])
	}
}
