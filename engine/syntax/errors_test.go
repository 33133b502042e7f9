package syntax

import (
	"errors"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// testdata/errors.nix: every chunk has the error that its marker says, on the
// line of the marker.
func TestErrors(t *testing.T) {
	data, err := os.ReadFile("testdata/errors.nix")
	if err != nil {
		t.Fatal(err)
	}
	marker := regexp.MustCompile(`(?m)[ \t]*### "(.*)"$`)
	line := 0
	for chunk := range strings.SplitSeq(string(data), "---\n") {
		m := marker.FindStringSubmatchIndex(chunk)
		if m == nil {
			t.Fatalf("chunk without marker: %s", chunk)
		}
		want := regexp.MustCompile("^(?:" + strings.ReplaceAll(chunk[m[2]:m[3]], `\"`, `"`) + ")$")
		wantLine := 1 + strings.Count(chunk[:m[0]], "\n")
		src := strings.TrimSuffix(chunk[:m[0]]+chunk[m[1]:], "\n")
		_, _, err := ParseExpr("errors", src, nil)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("errors.nix:%d: got %v, want an error like %v", line+wantLine, err, want)
		} else if !want.MatchString(e.Msg) || e.Pos.Line != wantLine {
			t.Errorf("errors.nix:%d: got %s, want %v in line %d", line+wantLine, e, want, wantLine)
		}
		line += strings.Count(chunk, "\n") + 1
	}
}

// An error can be mended by further lines if the text ends too early, and only then.
func TestIncomplete(t *testing.T) {
	incomplete := []string{
		"", "1 +", "let", "let a = 1;", "{ a = 1", "{ a =", "(", "[ 1", `"a`, `"a${`, "''a", "f:", "{ a,",
		"if a then", "a.", "a ?", "with a;", "assert a;", "/* a", "1 /* a", "/** a", "{ inherit", "''a''$",
		"\"a\\", "a: {\n  b = ''\n    c\n", "# comment", "let x = 1; in # c",
	}
	for _, src := range incomplete {
		if e := parseError(t, src); !e.Incomplete {
			t.Errorf("%q: %v: got complete, want incomplete", src, e)
		}
	}
	complete := []string{
		")", "1 )", "{ a = }", "let a = 1 in", "a b: c", "./a/", "99999999999999999999", "{ a = 1; a = 2;",
		"( ]", "/* a */ )", "if then", "{ a, a }: a",
	}
	for _, src := range complete {
		if e := parseError(t, src); e.Incomplete {
			t.Errorf("%q: %v: got incomplete, want complete", src, e)
		}
	}
}

func parseError(t *testing.T, src string) *Error {
	t.Helper()
	_, _, err := ParseExpr("x", src, nil)
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("parse %q: got %v, want an *Error", src, err)
	}
	return e
}

// Columns of errors: where the token stands, or the end of the text.
func TestErrorColumns(t *testing.T) {
	for src, want := range map[string]string{
		"a b )":            "x:1:5",
		"a/b//c ":          "x:1:5",
		"a a/b//c":         "x:1:3", // at the end of a text, where the piece before begins
		"\n  )":            "x:2:3",
		"a b":              "",
		"[ 1\n":            "x:2:1",
		"{ x, y, x }: x":   "x:1:9",
		"x@{ y, x }: x":    "x:1:1",
		"{a=1;b.c=2;b=3;}": "x:1:12",
		"\"a$":             "x:1:4",
		"./a/b/ x":         "x:1:7",
		"x.y.z w ./a/":     "x:1:9",
	} {
		_, _, err := ParseExpr("x", src, nil)
		got := ""
		if err != nil {
			got = err.(*Error).Pos.String()
		}
		if got != want {
			t.Errorf("parse %q: got %v, want an error at %q", src, err, want)
		}
	}
}

// Nesting has a limit, which is an error and not a crash; below it is room for
// what Nix can read.
func TestDepth(t *testing.T) {
	ok := map[string]func(n int) string{
		"lists":  func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) },
		"parens": func(n int) string { return strings.Repeat("(", n) + "1" + strings.Repeat(")", n) },
		"not":    func(n int) string { return strings.Repeat("!", n) + "a" },
		"sum":    func(n int) string { return "1" + strings.Repeat("+ 1", n) },
		"lambda": func(n int) string { return strings.Repeat("a: ", n) + "a" },
		"sets":   func(n int) string { return strings.Repeat("{ a = ", n) + "1" + strings.Repeat("; }", n) },
		"path":   func(n int) string { return "{ a" + strings.Repeat(".a", n) + " = 1; }" },
		"concat": func(n int) string { return "a" + strings.Repeat(" ++ a", n) },
		"string": func(n int) string { return strings.Repeat(`"${`, n) + "1" + strings.Repeat(`}"`, n) },
		"or":     func(n int) string { return strings.Repeat("a.b or ", n) + "1" },
		"pipe":   func(n int) string { return "a" + strings.Repeat(" <| a", n) },
	}
	for name, text := range ok {
		opts := &Options{PipeOperators: true}
		if _, _, err := ParseExpr("x", text(12_000), opts); err != nil {
			t.Errorf("%s, 12000 deep: %v", name, err)
		}
		_, _, err := ParseExpr("x", text(1_000_000), opts)
		if err == nil || !strings.Contains(err.Error(), "stack overflow") {
			t.Errorf("%s, 1000000 deep: got %v, want a stack overflow", name, err)
		}
	}
}

