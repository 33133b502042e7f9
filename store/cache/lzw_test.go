package cache

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
)

// What is written is what Nix writes. (The archive of a file with an x in it, by 2.34.8.)
func TestLZWBytes(t *testing.T) {
	want, err := hex.DecodeString("1f9d900d00081c08c04d1a3c2dc2c81983268d9d322d620c0c4070208a8a0209600440270f9c32040f6c9453e64c1d360a0120d838e68d1b3a655ecea18811cf469a15536c04")
	if err != nil {
		t.Fatal(err)
	}
	r, err := decompressor("compress", bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil || !bytes.Contains(text, []byte("nix-archive-1")) {
		t.Fatalf("got %q, %v", text, err)
	}
	if got := lzw(t, text); !bytes.Equal(got, want) {
		t.Errorf("got %x\nwant %x", got, want)
	}
}

func lzw(t testing.TB, text []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := newLZWWriter(&packed)
	_, err := w.Write(text)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// Texts of all kinds, of which the longer ones have what was learnt forgotten, are read as
// they were written; and what is no code is refused.
func TestLZW(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	text := func(size, kinds int) []byte {
		out := make([]byte, size)
		for i := range out {
			out[i] = byte(rnd.IntN(kinds))
		}
		return out
	}
	mixed := bytes.Join([][]byte{text(400_000, 4), text(600_000, 256), text(600_000, 2), make([]byte, 1_000_000)}, nil)
	for _, want := range [][]byte{nil, {0}, []byte("aaa"), text(1000, 1), text(100_000, 256), text(300_000, 3), mixed} {
		packed := lzw(t, want)
		r, err := newLZWReader(bufio.NewReader(bytes.NewReader(packed)))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: got %d, %v", len(want), len(got), err)
		}
	}
	for _, bad := range []string{"", "\x1f\x9d", "\x1f\x9d\x91", "\x1f\x9d\xb0aa", "\x1f\x8b\x90aa", "\x1f\x9d\x90\xff\xff\xff"} {
		r, err := newLZWReader(bufio.NewReader(bytes.NewReader([]byte(bad))))
		if err == nil {
			_, err = io.ReadAll(r)
		}
		if !errors.Is(err, errLZW) {
			t.Errorf("%x: got %v", bad, err)
		}
	}
}

func FuzzLZW(f *testing.F) {
	f.Add(lzw(f, []byte("some text, some text")))
	f.Add([]byte("\x1f\x9d\x09\x00\x01\x02"))
	f.Fuzz(func(t *testing.T, packed []byte) {
		r, err := newLZWReader(bufio.NewReader(bytes.NewReader(packed)))
		if err != nil {
			return
		}
		text, err := io.ReadAll(io.LimitReader(r, 1<<20))
		if err != nil || len(text) == 1<<20 {
			return
		}
		again, err := newLZWReader(bufio.NewReader(bytes.NewReader(lzw(t, text))))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(again); err != nil || !bytes.Equal(got, text) {
			t.Errorf("got %q, %v, want %q", got, err, text)
		}
	})
}
