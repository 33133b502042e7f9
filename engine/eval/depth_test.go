package eval

import (
	"context"
	"strconv"
	"strings"
	"testing"
)

// TestDepthAsNix pins the first depth at which each kind of nesting fails. The
// numbers are those of the real Nix 2.34.8.
func TestDepthAsNix(t *testing.T) {
	const lists = `(builtins.foldl' (a: i: [ a ]) 1 (builtins.genList (x: x) NUM))`
	const sets = `(builtins.foldl' (a: i: { inherit a; }) 1 (builtins.genList (x: x) NUM))`
	for _, c := range []struct {
		name, text string
		fails      int
	}{
		{"calls", `let f = n: if n == 0 then 0 else 1 + f (n - 1); in f NUM`, 10000},
		{"calls of two arguments", `let f = n: m: if n == 0 then 0 else 1 + f (n - 1) m; in f NUM 1`, 10000},
		{"calls with formals", `let f = { n }: if n == 0 then 0 else 1 + f { n = n - 1; }; in f { n = NUM; }`, 10000},
		{"deepSeq of sets", `builtins.deepSeq ` + sets + ` 1`, 10000},
		{"deepSeq of lists", `builtins.deepSeq ` + lists + ` 1`, 10000},
		{"equality of sets", sets + ` == ` + sets, 10001},
		{"equality of lists", lists + ` == ` + lists, 10001},
		{"order of lists", lists + ` < ` + lists, 10001},
	} {
		ev := newTestEvaluator(nil)
		for n, want := range map[int]bool{c.fails - 1: true, c.fails: false} {
			_, err := ev.EvalString(context.Background(), strings.ReplaceAll(c.text, "NUM", strconv.Itoa(n)), "/")
			if got := err == nil; got != want {
				t.Errorf("%s: %d deep: got error %v, want success: %v", c.name, n, err, want)
			}
		}
	}
}