// A zero byte ends a text, as it does for Nix, but in strings it is an error, unless a
// backslash is before it.
func TestZeroByte(t *testing.T) {
	e, _, err := ParseExpr("x", "1\x00 )", nil)
	if err != nil || e.(*Int).Value != 1 {
		t.Errorf("got %v, %v, want 1", e, err)
	}
	for _, src := range []string{"\"a\x00\"", "''a\x00''"} {
		want := "input string 'a␀' cannot be represented as Nix string because it contains null bytes"
		if e := parseError(t, src); e.Msg != want {
			t.Errorf("%q: got %s, want %s", src, e.Msg, want)
		}
	}
	for _, src := range []string{"\"a\\\x00\"", "''a''\\\x00''"} {
		if _, _, err := ParseExpr("x", src, nil); err != nil {
			t.Errorf("%q: got %v, want a string", src, err)
		}
	}
}

// Discouraged forms are warnings or errors if the options say so.
func TestLints(t *testing.T) {
	texts := map[string]string{
		"http://a": `URL literals are discouraged. Consider using a string literal "http://a" instead (lint-url-literals)`,
		"a/b":      `relative path literal 'a/b' should be prefixed with '.' for clarity: './a/b' (lint-short-path-literals)`,
		"/a":       `absolute path literals are not portable. Consider replacing path literal '/a' by a string, relative path, or parameter (lint-absolute-path-literals)`,
		"~/a":      `home path literals are not portable. Consider replacing path literal '~/a' by a string, relative path, or parameter (lint-absolute-path-literals)`,
	}
	for src, want := range texts {
		_, f, err := ParseExpr("x", src, &Options{URLLiterals: LintWarn, ShortPaths: LintWarn, AbsolutePaths: LintWarn})
		if err != nil || len(f.Warnings) != 1 || f.Warnings[0].Msg.Plain() != want {
			t.Errorf("%s: got %v, %v, want the warning %s", src, f.Warnings, err, want)
		}
		_, _, err = ParseExpr("x", src, &Options{URLLiterals: LintFatal, ShortPaths: LintFatal, AbsolutePaths: LintFatal})
		want = strings.ReplaceAll(want, "URL literals are discouraged", "URL literals are disallowed")
		if e, ok := err.(*Error); !ok || e.Msg != want {
			t.Errorf("%s: got %v, want the error %s", src, err, want)
		}
		_, f, err = ParseExpr("x", src, nil)
		if err != nil || len(f.Warnings) != 0 {
			t.Errorf("%s: got %v, %v, want nothing", src, f.Warnings, err)
		}
	}
	_, _, err := ParseExpr("x", "~/a", &Options{PureEval: true})
	if want := "the path '~/a' can not be resolved in pure mode"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// The word or as a variable is warned about where a future Nix will read it
// differently.
func TestCursedOr(t *testing.T) {
	for src, want := range map[string]int{
		"f x or":      1,
		"[ x or ]":    1,
		"a.b or c or": 1,
		"x or":        0,
		"x or y":      0,
		"f (x or)":    0,
		"f x or y":    1,
	} {
		_, f, err := ParseExpr("x", src, nil)
		if err != nil || len(f.Warnings) != want {
			t.Errorf("%s: got %d warnings %v, want %d", src, len(f.Warnings), err, want)
		}
		for _, w := range f.Warnings {
			if !strings.Contains(w.Msg.Plain(), "(x or)") && !strings.Contains(w.Msg.Plain(), "(c or)") {
				t.Errorf("%s: the warning does not quote the expression: %s", src, strconv.Quote(w.Msg.Plain()))
			}
		}
	}
}

// A function takes at most 65,535 formals, as in Nix.
func TestTooManyFormals(t *testing.T) {
	function := func(formals int) string {
		var b strings.Builder
		b.WriteString("[ ({ ")
		for i := range formals {
			b.WriteString("a" + strconv.Itoa(i) + ", ")
		}
		return b.String() + "... }: 1) ]"
	}
	if _, _, err := ParseExpr("errors", function(65535), nil); err != nil {
		t.Errorf("65535 formals: %.100s", err)
	}
	_, _, err := ParseExpr("errors", function(65536), nil)
	var e *Error
	if !errors.As(err, &e) || e.Msg != "too many formal arguments, implementation supports at most 65535" || e.Pos.Column != 4 {
		t.Errorf("65536 formals: got %.200v", err)
	}
}
