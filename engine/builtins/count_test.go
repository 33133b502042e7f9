package builtins

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"nixbench/engine/eval"
)

// What Nix counts of expressions that are evaluated strictly: thunks that it avoids,
// as Nix 2.34.8 with NIX_SHOW_STATS, and selections of attributes, by the column that they are
// defined at, as Nix 2.8 with NIX_COUNT_CALLS: 2.34 writes null.
var countCases = []struct {
	text       string
	avoided    int64
	selections string
}{
	{`1`, 0, ""},
	{`[ 1 1.5 "a" (1+1) [ ] true null builtins ./x ''y'' http://a.b "${"z"}" ]`, 9, ""},
	{`let p1 = p2; p2 = 1; p3 = p2; in [ p1 p2 p3 ]`, 5, ""},
	{`let r1 = 1; r2 = r1; in r2`, 2, ""},
	{`rec { u1 = u2; u2 = u3; u3 = 1; }`, 1, ""},
	{`{ a = 1; "b" = "x"; ${"c"} = 2; ${null} = 3; }`, 3, ""},
	{`(x: y: x + y) 1 2`, 2, ""},
	{`let f = { w1 ? 1, w2 ? w1, w3 ? w4, w4 ? w3 }: [ w1 w2 w3 w4 ]; in f { w4 = 3; }`, 8, ""},
	{`with rec { a = 1; b = c; c = 3; }; [ a b ]`, 2, "12:1 19:1"},
	{`with builtins; with { x = 1; }; map (y: x + y) [ 1 2 3 ]`, 5, "23:3"},
	{`let f = n: if n < 2 then n else f (n - 1) + f (n - 2); in f 5`, 59, ""},
	{`{ a.b.c = 1; a.b.d = 2; }.a.b.c`, 2, "3:3"},
	{`let s = { x.y = 1; }; inherit (s) x; inherit (s.x) y; in [ x y s.x.y (s.z or 3) (s ? x) ]`, 3, "11:5"},
	{`let inherit (b) a; b = { a = 1; }; in a`, 1, "26:1"},
	{`builtins.getAttr "a" { a = 1; }`, 2, "0:1 24:1"},
	{`let __sub = a: b: a; in 3 - 2`, 2, ""},
	{`let x = 1; in rec { inherit x; y = x; __overrides = { x = 2; }; }.y`, 3, "32:1"},
	{`({ x, y ? x }@a: a.x) { x = 3; }`, 2, "25:1"},
	{`{ __functor = self: x: x; } 1`, 1, ""},
}

// TestCounts counts as Nix does.
func TestCounts(t *testing.T) {
	for _, c := range countCases {
		ev := eval.New(eval.Options{
			World: newTestWorld(), Builtins: Table(Options{}), Count: true, CountSelections: true,
		})
		v, err := ev.EvalString(t.Context(), c.text, "/")
		if err == nil {
			err = ev.Do(t.Context(), func(s *eval.State) { s.ForceDeep(v) })
		}
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		if got := ev.Stats().Avoided; got != c.avoided {
			t.Errorf("%s: got %d avoided thunks, want %d", c.text, got, c.avoided)
		}
		var columns []string
		for pos, n := range ev.Selections() {
			columns = append(columns, fmt.Sprintf("%d:%d", ev.Position(pos).Column, n))
		}
		slices.Sort(columns)
		if got := strings.Join(columns, " "); got != c.selections {
			t.Errorf("%s: got selections %q, want %q", c.text, got, c.selections)
		}
	}
}
