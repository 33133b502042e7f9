package resolve

import (
	"fmt"
	"strings"
	"testing"

	"nixbench/engine/syntax"
)

// dump describes where each variable of e is found, in the order of the text:
// name:depth.slot for those in frames, name:outer.slot, name:global, or
// name:with followed by depth.slot of each scope to search.
func dump(e syntax.Expr, syms *syntax.Symbols) string {
	var out []string
	var vars func(e syntax.Expr)
	path := func(p []syntax.AttrName) {
		for _, n := range p {
			vars(n.X)
		}
	}
	attrs := func(a *syntax.Attrs) {
		for _, x := range a.Froms {
			vars(x)
		}
		for _, n := range a.Attrs {
			vars(n.Value)
		}
		for _, d := range a.Dynamic {
			vars(d.Name)
			vars(d.Value)
		}
	}
	vars = func(e syntax.Expr) {
		switch e := e.(type) {
		case *syntax.Var:
			out = append(out, syms.Name(e.Name)+":"+showRef(e.Ref))
		case *syntax.Select:
			vars(e.X)
			path(e.Path)
			vars(e.Default)
		case *syntax.HasAttr:
			vars(e.X)
			path(e.Path)
		case *syntax.Call:
			vars(e.Fn)
			for _, x := range e.Args {
				vars(x)
			}
		case *syntax.List:
			for _, x := range e.Elems {
				vars(x)
			}
		case *syntax.Interp:
			for _, part := range e.Parts {
				vars(part.X)
			}
		case *syntax.Lambda:
			for _, f := range e.Formals {
				vars(f.Default)
			}
			vars(e.Body)
		case *syntax.Attrs:
			attrs(e)
		case *syntax.Let:
			attrs(e.Attrs)
			vars(e.Body)
		case *syntax.With:
			vars(e.Scope)
			vars(e.Body)
		case *syntax.If:
			vars(e.Cond)
			vars(e.Then)
			vars(e.Else)
		case *syntax.Assert:
			vars(e.Cond)
			vars(e.Body)
		case *syntax.Not:
			vars(e.X)
		case *syntax.Binary:
			if e.Fn != nil {
				vars(e.Fn)
			}
			vars(e.X)
			vars(e.Y)
		}
	}
	vars(e)
	return strings.Join(out, " ")
}

func showRef(r syntax.Ref) string {
	switch r.Kind {
	case syntax.Local:
		return fmt.Sprintf("%d.%d", r.Depth, r.Slot)
	case syntax.Outer:
		return fmt.Sprintf("outer.%d", r.Slot)
	case syntax.Global:
		return "global"
	case syntax.InWith:
		s := "with"
		for _, w := range *r.Withs {
			s += fmt.Sprintf(" %d.%d", w.Depth, w.Slot)
		}
		return s
	}
	return "unresolved"
}

// newOptions returns options with the globals true, map, __sub and __lessThan.
func newOptions(scope ...string) *Options {
	syms := syntax.NewSymbols()
	opts := &Options{Symbols: syms, Scope: NewScope()}
	for _, name := range scope {
		opts.Scope.Define(syms.Intern(name))
	}
	opts.Global = globalsOf(syms)
	return opts
}

// globalsOf says which names of a table are bound in every text.
func globalsOf(syms *syntax.Symbols) func(syntax.Sym) bool {
	return func(y syntax.Sym) bool {
		switch syms.Name(y) {
		case "true", "map", "__sub", "__lessThan", "__findFile", "__nixPath":
			return true
		}
		return false
	}
}

func parse(t *testing.T, src string, opts *Options) (syntax.Expr, *syntax.File) {
	t.Helper()
	e, f, err := syntax.ParseExpr("x", src, &syntax.Options{Symbols: opts.Symbols})
	if err != nil {
		t.Fatalf("parse %.40s: %v", src, err)
	}
	return e, f
}

