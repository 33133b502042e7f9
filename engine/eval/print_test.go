package eval

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPrintRepl pins the REPL's forms of values: one level deep, and (after
// "deep:") all of it.
func TestPrintRepl(t *testing.T) {
	tests := []struct{ in, want string }{
		{
			`{ a = 1; b = { c = 2; }; l = [ 1 2 [ 3 ] ]; f = x: x; e = { }; el = [ ]; s = "a\nb"; t = throw "no"; }`,
			"{\n  a = 1;\n  b = { ... };\n  e = { ... };\n  el = [ ... ];\n  f = «lambda f @ «string»:1:49»;\n" +
				"  l = [ ... ];\n  s = \"a\\nb\";\n  t = «error: no»;\n}",
		},
		{`[ 1 { a = 2; } ]`, "[\n  1\n  { ... }\n]"},
		{`{ x = 1; }`, `{ x = 1; }`},
		{`{ x = [ 1 ]; }`, "{\n  x = [ ... ];\n}"},
		{`let x = { a = x; }; in x`, "{\n  a = «repeated»;\n}"},
		{`{ "a b" = 1; "if" = 2; "1x" = 3; x-y' = 4; }`, "{\n  \"1x\" = 3;\n  \"a b\" = 1;\n  \"if\" = 2;\n  x-y' = 4;\n}"},
		{
			`deep:{ b = { c = 2; d = { }; }; l = [ 1 [ 3 ] ]; single = [ [ 1 ] ]; one = { x = 1; }; h = map (x: x); }`,
			"{\n  b = {\n    c = 2;\n    d = { };\n  };\n  h = «partially applied primop map»;\n" +
				"  l = [\n    1\n    [ 3 ]\n  ];\n  one = { x = 1; };\n  single = [\n    [ 1 ]\n  ];\n}",
		},
		{
			`deep:let x = { a = x; b = 1; }; in [ x x ]`,
			"[\n  {\n    a = «repeated»;\n    b = 1;\n  }\n  «repeated»\n]",
		},
		{
			`{ type = "derivation"; drvPath = "/nix/store/0j6kpwz4dm9964pssxn1zf5vql05y3fl-hello.drv"; }`,
			`«derivation /nix/store/0j6kpwz4dm9964pssxn1zf5vql05y3fl-hello.drv»`,
		},
		{`map`, `«primop map»`},
		{`x: y: x`, `«lambda @ «string»:1:1»`},
		{`(x: y: x) 1`, `«lambda @ «string»:1:5»`},
	}
	ev := newTestEvaluator(nil)
	for _, tt := range tests {
		text, deep := strings.CutPrefix(tt.in, "deep:")
		opts := ReplPrint
		if deep {
			opts.MaxDepth = 0
		}
		var got string
		err := ev.Do(context.Background(), func(s *State) {
			got = s.Print(s.EvalText("«string»", text, "/", nil), opts)
		})
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
		} else if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.in, diff)
		}
	}
}

// Whether an only element is printed on a line of its own depends on its value, and
// where that fails is the place of the call that it stands for, and of nothing else.
func TestPrintOnlyElement(t *testing.T) {
	for _, tt := range []struct {
		in     string
		called bool
	}{
		{`map (x: x.a) [ 1 ]`, true},
		{`mapAttrs (n: x: x.a) { b = 1; }`, false}, // the function is not evaluated before
		{`map head [ 1 ]`, false},
		{`[ (head 1) ]`, false},
	} {
		ev := newTestEvaluator(nil)
		err := ev.Do(context.Background(), func(s *State) {
			s.Print(s.EvalText("«string»", "with builtins; "+tt.in, "/", nil), ReplPrint)
		})
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v, want an error", tt.in, err)
		} else if got := e.Format(true); strings.Contains(got, "from call site") != tt.called {
			t.Errorf("%s: got %s\na call site is wanted: %v", tt.in, got, tt.called)
		}
	}
}

