package builtins

import (
	"strconv"
	"strings"
	"testing"

	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
	"nixbench/store"
)

// TestDepthOfCallees pins at which depth calls fail whose function has to be evaluated, or
// that were delayed, where calls may be 24 deep. The numbers are those of Nix 2.34.8.
func TestDepthOfCallees(t *testing.T) {
	for _, c := range []struct {
		text  string
		fails int
	}{
		{`let f = n: { __functor = if n == 0 then (s: x: x) else (s: f (n - 1)); }; in f NUM 1`, 23},
		{`let g = n: if n == 0 then (k: x: x) else g (n - 1); in (builtins.mapAttrs (g NUM) { a = 1; }).a`, 22},
		{`let g = n: if n == 0 then 1 else g (n - 1); in (builtins.mapAttrs (k: if g NUM == 1 then (v: v) else v: v) { a = 1; }).a`, 22},
		{`let s = builtins.mapAttrs (k: v: 2) { a = 1; }; f = n: if n == 0 then s.a else f (n - 1); in f NUM`, 23},
		{`let s = builtins.zipAttrsWith (k: v: 2) [ { a = 1; } ]; f = n: if n == 0 then s.a else f (n - 1); in builtins.seq s (f NUM)`, 22},
		{`let p = x: y: x; f = n: if n == 0 then p 1 else f (n - 1); in f NUM 2`, 24},
	} {
		b := newBench(t)
		for n := c.fails - 2; n <= c.fails; n++ {
			ev := eval.New(eval.Options{
				World: b.world, MaxDepth: 24,
				Builtins: Table(Options{Derivations: instantiate.New(store.DefaultDir, b.world), Store: b.world}),
			})
			_, err := ev.EvalString(t.Context(), strings.ReplaceAll(c.text, "NUM", strconv.Itoa(n)), "/")
			if got, want := err != nil, n == c.fails; got != want {
				t.Errorf("%s: %d deep: got error %v, want one: %v", c.text, n, err, want)
			}
		}
	}
}
