//go:build confirm

package confirm

import (
	"strings"
	"testing"
)

// tracedExprs call what fails, what is an operator, what gets too few and too many
// arguments, and what builtins call.
const tracedExprs = `
builtins.tryEval (throw "no")
[ (builtins.tryEval ((x: throw x) "a")).success ((x: x) 1) ]
let f = n: if n == 0 then throw "end" else f (n - 1); in builtins.tryEval (f 3)
({ a, b }: a) { b = 1; }
(x: y: z: x) 1 2
(x: y: x + y) 1 2
(x: x) 1 2
1 2
5 - 3 * 2 / 1
[ (1 < 2) (1 > 2) (1 <= 2) (1 >= 2) (- (2)) ]
let __sub = a: b: 42; in 3 - 2
"a" - 1
let f = x: y: x + y; g = f 1; in [ (g 2) (g 3) ]
((x: y: z: x - y - z) 3) 2 1
builtins.add 1
(builtins.foldl' (a: b: a - b)) 1 [ 1 2 ]
let f = builtins.substring 0; in f 3 "hello"
map (x: x) [ 1 2 ]
map (builtins.trace "f" (x: x)) [ 1 2 ]
map 1 [ 1 ]
builtins.head (map (x: throw "in map") [ 1 ])
builtins.mapAttrs (n: v: n + v) { a = "1"; b = "2"; }
builtins.mapAttrs (n: throw n) { a = 1; }
builtins.mapAttrs 1 { a = 1; }
builtins.genList (x: x - 1) 3
builtins.zipAttrsWith (n: vs: vs) [ { a = 1; } { a = 2; b = 3; } ]
builtins.sort (a: b: a < b) [ 3 1 2 ]
builtins.sort builtins.lessThan [ 3 1 2 ]
builtins.genericClosure { startSet = [ { key = 1; } ]; operator = x: if x.key < 3 then [ { key = x.key + 1; } ] else [ ]; }
{ __functor = self: x: x; } 1
{ __functor = self: { __functor = s: a: b: a + b; }; } 1 2 3
map { __functor = s: x: x; } [ 1 ]
builtins.addErrorContext (builtins.trace "t" (toString 1)) (throw "y")
let f = { a, b ? a - 1 }: a * b; in f { a = 3; }
builtins.derivationStrict { name = "some"; }
builtins.derivationStrict { name = throw "none"; }
builtins.derivationStrict { }
{ f }: f 1
`

// Calls are told, and sampled, as the real Nix does.
func TestConfirmCallTraces(t *testing.T) {
	const (
		trace = `nix-instantiate --eval --strict --trace-function-calls --arg f 'x: x' -E '%' 2>&1 | sed 's/ at [0-9]*$//'`
		flame = `nix-instantiate --eval --strict --eval-profiler flamegraph --eval-profiler-frequency 0 --eval-profile-file /dev/stdout --arg f 'x: x' -E '%' | sort`
	)
	var lines strings.Builder
	for expr := range strings.Lines(tracedExprs) {
		if expr = strings.TrimSpace(expr); expr != "" {
			expr = strings.ReplaceAll(expr, "'", `'\''`)
			for _, how := range []string{trace, flame} {
				lines.WriteString(strings.Replace(how, "%", expr, 1) + "\n")
			}
		}
	}
	newShellTwins(t).compareLines(t, lines.String())
}

// Calls of functions count once for each argument, those of operators as calls of builtins.
func TestConfirmCountedCalls(t *testing.T) {
	newShellTwins(t).compareLines(t, `
NIX_SHOW_STATS=1 NIX_SHOW_STATS_PATH=s nix-instantiate --eval -E 'let f = x: y: x + y; g = f 1; in g 5 + f 1 2 - 4' && jq -c '[.nrFunctionCalls, .nrPrimOpCalls]' s
NIX_SHOW_STATS=1 NIX_SHOW_STATS_PATH=s nix-instantiate --eval -E 'let f = a: b: c: a - b - c; g = f 1; h = g 2; in h 3 + h 4 + g 5 6' && jq -c '[.nrFunctionCalls, .nrPrimOpCalls]' s
NIX_SHOW_STATS=1 NIX_COUNT_CALLS=1 NIX_SHOW_STATS_PATH=s nix-instantiate --eval -E 'let f = a: b: c: a - b - c; g = f 1; h = g 2; in h 3 + h 4 + g 5 6' && jq -cS '[.nrFunctionCalls, .nrPrimOpCalls, (.functions | sort), .primops]' s
`)
}
