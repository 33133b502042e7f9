package eval

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// evalText evaluates a text deeply and prints it.
func evalText(t *testing.T, ev *Evaluator, text string) (string, error) {
	t.Helper()
	ctx := context.Background()
	v, err := ev.EvalString(ctx, text, "/base")
	if err == nil {
		v, err = ev.ForceDeep(ctx, v)
	}
	if err != nil {
		return "", err
	}
	return ev.PrintPlain(ctx, v)
}

// TestLanguage pins values of expressions: the semantics of each construct.
func TestLanguage(t *testing.T) {
	tests := []struct{ in, want string }{
		{`1 + 2 * 3 - 4 / 2`, `5`},
		{`1.5 + 1`, `2.5`},
		{`-3`, `-3`},
		{`9223372036854775807 - 1`, `9223372036854775806`},
		{`let f = x: y: z: x + y + z; in f 1 2 3`, `6`},
		{`let f = x: y: x - y; g = f 5; in g 3`, `2`},
		{`let f = x: y: z: [ x y z ]; g = f 1; h = g 2; in [ (h 3) (g 4 5) ]`, `[ [ 1 2 3 ] [ 1 4 5 ] ]`},
		{`({ a, b ? a + 1, ... }@args: [ a b (args ? c) ]) { a = 1; c = 2; }`, `[ 1 2 true ]`},
		{`let fix = f: let x = f x; in x; in (fix (self: { a = 1; b = self.a + 1; })).b`, `2`},
		{`rec { a = b; b = 2; c = [ a b ]; }`, `{ a = 2; b = 2; c = [ 2 2 ]; }`},
		{`rec { a = 1; b = a; __overrides = { a = 5; }; }`, `{ __overrides = { a = 5; }; a = 5; b = 5; }`},
		{`let x = { a = 1; b = 2; }; in { inherit (x) a b; c = 3; }`, `{ a = 1; b = 2; c = 3; }`},
		{`let inherit (rec { a = 1; b = a; }) a b; in [ a b ]`, `[ 1 1 ]`},
		{`let a = 1; in rec { inherit a; b = a; }`, `{ a = 1; b = 1; }`},
		{`with { a = 1; b = 2; }; with { a = 3; }; [ a b ]`, `[ 3 2 ]`},
		{`let a = 1; in with { a = 2; }; a`, `1`},
		{`{ a.b.c = 1; a.b.d = 2; }.a.b`, `{ c = 1; d = 2; }`},
		{`{ a = 1; }.b or 3`, `3`},
		{`{ a.b = 1; }.a.b.c or 4`, `4`},
		{`let n = "x"; in { ${n} = 1; "${n}y" = 2; ${null} = 3; }`, `{ x = 1; xy = 2; }`},
		{`[ ({ a.b = 1; } ? a.b) ({ a = 1; } ? a.b) (1 ? a) ]`, `[ true false false ]`},
		{`{ a = 1; b = 2; } // { b = 3; c = 4; }`, `{ a = 1; b = 3; c = 4; }`},
		{`[ 1 ] ++ [ 2 3 ] ++ [ ]`, `[ 1 2 3 ]`},
		{`"a${"b"}c" + "d"`, `"abcd"`},
		{`"${./x}" == "x"`, `false`},
		{`./a + "/b"`, `/base/a/b`},
		{`/a/${"b"}/../c`, `/a/c`},
		{`[ (1 == 1.0) ("a" == "b") ([ 1 [ 2 ] ] == [ 1 [ 2 ] ]) ({ a = 1; } == { a = 1; }) (null == false) ]`,
			`[ true false true true false ]`},
		{`let f = x: x; in [ (f == f) ([ f ] == [ f ]) ({ inherit f; } == { inherit f; }) ]`, `[ false true true ]`},
		{`{ type = "derivation"; outPath = "x"; a = 1; } == { type = "derivation"; outPath = "x"; a = 2; }`, `true`},
		{`[ (1 < 2) (1.5 <= 1) ("a" < "b") ([ 1 2 ] < [ 1 3 ]) ([ ] < [ 1 ]) (2 > 1) (2 >= 3) ]`,
			`[ true false true true true true false ]`},
		{`[ (true && false) (false || true) (false -> (throw "x")) (!true) ]`, `[ false true true false ]`},
		{`if 1 < 2 then "yes" else "no"`, `"yes"`},
		{`assert true; 1`, `1`},
		{`let s = { __functor = self: x: self.n + x; n = 10; }; in s 5`, `15`},
		{`toString { __toString = self: "<" + self.x + ">"; x = "y"; }`, `"<y>"`},
		{`toString [ 1 2.5 true false null [ "a" [ ] "b" ] /x ]`, `"1 2.500000 1   a b /x"`},
		{`"${{ outPath = "/o"; }}"`, `"/o"`},
		{`let a = [ a ]; in 1`, `1`},
		{`map (x: x * x) [ 1 2 3 ]`, `[ 1 4 9 ]`},
		{`builtins.mapAttrs (n: v: n + toString v) { a = 1; b = 2; }`, `{ a = "a1"; b = "b2"; }`},
		{`builtins.genList (x: x) 3`, `[ 0 1 2 ]`},
		{`builtins.foldl' (a: b: a + b) 0 (builtins.genList (x: x) 1000)`, `499500`},
		{`builtins.add 1 2.5`, `3.5`},
		{`(builtins.add 1) 2`, `3`},
		{`let { x = 1; body = x + 1; }`, `2`},
		{`let __sub = a: b: "sub"; in 1 - 2`, `"sub"`},
		{`let __lessThan = a: b: [ a b ]; in 1 > 2`, `[ 2 1 ]`},
		{`[ 1.0e10 1.0 0.1 100000.0 1000000.0 1234567.0 (1.0 / 3) ]`,
			`[ 1e+10 1 0.1 100000 1e+06 1.23457e+06 0.333333 ]`},
		{`let x = y: let z = y; w = z; in { inherit z w; }; in x 1`, `{ w = 1; z = 1; }`},
		{`(x: with x; let b = a; in (y: [ a b y ])) { a = 1; } 2`, `[ 1 1 2 ]`},
		{`builtins.tryEval (throw "x")`, `{ success = false; value = false; }`},
		{`builtins.tryEval (assert false; 1)`, `{ success = false; value = false; }`},
		{`let x = throw "x"; in [ (builtins.tryEval x).success (builtins.tryEval x).success (builtins.tryEval 1).value ]`,
			`[ false false 1 ]`},
		{`builtins ? add && builtins.builtins ? map`, `true`},
		{`[ (x: x) builtins.add (builtins.add 1) ((x: y: x) 1) ]`, `[ <LAMBDA> <PRIMOP> <PRIMOP-APP> <LAMBDA> ]`},
	}
	ev := newTestEvaluator(nil)
	for _, tt := range tests {
		got, err := evalText(t, ev, tt.in)
		if err != nil {
			t.Errorf("%s: %v", tt.in, err)
		} else if got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

// TestLazyPrinting pins which elements count as evaluated.
func TestLazyPrinting(t *testing.T) {
	const in = `{ f = x: x; l = [ ]; a = { }; s = "a"; i = 1; n = -1; t = true; k = [ 1 ]; m = map; }`
	const want = `{ a = <CODE>; f = <CODE>; i = 1; k = <CODE>; l = [ ]; m = <PRIMOP>; n = <CODE>; s = "a"; t = true; }`
	ev := newTestEvaluator(nil)
	v, err := ev.EvalString(context.Background(), in, "/")
	if err != nil {
		t.Fatal(err)
	}
	if got := printPlain(t, ev, v); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	v, err = ev.EvalString(context.Background(), `let x = { a = 1; b = x; }; in x`, "/")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := printPlain(t, ev, v), `{ a = 1; b = «repeated»; }`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestFunctionsAreThunks pins that a function shows as one where it was called or
// selected, in whatever holds it, and as a thunk where it was not.
func TestFunctionsAreThunks(t *testing.T) {
	tests := []struct{ in, want string }{
		{`let s = { f = x: x; g = x: x; y = s.f 1; }; in builtins.seq s.y s`, `{ f = <LAMBDA>; g = <CODE>; y = 1; }`},
		{`let g = { a, h ? (x: x) }: { inherit a h; }; v = g { a = y: y; }; in builtins.seq (v.a 1) v`, `{ a = <LAMBDA>; h = <CODE>; }`},
		{`let s = { f = x: x; }; t = s // { g = 1; }; in builtins.seq (t.f 1) [ s t ]`, `[ { f = <LAMBDA>; } { f = <LAMBDA>; g = 1; } ]`},
		{`let l = [ (x: x) (x: x) ]; in builtins.seq (builtins.head l 1) l`, `[ <LAMBDA> <CODE> ]`},
		{`(f: builtins.seq (f 1) [ f ]) (x: x)`, `[ <LAMBDA> ]`},
		{`(f: [ f ]) (x: x)`, `[ <CODE> ]`},
		{`let s = { f = x: x; t = s.f == 1; }; in builtins.seq s.t s`, `{ f = <LAMBDA>; t = false; }`},
	}
	ev := newTestEvaluator(nil)
	for _, test := range tests {
		v, err := ev.EvalString(context.Background(), test.in, "/")
		if err != nil {
			t.Fatal(err)
		}
		if got := printPlain(t, ev, v); got != test.want {
			t.Errorf("%s\ngot  %s\nwant %s", test.in, got, test.want)
		}
	}
}

// TestPrintTooDeep pins that what is nested deeper than calls may be ends in an error
// that names the place of the value, after what has been shown of it.
func TestPrintTooDeep(t *testing.T) {
	ev := newTestEvaluator(nil)
	v, err := ev.EvalString(context.Background(), `
		let f = n: acc: if n == 0 || acc == 0 then acc else f (n - 1) { inner = acc; }; a = f 9000 null; b = f 9000 a; in
		if a == null || b == null then a else b`, "/")
	if err != nil {
		t.Fatal(err)
	}
	const want = "stack overflow; max-call-depth exceeded"
	got, err := ev.PrintPlain(context.Background(), v)
	if !strings.HasSuffix(got, "inner = { inner = ") || strings.Count(got, "inner") != 10_001 {
		t.Errorf("got %d sets and then %q", strings.Count(got, "inner"), got[max(0, len(got)-30):])
	}
	checkPlace(t, err, want, 2, 65)
	checkPlace(t, ev.Do(context.Background(), func(s *State) { s.Print(v, PrintOptions{Force: true}) }), want, 2, 65)
}

// checkPlace reports an error that does not say msg about a place.
func checkPlace(t *testing.T, err error, msg string, line, column int) {
	t.Helper()
	e, ok := err.(*Error)
	if !ok || PlainText(e.Msg) != msg || e.Pos.Line != line || e.Pos.Column != column {
		t.Errorf("got %v at %v, want %s at %d:%d", err, e.Pos, msg, line, column)
	}
}

// TestErrors pins messages and kinds.
func TestErrors(t *testing.T) {
	tests := []struct {
		in   string
		kind ErrorKind
		want string
	}{
		{`1 + "a"`, ErrorType, `cannot add a string to an integer`},
		{`"a" + 1`, ErrorCoerce, `cannot coerce an integer to a string: 1`},
		{`9223372036854775807 + 1`, ErrorOther, `integer overflow in adding 9223372036854775807 + 1`},
		{`9223372036854775807 * 2`, ErrorOther, `integer overflow in multiplying 9223372036854775807 * 2`},
		{`1 / 0`, ErrorOther, `division by zero`},
		{`{ a = 1; }.b`, ErrorMissingAttr, `attribute 'b' missing`},
		{`(1).a`, ErrorType, `expected a set but found an integer: 1`},
		{`let x = x; in x`, ErrorRecursion, `infinite recursion encountered`},
		{`let a.b = a.b; in a.b`, ErrorRecursion, `infinite recursion encountered`},
		{`nope`, ErrorUndefined, `undefined variable 'nope'`},
		{`with { }; nope`, ErrorUndefined, `undefined variable 'nope'`},
		{`({ a }: a) { }`, ErrorType, `function 'anonymous lambda' called without required argument 'a'`},
		{`let f = { a }: a; in f { a = 1; b = 2; }`, ErrorType, `function 'f' called with unexpected argument 'b'`},
		{`1 2`, ErrorType, `attempt to call something which is not a function but an integer: 1`},
		{`if 1 then 2 else 3`, ErrorType, `expected a Boolean but found an integer: 1`},
		{`assert 1 == 2; 3`, ErrorAssert, `an integer with value '1' is not equal to an integer with value '2'`},
		{`assert false; 3`, ErrorAssert, `assertion 'false' failed`},
		{`throw "oops"`, ErrorThrow, `oops`},
		{`builtins.tryEval (abort "x")`, ErrorAbort, `evaluation aborted`},
		{`builtins.tryEval (1 + "a")`, ErrorType, `cannot add a string to an integer`},
		{`[ 1 ] ++ 2`, ErrorType, `expected a list but found an integer: 2`},
		{`1 // { }`, ErrorType, `expected a set but found an integer: 1`},
		{`1 < "a"`, ErrorType, `cannot compare an integer with a string; values are 1 and "a"`},
		{`{ } < { }`, ErrorType, `cannot compare a set with a set; values of that type are incomparable (values are { } and { })`},
		{`let x = [ (throw "t") ]; in x == x`, ErrorThrow, `t`},
		{`1 +`, ErrorSyntax, `syntax error, unexpected end of file`},
		{`let f = n: f (n + 1); in f 0`, ErrorLimit, `stack overflow; max-call-depth exceeded`},
		{`let n = "a"; in { a = 2; ${n} = 1; }`, ErrorOther, `dynamic attribute 'a' already defined at «string»:1:19`},
		{`"${x: x}"`, ErrorCoerce, `cannot coerce a function to a string: «lambda @ «string»:1:4»`},
	}
	ev := newTestEvaluator(nil)
	for _, tt := range tests {
		_, err := evalText(t, ev, tt.in)
		e, ok := err.(*Error)
		if !ok {
			t.Errorf("%s: got error %v, want an *Error", tt.in, err)
			continue
		}
		if e.Kind != tt.kind || !strings.HasPrefix(e.Msg, tt.want) {
			t.Errorf("%s\n got %v: %s\nwant %v: %s", tt.in, e.Kind, e.Msg, tt.kind, tt.want)
		}
	}
}

// What an evaluation has done can be told while it goes on.
func TestStatsNow(t *testing.T) {
	ev := newTestEvaluator(nil)
	const n = 50_000
	if _, err := ev.EvalString(t.Context(), "1 + 1", "/"); err != nil {
		t.Fatal(err)
	}
	before := ev.StatsNow()
	err := ev.Do(t.Context(), func(s *State) {
		s.ForceDeep(s.EvalText("«test»", fmt.Sprintf("builtins.genList (x: { y = x + 1; }) %d", n), "/", nil))
		now := ev.StatsNow()
		if forced := now.Forced - before.Forced; forced < n/2 || now.Bytes <= before.Bytes || now.Thunks <= before.Thunks {
			t.Errorf("while it goes on: got %+v, want about %d thunks evaluated", now, n)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := ev.StatsNow(), ev.Stats(); got != want {
		t.Errorf("afterwards: got %+v, want %+v", got, want)
	}
}

// printPlain prints a value that is not nested too deeply.
func printPlain(t *testing.T, ev *Evaluator, v Value) string {
	t.Helper()
	text, err := ev.PrintPlain(context.Background(), v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
