package builtins

import (
	"testing"

	"nixbench/engine/builtins/serial"
	"nixbench/engine/eval"
)

// TestJSONPaths pins that paths are copied to the store only if that is asked
// for, and that __toString decides for itself.
func TestJSONPaths(t *testing.T) {
	b := newBench(t)
	for _, tt := range []struct {
		text string
		copy bool
		want string
	}{
		{"[ /nowhere ]", false, `["/nowhere"]`},
		{"{ __toString = self: /nowhere; }", true, `"/nowhere"`},
		{"{ outPath = [ 1 ]; }", true, "[1]"},
		{"{ a = null; outPath = { b = 1; }; }", true, `{"b":1}`},
	} {
		v, err := b.ev.EvalString(t.Context(), tt.text, "/")
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if err := b.ev.Do(t.Context(), func(s *eval.State) { got, _ = serial.JSON(s, v, tt.copy) }); err != nil {
			t.Errorf("write %s: %v", tt.text, err)
		}
		if got != tt.want {
			t.Errorf("write %s: got %s, want %s", tt.text, got, tt.want)
		}
	}
}

// TestDeepValues pins that writing deep values ends with an error, not with
// the end of the process.
func TestDeepValues(t *testing.T) {
	b := newBench(t)
	const deep = `(builtins.foldl' (acc: n: [ acc ]) 0 (builtins.genList (n: n) 20000))`
	for _, f := range []string{"builtins.toJSON", "builtins.toXML", "toString"} {
		b.check(f+" "+deep, "error: stack overflow")
	}
	b.check("let x = { inherit x; }; in builtins.toJSON x", "error: stack overflow")
}

// TestRandomSort holds the sorting algorithm against a plain one.
func TestRandomSort(t *testing.T) {
	b := newBench(t)
	b.check(`let
  next = x: builtins.bitAnd (x * 1103515245 + 12345) 65535;
  numbers = n: seed: map (e: e.v) (builtins.genericClosure {
    startSet = [ { key = 0; v = seed; } ];
    operator = e: if e.key < n then [ { key = e.key + 1; v = next e.v; } ] else [ ];
  });
  ordered = l: builtins.all (i: builtins.elemAt l i <= builtins.elemAt l (i + 1)) (builtins.genList (i: i) (builtins.length l - 1));
  stable = l: builtins.all (i: let a = builtins.elemAt l i; b = builtins.elemAt l (i + 1); in a.k < b.k || a.k == b.k && a.i < b.i)
    (builtins.genList (i: i) (builtins.length l - 1));
  test = n: seed: let
    l = numbers n seed;
    tagged = builtins.genList (i: { inherit i; k = builtins.bitAnd (builtins.elemAt l i) 15; }) (n + 1);
  in
    ordered (builtins.sort builtins.lessThan l) && ordered (builtins.sort (a: b: a < b) l)
    && stable (builtins.sort (a: b: a.k < b.k) tagged)
    && builtins.length (builtins.sort (a: b: builtins.bitAnd (a + b) 1 == 0) l) == n + 1;
in
map (n: test n (n + 7)) [ 1 2 3 5 16 17 33 100 257 1000 ]`,
		"[ true true true true true true true true true true ]")
}
