package xmlout

import (
	"strconv"
	"strings"
	"testing"
)

// A long document is spilt in pieces that are bounded, also while an error ends it, and is
// the same as one that is kept.
func TestSpill(t *testing.T) {
	document := func(w *Writer) {
		defer func() { _ = recover() }()
		w.Header()
		var nested func(depth int)
		nested = func(depth int) {
			w.Empty("int", "value", strconv.Itoa(depth))
			if depth == 3000 {
				panic("the end")
			}
			w.Element("attr", []string{"name", strings.Repeat("x", 100)}, func() { nested(depth + 1) })
		}
		nested(0)
	}
	var whole Writer
	document(&whole)
	var spilt strings.Builder
	pieces := 0
	w := Writer{Spill: func(text []byte) {
		if pieces++; len(text) > 2*spillSize {
			t.Errorf("got a piece of %d bytes", len(text))
		}
		spilt.Write(text)
	}}
	document(&w)
	spilt.WriteString(w.String())
	if pieces < 10 || spilt.String() != whole.String() {
		t.Errorf("got %d pieces, %d bytes, want %d bytes", pieces, spilt.Len(), len(whole.String()))
	}
}
