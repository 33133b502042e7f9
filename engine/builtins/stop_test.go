package builtins

import (
	"context"
	"os"
	"path/filepath"
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
	for name, text := range map[string]string{"assert.nix": "assert 1 == 2; 1", "undefined.nix": "undefined"} {
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
		{`map builtins.break [ 1 ]`, 0},
	} {
		if got := newBench(t).stops(dir, c.text); got != c.stops {
			t.Errorf("%s\n stops %d times, want %d", c.text, got, c.stops)
		}
	}
}

// stops returns how often a debugger is called while a text, in dir, is evaluated and printed.
func (b *bench) stops(dir, text string) (n int) {
	ev := eval.New(eval.Options{
		World: b.world, Builtins: Table(Options{Derivations: instantiate.New(store.DefaultDir, b.world), Store: b.world}),
		Debugger: func(context.Context, *eval.Stop) eval.Resume { n++; return eval.ResumeContinue },
	})
	ctx := b.t.Context()
	v, err := ev.EvalString(ctx, text, dir)
	if err == nil {
		_ = ev.Do(ctx, func(s *eval.State) { s.Print(v, eval.PrintOptions{Force: true}) }) // it may be an error
	}
	return n
}
