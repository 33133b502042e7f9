package eval

import (
	"context"
	"testing"
)

// BenchmarkEval measures programs that each exercise one structure.
func BenchmarkEval(b *testing.B) {
	programs := []struct{ name, text string }{
		{"fib", `let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2); in fib 20`},
		{"foldl", `builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 50000)`},
		{"attrs", `builtins.foldl' (a: i: a // { x = i; ${"k" + toString (i - i / 7 * 7)} = a.x or 0; }) { }
			(builtins.genList (x: x) 5000)`},
		{"layers", `let big = builtins.mapAttrs (n: v: v) (builtins.foldl' (a: i: a // { ${"k" + toString i} = i; }) { }
			(builtins.genList (x: x) 500));
			in builtins.foldl' (a: i: a // { extra = i; }) big (builtins.genList (x: x) 5000)`},
		{"strings", `builtins.foldl' (a: i: a + builtins.length [ "${toString i}-${toString (i + 1)}" ]) 0
			(builtins.genList (x: x) 20000)`},
		{"formals", `let f = { a, b ? a, ... }: a + b; in builtins.foldl' (acc: i: acc + f { a = i; c = 1; }) 0
			(builtins.genList (x: x) 10000)`},
	}
	for _, p := range programs {
		b.Run(p.name, func(b *testing.B) {
			ev := newTestEvaluator(nil)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ev.EvalString(context.Background(), p.text, "/"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
