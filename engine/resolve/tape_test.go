package resolve

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"nixbench/engine/syntax"
)

// forms has every kind of node, with folded parts in folded parts.
const forms = `
let
  f = { a, b ? a + 1, c ? { inherit a; }, ... }@args: x: y: [ a b c args x y __curPos ];
  inherit (f) g h;
  inherit true;
in with f; with g; assert a ? b.${"c" + d}.e; if !a then -1 else
{
  a = 1; b = 2.5; c = "s"; d = ./p/q; e = ./p/${"x"}/y; f = "a${toString b}c"; g = ''
    two ${c}
      lines
  ''; h = x: x.a.b or c.${d}; i = z or 3; j = a: b: { c }: d: a b c d; k = 1 + 2 * 3 - 4 / 5;
  l = a // b ++ c; m = a -> b && c || d; n = a < b; o = a >= b; p = (a == b) != c; q = f x y z;
  r = let x = y; y = x; in x; s = rec { a = b; b = a; __overrides = { }; }; t = with a; b;
  u = <nixpkgs>; v = if a then b else c; w = assert a; b; x = let { body = a; }; ${"y"} = 1; "${z}" = 2;
  z = f (x: { a1 = f x; a2 = f x; a3 = f x; a4 = f x; a5 = f x; a6 = f x; a7 = f x; a8 = f x; a9 = f x;
    b1 = f x; b2 = f x; b3 = f x; b4 = f x; b5 = f x; b6 = f x; b7 = f (y: y x); ${x} = f x; });
}`

// tapeTexts returns texts that can be resolved.
func tapeTexts(t *testing.T) []string {
	texts := []string{forms, "let __sub = a: b: a; in 1 - 2", "-9223372036854775807 - 1", "1e300", `""`}
	files, err := filepath.Glob("../testdata/lang/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(b), "\n-- ")[1:] {
			_, text, _ := strings.Cut(part, " --\n")
			texts = append(texts, text)
		}
	}
	return texts
}

// TestTape pins that what comes from a tape is the tree that went onto it, read
// at once or part by part.
func TestTape(t *testing.T) {
	opts := newOptions()
	compared := 0
	for _, text := range tapeTexts(t) {
		e, f, err := syntax.ParseExpr("«test»", text, &syntax.Options{Symbols: opts.Symbols, BasePath: "/dir", Home: "/home"})
		if err == nil {
			_, err = Expr(e, f, opts)
		}
		if err != nil && text == forms {
			t.Fatal(err)
		} else if err != nil {
			continue
		}
		compared++
		tape := syntax.NewTape(e, f)
		ignore := cmp.Options{
			cmpopts.IgnoreUnexported(syntax.Attrs{}), cmpopts.EquateEmpty(),
			cmpopts.IgnoreFields(syntax.AttrName{}, "Off"), cmpopts.IgnoreFields(syntax.Assert{}, "CondOff"),
			cmpopts.IgnoreFields(syntax.Lambda{}, "Off"),
		}
		if diff := cmp.Diff(e, tape.Unfold(0), ignore); diff != "" {
			t.Fatalf("tape of %s: %s", text, diff)
		}
		r := tape.Reader()
		if got, want := syntax.Print(unfold(r, r.Expr(0)), opts.Symbols), syntax.Print(e, opts.Symbols); got != want {
			t.Fatalf("tape of %s:\ngot  %s\nwant %s", text, got, want)
		}
		r.Release()
	}
	if compared < 300 {
		t.Errorf("compared %d trees, want more", compared)
	}
}

// unfold reads what is folded in the parts that attributes and functions have.
func unfold(r *syntax.TapeReader, e syntax.Expr) syntax.Expr {
	switch e := e.(type) {
	case *syntax.Folded:
		if e.IsLambda {
			return unfold(r, r.Function(e.Off))
		}
		return unfold(r, r.Expr(e.Off))
	case *syntax.Lambda:
		for i := range e.Formals {
			if e.Formals[i].Default != nil {
				e.Formals[i].Default = unfold(r, e.Formals[i].Default)
			}
		}
		e.Body = unfold(r, e.Body)
	case *syntax.Attrs:
		for i := range e.Attrs {
			if e.Attrs[i].Value != nil {
				e.Attrs[i].Value = unfold(r, e.Attrs[i].Value)
			}
		}
		for i := range e.Dynamic {
			e.Dynamic[i].Value = unfold(r, e.Dynamic[i].Value)
		}
		for i := range e.Froms {
			e.Froms[i] = unfold(r, e.Froms[i])
		}
	default:
		inside(r, e)
	}
	return e
}

// inside unfolds the operands of an expression.
func inside(r *syntax.TapeReader, e syntax.Expr) {
	each := func(es ...*syntax.Expr) {
		for _, p := range es {
			if *p != nil {
				*p = unfold(r, *p)
			}
		}
	}
	switch e := e.(type) {
	case *syntax.Let:
		unfold(r, e.Attrs)
		each(&e.Body)
	case *syntax.With:
		each(&e.Scope, &e.Body)
	case *syntax.If:
		each(&e.Cond, &e.Then, &e.Else)
	case *syntax.Assert:
		each(&e.Cond, &e.Body)
	case *syntax.Not:
		each(&e.X)
	case *syntax.Binary:
		each(&e.X, &e.Y)
	case *syntax.Call:
		each(&e.Fn)
		for i := range e.Args {
			each(&e.Args[i])
		}
	case *syntax.List:
		for i := range e.Elems {
			each(&e.Elems[i])
		}
	case *syntax.Interp:
		for i := range e.Parts {
			each(&e.Parts[i].X)
		}
	case *syntax.Select:
		each(&e.X, &e.Default)
	case *syntax.HasAttr:
		each(&e.X)
	}
}