// Where variables are found, and how large the top frame is.
func TestExpr(t *testing.T) {
	tests := []struct {
		in   string
		size int32
		want string
	}{
		{"true", 0, "true:global"},
		{"s1 + s0", 0, "s1:outer.1 s0:outer.0"},
		{"let a = 1; b = a; in b", 2, "a:0.0 b:0.1"},
		{"let a = 1; in let b = a; in a + b", 2, "a:0.0 a:0.0 b:0.1"},
		{"let a = 1; in let a = a; in a", 2, "a:0.1 a:0.1"},
		{"let true = 1; in true", 1, "true:0.0"},
		{"let s0 = 1; in s0", 1, "s0:0.0"},

		// Functions share a frame if one is the body of the other.
		{"x: y: z: x y z", 0, "x:0.0 y:0.1 z:0.2"},
		{"x: x: x", 0, "x:0.1"},
		{"x: map (y: x y)", 0, "map:global x:1.0 y:0.0"},
		{"x: { y }: x y", 0, "x:1.0 y:0.1"},
		{"{ a, b ? a }@c: a b c", 0, "a:0.1 a:0.1 b:0.2 c:0.0"},
		{"{ a }: b: a b", 0, "a:1.1 b:0.0"},

		// What is evaluated as part of the body uses its frame; what is delayed
		// does not.
		{"x: let a = x; in if a then let b = a; in b else let c = x; in c", 0, "x:0.0 a:0.1 a:0.1 b:0.2 x:0.0 c:0.3"},
		{"x: [ (let a = x; in a) ]", 0, "x:1.0 a:0.0"},
		{"x: { a = let b = x; in b; }", 0, "x:1.0 b:0.0"},
		{"x: x (let a = x; in a)", 0, "x:0.0 x:1.0 a:0.0"},

		// Sets.
		{"rec { a = 1; b = a; }", 2, "a:0.0"},
		{"let a = 1; in { inherit a; b = a; }", 1, "a:0.0 a:0.0"},
		{"let a = 1; in rec { inherit a; b = a; }", 3, "a:0.0 a:0.1"},
		{"let a = 1; in [ (rec { inherit a; b = a; }) ]", 1, "a:0.0 a:0.0"},
		{"let a = 1; inherit (a) b; in b", 2, "a:0.0 b:0.1"},
		{"rec { a = 1; ${a} = a; }", 1, "a:0.0 a:0.0"},
		{"let a = 1; in { ${a} = a; x = { inherit (a) b; }.${a} or a; }", 1, "a:0.0 a:0.0 a:0.0 a:0.0 a:0.0"},

		// A with scope has only what nothing else has.
		{"with s0; a", 1, "s0:outer.0 a:with 0.0"},
		{"with s0; s1 true", 1, "s0:outer.0 s1:outer.1 true:global"},
		{"with s0; let a = b; in with a; c", 3, "s0:outer.0 b:with 0.0 a:0.1 c:with 0.2 0.0"},
		{"with s0; x: a x", 1, "s0:outer.0 a:with 1.0 x:0.0"},
		{"x: [ (with x; y) ]", 0, "x:0.0 y:with 0.0"},
		{"x: with x; [ (with y; z) ]", 0, "x:0.0 y:with 0.1 z:with 0.0 1.1"},
		{"with s0; { inherit a; }", 1, "s0:outer.0 a:with 0.0"},

		// Operators are functions once their names are bound.
		{"1 - 2 < 3", 0, ""},
		{"let __sub = map; in 1 - 2", 1, "map:global __sub:0.0"},
		{"let __lessThan = map; in 1 >= 2", 1, "map:global __lessThan:0.0"},
		{"<a>", 0, "__findFile:global __nixPath:global"},
		{"let __nixPath = 1; in <a>", 1, "__findFile:global __nixPath:0.0"},
	}
	for _, tt := range tests {
		opts := newOptions("s0", "s1")
		e, f := parse(t, tt.in, opts)
		size, err := Expr(e, f, opts)
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
			continue
		}
		if got := dump(e, opts.Symbols); got != tt.want || size != tt.size {
			t.Errorf("%s:\n got %s in %d slots\nwant %s in %d", tt.in, got, size, tt.want, tt.size)
		}
	}
}