// TestPrintLimits pins how error messages cut values short.
func TestPrintLimits(t *testing.T) {
	ev := newTestEvaluator(nil)
	_, err := ev.EvalString(context.Background(), `1 + builtins.length (let
		x = { type = 1; a = [ 1 2 3 4 5 6 7 8 9 10 11 12 ]; z = { y = 2; }; };
		in builtins.deepSeq x x)`, "/")
	want := "expected a list but found a set: { type = 1; a = [ 1 2 3 4 5 6 7 8 9 10 «2 items elided» ]; z = { y = 2; }; }"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestSelectPath(t *testing.T) {
	ev := newTestEvaluator(nil)
	ctx := context.Background()
	v := eval1(t, ev, `{ sys ? 1, arg ? 0 }: { a.b = [ { "x.y" = sys + arg; } ({ n }: n) ]; l = [ ]; }`)
	args := eval1(t, ev, `{ arg = 5; n = 7; }`).Attrs()
	for path, want := range map[string]string{`a.b.0."x.y"`: "6", "a.b.1": "7", "l": "[ ]"} {
		r, err := ev.Select(ctx, v, path, args, true)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		} else if got := printPlain(t, ev, r); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	for path, want := range map[string]string{
		"a.c":    "attribute 'c' in selection path 'a.c' not found",
		"a.b.5":  "list index 5 in selection path 'a.b.5' is out of range",
		"a.b.c":  "the expression selected by the selection path 'a.b.c' should be a set but is a list",
		"a.0":    "the expression selected by the selection path 'a.0' should be a list but is a set",
		`a."b`:   `missing closing quote in selection path 'a."b'`,
		"a..b":   "empty attribute name in selection path 'a..b'",
		"a.b.1.": "",
	} {
		_, err := ev.Select(ctx, v, path, args, true)
		if want == "" {
			continue
		}
		if err == nil || err.Error() != want {
			t.Errorf("%s: got error %v, want %s", path, err, want)
		}
	}
	_, err := ev.Select(ctx, eval1(t, ev, `{ a }: a`), "", NoAttrs(), true)
	if err == nil || !strings.HasPrefix(err.Error(), "cannot evaluate a function that has an argument without a value ('a')") {
		t.Errorf("got error %v", err)
	}
}

// TestSnapshot pins that looking at a value forces nothing, and that children are
// opened one by one.
func TestSnapshot(t *testing.T) {
	ev := newTestEvaluator(nil)
	ctx := context.Background()
	v := eval1(t, ev, `{ a = throw "a"; b = 1 + 1; c = { d = [ 1 2 ]; }; s = "x"; }`)
	snap := ev.Snapshot(v)
	want := Snapshot{Kind: KindAttrs, Text: `{ a = «thunk»; b = «thunk»; c = «thunk»; s = "x"; }`, Children: 4}
	if diff := cmp.Diff(want, snap); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	children := ev.Children(v, 0, 10)
	if len(children) != 4 || children[1].Name != "b" || !children[1].Value.IsThunk() {
		t.Fatalf("got children %v", children)
	}
	if got := ev.Children(v, 3, 10); len(got) != 1 || got[0].Name != "s" {
		t.Errorf("got children %v, want s", got)
	}
	snap, err := ev.Expand(ctx, children[1].Value)
	if err != nil || snap.Text != "2" || snap.Kind != KindInt {
		t.Errorf("got %v, %v, want 2", snap, err)
	}
	snap, err = ev.Expand(ctx, children[0].Value)
	if err != nil || snap.Err == nil || snap.Text != "«error: a»" {
		t.Errorf("got %v, %v, want the error a", snap, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if _, err = ev.Expand(ctx, children[2].Value); err == nil {
		t.Error("got no error of a cancelled context")
	}
}

// TestFiles pins how imports and the search path find files.
func TestFiles(t *testing.T) {
	files := map[string]string{
		"/d/default.nix": `{ here = ./x; v = import ./x/y.nix; }`,
		"/d/x/y.nix":     `"y"`,
		"/p/a.nix":       `1`,
		"/s.nix":         `x + y`,
	}
	ev := New(Options{World: &testWorld{files: files}, Builtins: testBuiltins(), Corepkgs: map[string]string{"c.nix": "3"}})
	ctx := context.Background()
	v, err := ev.EvalFile(ctx, "/d")
	if err == nil {
		v, err = ev.ForceDeep(ctx, v)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got, want := printPlain(t, ev, v), `{ here = /d/x; v = "y"; }`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	entries := []SearchPathEntry{{Path: "/d"}, {Prefix: "p", Path: "/p"}, {Prefix: "gone", Path: "/gone"}}
	err = ev.Do(ctx, func(s *State) {
		for name, want := range map[string]string{"x/y.nix": "/d/x/y.nix", "p/a.nix": "/p/a.nix", "p": "/p", "nix/c.nix": "/__corepkgs__/c.nix"} {
			if got := s.FindFile(entries, name); got != want {
				t.Errorf("<%s>: got %s, want %s", name, got, want)
			}
		}
		if got := s.Import(s.FindFile(entries, "nix/c.nix")).AsInt(); got != 3 {
			t.Errorf("got %d, want 3", got)
		}
		vars := s.NewAttrs(2)
		vars.SetName("x", MakeInt(40))
		vars.SetName("y", MakeInt(2))
		if got := s.ScopedImport("/s.nix", vars.Value().Attrs()).AsInt(); got != 42 {
			t.Errorf("got %d, want 42", got)
		}
		s.FindFile(entries, "gone/x")
	})
	const missing = "file 'gone/x' was not found in the Nix search path (add it using $NIX_PATH or -I)"
	if err == nil || err.Error() != missing {
		t.Errorf("got error %v, want %s", err, missing)
	}
}
