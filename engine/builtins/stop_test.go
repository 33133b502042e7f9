package builtins

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nixbench/engine/eval"
	"nixbench/engine/instantiate"
	"nixbench/store"
)

// TestWhereDebuggersStop pins at which errors debuggers are called: inside of calls, files,
// selections and the bodies of let and functions, and at some errors everywhere. What is said
// of each text is what Nix 2.34.8 does.
func TestWhereDebuggersStop(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"assert.nix": "assert 1 == 2; 1", "undefined.nix": "undefined", "concat.nix": "[ ] ++ 1"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		text  string
		stops int
	}{
		{`assert false; 1`, 1},
		{`assert 1 == 2; 1`, 0},
		{`assert { a = 1; } == { a = 2; }; 1`, 0},
		{`let x = 1; in assert x == 2; x`, 1},
		{`let x = 1; y = assert x == 2; x; in { inherit y; }`, 0},
		{`let x = 1; y = assert x == 2; x; in y`, 1},
		{`with { a = 1; }; assert a == 2; a`, 0},
		{`(x: assert x == 2; x) 1`, 1},
		{`map (x: assert x == 2; x) [ 1 ]`, 1},
		{`{ a = assert 1 == 2; 1; }.a`, 1},
		{`{ a = assert 1 == 2; 1; }`, 0},
		{`(assert 1 == 2; { a = 1; }).a`, 0},
		{`{ a = 1; }.${assert 1 == 2; "a"}`, 1},
		{`{ a = 1; }.b or (assert 1 == 2; 1)`, 1},
		{`if assert 1 == 2; true then 1 else 2`, 0},
		{`import ./assert.nix`, 1},
		{`throw "x"`, 1},
		{`abort "x"`, 1},
		{`map throw [ "x" ]`, 0},
		{`undefined`, 0},
		{`let a = 1; in undefined`, 0},
		{`import ./undefined.nix`, 1},
		{`with { a = 1; }; b`, 1},
		{`[ 1 ] ++ 2`, 0},
		{`"${1}"`, 0},
		{`"a" + 1`, 0},
		{`1 + "a"`, 1},
		{`9223372036854775807 + 1`, 0},
		{`1 / 0`, 1},
		{`1 < "a"`, 1},
		{`!1`, 1},
		{`{ } // 1`, 1},
		{`{ ${1} = 1; }`, 0},
		{`{ ${toString "a"} = 1; a = 2; }`, 1},
		{`with 1; a`, 0},
		{`({ a }: a) { }`, 1},
		{`import ./nonexistent`, 0},
		{`builtins.readFile ./nonexistent`, 0},
		{`builtins.fromJSON "{"`, 0},
		{`derivation { }`, 0},
		{`(derivation { name = "a"; system = "b"; builder = throw "c"; }).drvPath`, 1},
		{`builtins.tryEval (throw "x")`, 1},
		{`[ (builtins.tryEval (assert false; 1)) (assert 1 == 2; 1) ]`, 2},
		{`[ (builtins.tryEval (throw "x")) (assert 1 == 2; 1) ]`, 1},
		{`builtins.break 1`, 1},
		{`(x: x ++ 1) [ 1 ]`, 0},
		{`(x: (x ++ [ ]) && true) [ ]`, 0},
		{`(x: if x ++ [ ] then 1 else 2) [ ]`, 0},
		{`let x = 1; in [ ] ++ x`, 1},
		{`import ./concat.nix`, 0},
		{`throw ./nonexistent`, 0},
		{`builtins.toFile "a b" "c"`, 0},
		{`builtins.convertHash { hash = "x"; toHashFormat = "sri"; }`, 0},
		{`builtins.fetchGit { url = 1; }`, 0},
		{`map builtins.break [ 1 ]`, 0},
	} {
		if got := newBench(t).stops(dir, c.text); got != c.stops {
			t.Errorf("%s\n stops %d times, want %d", c.text, got, c.stops)
		}
	}
}

// stops returns how often a debugger is called while a text, in dir, is evaluated and printed.
func (b *bench) stops(dir, text string) (n int) {
	ev := b.debugged(func(context.Context, *eval.Stop) eval.Resume { n++; return eval.ResumeContinue })
	b.evaluate(ev, dir, text)
	return n
}