// Functions say how many of them share a frame, and its size.
func TestLambdas(t *testing.T) {
	opts := newOptions()
	e, f := parse(t, "x: y: let z = x; in { a, b }@c: d: e: with a; f", opts)
	if _, err := Expr(e, f, opts); err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		l, ok := e.(*syntax.Lambda)
		if !ok {
			break
		}
		got = append(got, fmt.Sprintf("merged %d arg %d size %d", l.Merged, l.ArgSlot, l.Frame.Size))
		e = l.Body
		if let, ok := e.(*syntax.Let); ok {
			e = let.Body
		}
	}
	want := "merged 2 arg 0 size 3|merged 0 arg 1 size 0|merged 1 arg 0 size 3|merged 2 arg 0 size 3|merged 0 arg 1 size 0"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("functions:\n got %s\nwant %s", s, want)
	}
}

// A variable that cannot be bound is an error where it stands, even if it is
// never evaluated. The first is reported in the order of Nix.
func TestUndefined(t *testing.T) {
	for in, want := range map[string]string{
		"a":                                   "undefined variable 'a' at x:1:1",
		"if true then 1 else b":               "undefined variable 'b' at x:1:21",
		"{ inherit c; }":                      "undefined variable 'c' at x:1:11",
		"x: [ y ]":                            "undefined variable 'y' at x:1:6",
		"with a; b":                           "undefined variable 'a' at x:1:6",
		`{ inherit "a b"; }`:                  "undefined variable '\"a b\"' at x:1:11",
		"u1 > u2":                             "undefined variable 'u2' at x:1:6",
		"{ x = a: 1; b = u1; a = u2; }":       "undefined variable 'u2' at x:1:25",
		"let a = b; in c":                     "undefined variable 'b' at x:1:9",
		"{ inherit (a) b; c = d; }":           "undefined variable 'a' at x:1:12",
		"{ z ? 1, x ? u1, y ? u2 }: u3":       "undefined variable 'u1' at x:1:14",
		"let inherit a; in a":                 "undefined variable 'a' at x:1:13",
		"let a = 1; in rec { inherit b; }":    "undefined variable 'b' at x:1:29",
		"with { }; x: (y: z: with x; w) or v": "",
	} {
		opts := newOptions()
		e, f := parse(t, in, opts)
		_, err := Expr(e, f, opts)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want && want != "" {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

// Trees as high as the parser makes them can be resolved.
func TestDeep(t *testing.T) {
	for name, src := range map[string]string{
		"functions": strings.Repeat("a: [(", 25_000) + "a" + strings.Repeat(")]", 25_000),
		"sum":       "true" + strings.Repeat(" + true", 90_000),
		"lets":      strings.Repeat("let a = 1; in ", 90_000) + "a",
	} {
		opts := newOptions()
		e, f := parse(t, src, opts)
		if _, err := Expr(e, f, opts); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkExpr(b *testing.B) {
	var src strings.Builder
	src.WriteString("{ lib, call, ... }@args: with lib; rec {\n")
	for i := range 2000 {
		fmt.Fprintf(&src, "p%d = call ./p { inherit (args) a b; v = x: y: let z = x - y; in z + optional lib.c p%d; };\n", i, i/2)
	}
	src.WriteString("}\n")
	b.SetBytes(int64(src.Len()))
	for b.Loop() {
		b.StopTimer()
		opts := newOptions()
		e, f, err := syntax.ParseExpr("x", src.String(), &syntax.Options{Symbols: opts.Symbols})
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := Expr(e, f, opts); err != nil {
			b.Fatal(err)
		}
	}
}
