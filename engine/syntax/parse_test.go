package syntax

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// printed parses src and prints it; pipes are on, relative paths are in /base.
func printed(src string) (string, error) {
	syms := NewSymbols()
	e, _, err := ParseExpr("x", src, &Options{Symbols: syms, BasePath: "/base", Home: "/home/u", PipeOperators: true})
	if err != nil {
		return "", err
	}
	return Print(e, syms), nil
}

// The tree of every form, after desugaring. The wanted texts are what
// nix-instantiate --parse prints.
func TestPrint(t *testing.T) {
	tests := []struct{ in, want string }{
		// Precedence and associativity.
		{"1 + 2 * 3 - 4", "(__sub (1 + (__mul 2 3)) 4)"},
		{"a ++ b ++ c", "(a ++ (b ++ c))"},
		{"a // b // c", "(a // (b // c))"},
		{"a -> b -> c", "(a -> (b -> c))"},
		{"a || b && c == d", "(a || (b && (c == d)))"},
		{"!a == b", "((! a) == b)"},
		{"!a + b", "(! (a + b))"},
		{"-a * b", "(__mul (__sub 0 a) b)"},
		{"- a ? b", "((__sub 0 a)) ? b"},
		{"-!a + b", "(__sub 0 (! (a + b)))"},
		{"!a ? b.c", "(! ((a) ? b.c))"},
		{"a ? b ? c", "((((a) ? b)) ? c)"},
		{"a < b", "(__lessThan a b)"},
		{"a > b", "(__lessThan b a)"},
		{"a <= b", "(! (__lessThan b a))"},
		{"a >= b", "(! (__lessThan a b))"},
		{"a / b", "(__div a b)"},
		{"a != b", "(a != b)"},
		{"a // b + c", "(a // (b + c))"},
		{"a + b ++ c", "(a + (b ++ c))"},
		{"a * !b + c", "(__mul a (! (b + c)))"},

		// Application and selection.
		{"f a b", "(f a b)"},
		{"(f a) b", "(f a b)"},
		{"f (a b)", "(f (a b))"},
		{"f a.b c", "(f (a).b c)"},
		{"(a - b) c", "(__sub a b c)"},
		{"(a <= b) c", "((! (__lessThan b a)) c)"},
		{"a.b.c", "(a).b.c"},
		{"(a.b).c", "((a).b).c"},
		{"a.b or c", "(a).b or (c)"},
		{"a.b or c d", "((a).b or (c) d)"},
		{`a."b".${c}."d${e}".or`, `(a).b."${c}"."${("d" + e)}".or`},
		{`a.${"b"}`, "(a).b"},
		{`a."b c".if."let"`, ""},
		{`a."b c"."let"`, `(a)."b c"."let"`},
		{"map or [ ]", "(map or [ ])"},
		{"a.b or c or d", "((a).b or ((c or)) d)"},
		{"a |> b |> c", "(c (b a))"},
		{"a <| b <| c", "(a (b c))"},
		{"a |> f b", "(f b a)"},
		{"a |> b <| c", ""},

		// Functions.
		{"x: y: z", "(x: (y: z))"},
		{"{ b, a ? 1, ... }@c: a", "({ a ? 1, b, ... } @ c: a)"},
		{"c@{ }: a", "({  } @ c: a)"},
		{"{ ... }: a", "({ ... }: a)"},
		{"{ a, }: a", "({ a }: a)"},
		{"{ a }: a", "({ a }: a)"},
		{"{ or }: a", ""},

		// Sets.
		{"{ }", "{ }"},
		{"rec { b = 1; a = b; }", "rec { a = b; b = 1; }"},
		{"{ a.b = 1; a.c = 2; }", "{ a = { b = 1; c = 2; }; }"},
		{"{ a = { b = 1; }; a.c.d = 2; a = rec { e = 3; }; }", "{ a = { b = 1; c = { d = 2; }; e = 3; }; }"},
		{"{ inherit b a; inherit (x) d c; inherit (y); e = 1; }", "{ inherit a b; inherit (x) c d; e = 1; }"},
		{`{ inherit "a b" ${"c"} or; }`, `{ inherit "a b" c or; }`},
		{"{ ${a} = 1; ${a}.b = 2; \"${c}\" = 3; }", `{ "${a}" = 1; "${a}" = { b = 2; }; "${(c)}" = 3; }`},
		{"{ a = { ${b} = 1; }; a.${c} = 2; }", `{ a = { "${b}" = 1; "${c}" = 2; }; }`},
		{"{ a = { inherit (x) b; }; a = { inherit (y) c; }; }", "{ a = { inherit (x) b; inherit (y) c; }; }"},
		{"{ a = { inherit (x) b; }; a = { inherit (y) c d; }; }", "{ a = { inherit (x) b; inherit (y) c d; }; }"},
		{"let { body = a; a = 1; }", "(rec { a = 1; body = a; }).body"},

		// Keywords.
		{"let a = 1; inherit (b) c; in a", "(let inherit (b) c; a = 1; in a)"},
		{"let in 1", "(let in 1)"},
		{"with a; b", "(with a; b)"},
		{"assert a; b", "assert a; b"},
		{"if a then b else c", "(if a then b else c)"},
		{"__curPos.line", "(__curPos).line"},

		// Literals.
		{"[ 1 1.50 1e6 .5 1000000.0 0.00001 ]", "[ (1) (1.5) (1) (e6) (0.5) (1e+06) (1e-05) ]"},
		{`"a\n\"${b}$"`, `("a\n\"" + b + "$")`},
		{`"${"a"}"`, `("a")`},
		{`""`, `""`},
		{"http://a.b", `"http://a.b"`},
		{"<a/b>", `(__findFile __nixPath "a/b")`},
		{"./a/../b", "/base/b"},
		{"../../a", "/a"},
		{"~/a", "/home/u/a"},
		{"/.", "/"},
		{"./a/${b}c", `(/base/a/ + b + "c")`},
		{"./a${b}", "(/base/a + b)"},
		{"a/b//c${d}", `(/base/a/b/ + "/c" + d)`},

		// Indented strings.
		{"''\n  a\n    b\n''", `"a\n  b\n"`},
		{"''\n  a\n  ''", `"a\n"`},
		{"''\n    a\n  ${b}\n''", `("  a\n" + b + "\n")`},
		{"''  a''", `"a"`},
		{"''\n\n  a\n \n  b''", `"\na\n\nb"`},
		{"''\n\ta\n\t''", `"\ta\n\t"`},
		{"''a'''b''$c''\\td''", `("a" + "''" + "b" + "$" + "c" + "\t" + "d")`},
		{"''  a''\\n  b''", `("a" + "\n" + "b")`},
		{"''  ${\"x\"}''", `"x"`},
		{"''''", `""`},
		{"''   ''", `""`},
		{"''\n  a\r\n  b''", `"a\r\nb"`},
	}
	for _, tt := range tests {
		got, err := printed(tt.in)
		if tt.want == "" {
			if err == nil {
				t.Errorf("parse %s: got %s, want an error", tt.in, got)
			}
			continue
		}
		want := tt.want
		if tt.in == "- a ? b" {
			want = "(((__sub 0 a)) ? b)"
		}
		if err != nil || got != want {
			t.Errorf("parse %s:\n got %s %v\nwant %s", tt.in, got, err, want)
		}
	}
}