func (b *bench) debugged(debugger eval.Debugger) *eval.Evaluator {
	return eval.New(eval.Options{
		World: b.world, Builtins: Table(Options{Derivations: instantiate.New(store.DefaultDir, b.world), Store: b.world}),
		Debugger: debugger,
	})
}

// evaluate evaluates a text, in dir, and prints what it is; either may end with an error.
func (b *bench) evaluate(ev *eval.Evaluator, dir, text string) {
	ctx := b.t.Context()
	v, err := ev.EvalString(ctx, text, dir)
	if err == nil {
		_ = ev.Do(ctx, func(s *eval.State) { s.Print(v, eval.PrintOptions{Force: true}) })
	}
}

// TestWhereDebuggersStep pins where a debugger is called that goes on step by step after
// break. What is said of each text is what Nix 2.34.8 does.
func TestWhereDebuggersStep(t *testing.T) {
	for _, c := range []struct{ text, stops string }{
		{`let f = x: g (x + 1); g = y: y * 2; in builtins.seq (builtins.break 1) (f 1)`, "a call 1:73, a function 1:9, a call 1:12, a function 1:27, a call 1:32"},
		{`let f = x: y: x + y; in builtins.seq (builtins.break 1) (f 1 2)`, "a call 1:58, a function 1:9, a function 1:12"},
		{`let f = { a }: { b }: a + b; in builtins.seq (builtins.break 1) (f { a = 1; } { b = 2; })`, "a call 1:66, a function 1:9, a function 1:16"},
		{`let x = builtins.break 1; s = { a.b = x; }; in builtins.seq x (s.c or (x + s.a.b))`, "a selection 1:64, a selection 1:76"},
		{`let x = builtins.break 5; in if x < 3 then x else if x > 4 then -x else !x`, "a call 1:56, a call 1:65"},
		{`let x = builtins.break 5; in map (y: y + x) [ 1 (x - 1) ]`, "a function 1:35, a call 1:52"},
		{`let x = builtins.break 1; in builtins.seq x (let y = let z = x; in z; in y)`, "the body of 'let', the body of 'let'"},
		{`let x = builtins.break { __functor = s: y: y; }; in x 1`, "a function 1:38, a function 1:41"},
		{`let x = builtins.break 1; in builtins.seq x (builtins.deepSeq { a = x + 1; b = { c = x + 2; }; d = 1; } 2)`, "a call 1:46, a selection 1:46, an attribute 1:65, an attribute 1:76, an attribute 1:82"},
		{`let x = builtins.break 1; in builtins.seq x (derivation { name = "a"; system = "b"; builder = "c"; }).name`, "a call 1:46, a selection 1:45"},
		{`let f = a: b: c: a + b + c; g = (builtins.seq (builtins.break 1) f) 1; h = g 2; in h 3 + h 4`, "a function 1:9, a function 1:12, a function 1:15, a call 1:90, a function 1:15"},
		{`let f = a: b: c: d: a + d; x = builtins.break 1; g = f x; h = g 2; i = h 3; in i 4 + i 5`, "a call 1:86, a function 1:18"},
		{`let f = a: b: a + b; x = builtins.break 1; in map (f x) [ 1 2 ]`, "a function 1:12"},
		{`let f = a: b: a == b; x = builtins.break 1; in builtins.any (f x) [ 2 1 ] && builtins.all (f x) [ 1 ]`, "a call 1:78, a selection 1:78, a call 1:92, a function 1:9"},
		{`let x = builtins.break 1; in builtins.seq x { a = { b = x; }; }.${"a"}.${toString "b"}`, "a call 1:74, a selection 1:45, a call 1:74"},
	} {
		if got := newBench(t).steps(c.text); got != c.stops {
			t.Errorf("%s\n steps to %s,\n want %s", c.text, got, c.stops)
		}
	}
}

// steps returns where a debugger is called after it was at break, for the first time.
func (b *bench) steps(text string) string {
	var stops []string
	ev := b.debugged(func(_ context.Context, stop *eval.Stop) eval.Resume {
		if stop.Why == eval.StopStep {
			at := strings.TrimPrefix(stop.Error.Msg, "stepped to ")
			if pos := stop.Error.Pos; pos.Line > 0 {
				at = fmt.Sprintf("%s %d:%d", at, pos.Line, pos.Column)
			}
			stops = append(stops, at)
		}
		return eval.ResumeStep
	})
	b.evaluate(ev, "/", text)
	return strings.Join(stops, ", ")
}