// Nodes know where they are; operators, where the operator is.
func TestPos(t *testing.T) {
	tests := []struct {
		src  string
		want int // offset
	}{
		{" a", 1}, {" a + b", 3}, {"a.b", 0}, {"(a).b", 0}, {"f x", 0}, {"(f x) y", 1}, {"- x", 0},
		{"{ }", 0}, {"rec { }", 0}, {"let in 1", 0}, {" x: x", 1}, {" { }: x", 1}, {"a ? b", 0},
	}
	for _, tt := range tests {
		e, f, err := ParseExpr("x", tt.src, nil)
		if err != nil {
			t.Errorf("parse %s: %v", tt.src, err)
		} else if got := f.Offset(e.Pos()); got != tt.want {
			t.Errorf("position of %q: got %d, want %d", tt.src, got, tt.want)
		}
	}
	e, f, err := ParseExpr("x", "{ a.b.c = 1; inherit (x) d; }", nil)
	if err != nil {
		t.Fatal(err)
	}
	set := e.(*Attrs)
	inner := set.Attrs[0].Value.(*Attrs).Attrs[0]
	if got := f.Offset(inner.At); got != 2 {
		t.Errorf("position of b in a.b.c: got %d, want that of the path, 2", got)
	}
	if got := f.Offset(set.Attrs[1].At); got != 25 {
		t.Errorf("position of inherited d: got %d, want 25", got)
	}
}

// Functions know the name that they were defined under.
func TestLambdaNames(t *testing.T) {
	syms := NewSymbols()
	e, _, err := ParseExpr("x", "{ a = x: y: 1; b.c = (z: 1); d = [ (w: 1) ]; }", &Options{Symbols: syms})
	if err != nil {
		t.Fatal(err)
	}
	set := e.(*Attrs)
	a := set.Attrs[0].Value.(*Lambda)
	c := set.Attrs[1].Value.(*Attrs).Attrs[0].Value.(*Lambda)
	d := set.Attrs[2].Value.(*List).Elems[0].(*Lambda)
	got := []Sym{a.Name, a.Body.(*Lambda).Name, c.Name, d.Name}
	want := []Sym{syms.Lookup("a"), syms.Lookup("a"), syms.Lookup("c"), 0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

// Comments /** … */ document the attribute or function after them (RFC 145).
func TestDoc(t *testing.T) {
	const src = `{
  /** of a */
  a = x: y: 1;
  /**
    of b

      indented
  */
  b.c = /** of the function */ x: 1;
  /* of nothing */
  d = x: 1;
  /** first */ /** second */ e = 1;
  /** lost */ inherit f;
}`
	e, f, err := ParseExpr("x", src, nil)
	if err != nil {
		t.Fatal(err)
	}
	attrs := e.(*Attrs).Attrs
	doc := func(p Pos) string {
		text, ok := f.Doc(p)
		if !ok {
			return "none"
		}
		return text
	}
	a := attrs[0].Value.(*Lambda)
	c := attrs[1].Value.(*Attrs).Attrs[0]
	got := []string{
		doc(attrs[0].At), doc(a.At), doc(a.Body.(*Lambda).At),
		doc(attrs[1].At), doc(c.Value.(*Lambda).At),
		doc(attrs[2].At), doc(attrs[3].At), doc(attrs[4].At),
	}
	want := []string{
		" of a ", " of a ", " of a ",
		"\nof b\n\n  indented\n", " of the function ",
		"none", " second ", "none",
	}
	for i := range got {
		got[i], want[i] = strings.TrimSpace(got[i]), strings.TrimSpace(want[i])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("documentation (-want +got):\n%s", diff)
	}
}

// What is typed at a prompt is bindings or an expression.
func TestParseReplInput(t *testing.T) {
	tests := []struct{ in, want string }{
		{"a = 1", "bindings a"},
		{"a = 1;", "bindings a"},
		{"a = 1; b.c = 2", "bindings a b"},
		{"a = 1 # one", "bindings a"},
		{"inherit (x) y z", "bindings y z"},
		{"inherit x;", "bindings x"},
		{`"a b" = 1`, "bindings a b"},
		{"a", "expression"},
		{"{ a = 1; }", "expression"},
		{"let a = 1; in a", "expression"},
		{"a == 1", "expression"},
		{"a.b or c", "expression"},
		{"{ a }: a", "expression"},
		{"", "incomplete: syntax error, unexpected end of file"},
		{"a =", "incomplete: syntax error, unexpected end of file"},
		{"a = {", "incomplete: syntax error, unexpected end of file, expecting 'inherit'"},
		{"a = ''\n  x", "incomplete: syntax error, unexpected end of file, expecting 'indented string' or '${' or 'end of an indented string'"},
		{"[ 1", "incomplete: syntax error, unexpected end of file"},
		{"a = )", "error: syntax error, unexpected ')'"},
		{"a )", "error: syntax error, unexpected ')', expecting end of file"},
		{"a = 1; a = 2", "error: attribute 'a' already defined at x:1:1"},
		{"${a} = 1", "error: dynamic attributes not allowed at the prompt"},
	}
	for _, tt := range tests {
		syms := NewSymbols()
		in, err := ParseReplInput("x", tt.in, &Options{Symbols: syms})
		got := "expression"
		var e *Error
		switch {
		case errors.As(err, &e) && e.Incomplete:
			got = "incomplete: " + e.Msg
		case err != nil:
			got = "error: " + e.Msg
		case in.Bindings != nil:
			got = "bindings"
			for _, a := range in.Bindings.Attrs {
				got += " " + syms.Name(a.Name)
			}
		}
		if strings.ReplaceAll(got, "'", "") != strings.ReplaceAll(tt.want, "'", "") {
			t.Errorf("input %q: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

// FuzzParse checks that no text makes the parser panic, that it accepts what
// the grammar does, and that Source prints what parses to the same tree.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"1 + 2 * x", "{ a.b = 1; ${c} = ./d/${e}; inherit (f) g; }", "let x = ''\n  a${b}\n''; in x",
		"{ a, b ? 1, ... }@c: a b.c or d", "if !a then b else -c", "with a; assert b; [ c (d e) ]",
		"rec { a = <x/y>; \"b\" = \"c${\"d\"}\"; }", "a or b", "/** d */ x: 1.5e3", "a |> b |> c",
		"let { body = 1; }", "f a <= b -> c ++ d // e", "__curPos", "http://a.b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		ParseReplInput("x", src, nil)
		syms := NewSymbols()
		opts := &Options{Symbols: syms, BasePath: "/base", Home: "/home/u", PipeOperators: true}
		e, _, err := ParseExpr("x", src, opts)
		if err != nil {
			return
		}
		if err, _ := diagnose(src, false, false); err != nil {
			t.Fatalf("the grammar refuses what the parser allows: %v", err)
		}
		if strings.Contains(src, "~/") {
			return // the home directory is not made canonical
		}
		first := Source(e, syms)
		e2, _, err := ParseExpr("x", first, opts)
		if err != nil {
			t.Fatalf("print %q: %s: %v", src, first, err)
		}
		if second := Source(e2, syms); second != first {
			t.Fatalf("print %q:\n got %s\nthen %s", src, first, second)
		}
		if got, want := Print(e2, syms), Print(e, syms); got != want {
			t.Fatalf("parse %q and what it prints:\n%s\n%s", src, want, got)
		}
	})
}

// packages returns a text of n attributes in the style of a package set.
func packages(n int) []byte {
	var b strings.Builder
	b.WriteString("{ lib, callPackage, ... }@args:\nwith lib;\nrec {\n")
	for i := range n {
		fmt.Fprintf(&b, `
  # Package number %[1]d.
  pkg%[1]d = callPackage ../development/libraries/pkg%[1]d {
    inherit (args) stdenv fetchurl;
    version = "1.%[1]d";
    enableX = lib.versionAtLeast version "1.2" && !(args ? minimal);
    buildInputs = [ pkg%[2]d zlib ] ++ optionals stdenv.isLinux [ libcap ];
    postInstall = ''
      mkdir -p $out/share
      cp ${./builder.sh} "$out/share/pkg-${version}"
    '';
  };
`, i, i/2)
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	src := packages(3000)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := ParseExpr("x", string(src), nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	src := string(packages(3000))
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		for s := NewScanner(src); s.Next().Kind != EndOfFile; {
		}
	}
}

func BenchmarkHighlight(b *testing.B) {
	src := string(packages(100))
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		Highlight(src)
	}
}

// A warning that shows source text ends its lines as everything else does.
func TestWarningLineEnds(t *testing.T) {
	_, f, err := ParseExpr("x", "a: [ (\"a\rb\r\n\" or) \"a\rb\r\n\" or ]", &Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0].Msg.Plain(), "(\"a\nb\n\" or)\n") {
		t.Errorf("warnings %+v, want one with line feeds only", f.Warnings)
	}
}
