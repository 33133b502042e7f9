package builtins

import (
	"errors"
	"strings"
	"testing"

	"nixbench/engine/eval"
)

// TestShown shows values as nix eval does. The answers are those of Nix 2.34.8.
func TestShown(t *testing.T) {
	b := newBench(t)
	for _, tt := range []struct{ text, want string }{
		// All empty sets are one, but for those that room had been reserved for.
		{`with builtins; [
			(groupBy (x: x) [ ]) { } (mapAttrs (a: b: b) { }) (removeAttrs { a = 1; } [ "a" ])
			(intersectAttrs { } { a = 1; }) (intersectAttrs { b = 1; } { a = 1; }) { ${null} = 1; }
		]`, "[ { } «repeated» «repeated» { } «repeated» { } { } ]"},
		{`with builtins; let none = removeAttrs { a = 1; } [ "a" ]; in [
			{ } none none (removeAttrs none [ ]) (intersectAttrs { a = 1; } none) (intersectAttrs none { a = 1; })
		]`, "[ { } { } «repeated» «repeated» «repeated» «repeated» ]"},
		// Functions have the names of dynamic attributes, also those inside.
		{`{ "f${"oo-bar"}" = x: x; }`, "{ foo-bar = «lambda foo-bar @ «string»:1:20»; }"},
		{`({ ${"g" + "1"} = x: y: x; }).g1 1`, "«lambda g1 @ «string»:1:22»"},
		// Messages in the place of values are those of what went wrong last, as a
		// terminal shows them.
		{`with builtins; [ 1 (addErrorContext (throw "context") (throw "inner")) (addErrorContext 1 (throw "inner")) ]`,
			`[ 1 «error: context» «error: cannot coerce an integer to a string: 1» ]`},
		{`[ 1 (throw "a\tb\r\n世界\tc") (throw "${builtins.fromJSON ''"\u001b[1;31m"''}red\t|${builtins.fromJSON ''"\u001b"''}]8;;x\\") ]`,
			"[ 1 «error: a       b\n世界   c» «error: red     |» ]"},
		// Lists are the same after they were sorted.
		{`builtins.sort (a: b: false) (let l = [ l [ 1 ] ]; in l ++ l)`, "[ [ «repeated» [ 1 ] ] «repeated» «repeated» «repeated» ]"},
		// What has failed keeps its error.
		{`let d = derivation { name = d; }; in [ 1 "${d}" (d.drvPath) ]`, "[ 1 «error: expected a string but found a set: { type = \"derivation\"; all = «thunk»; drvAttrs = { name = «repeated»; }; drvPath = «thunk»; name = «repeated»; out = «repeated»; outPath = «potential infinite recursion»; outputName = \"out\"; }» «error: expected a string but found a set: { type = \"derivation\"; all = «thunk»; drvAttrs = { name = «repeated»; }; drvPath = «thunk»; name = «repeated»; out = «repeated»; outPath = «potential infinite recursion»; outputName = \"out\"; }» ]"},
		{`({ ${"h" + "1"} = { a }: b: b; }).h1 { a = 1; }`, "«lambda h1 @ «string»:1:26»"},
	} {
		v, err := b.ev.EvalString(t.Context(), tt.text, "/")
		if err != nil {
			t.Fatal(err)
		}
		err = b.ev.Do(t.Context(), func(s *eval.State) {
			if got := s.Print(v, eval.PrintOptions{Force: true}); got != tt.want {
				t.Errorf("%s\n got %s\nwant %s", tt.text, got, tt.want)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestErrorsInContext shows errors whose text for addErrorContext fails itself: that takes
// the place of the whole error. The answers are those of Nix HEAD.
func TestErrorsInContext(t *testing.T) {
	const (
		coerced  = "error:\n       … while evaluating the error message passed to builtins.addErrorContext\n\n       error: "
		entering = "error:\n       … entering the infinite recursion\n\n       error: infinite recursion encountered\n       at "
	)
	b := newBench(t)
	for _, tt := range []struct{ text, want string }{
		{`builtins.addErrorContext (x: x) (1 + "a")`, coerced + "cannot coerce a function to a string: «lambda @ «string»:1:27»"},
		{`builtins.addErrorContext (let x = x; in x) (1 + "a")`, entering + "«string»:1:35:\n            1| builtins.addErrorContext (let x = x; in x) (1 + \"a\")\n" +
			"             |                                   ^"},
		{`let x = builtins.addErrorContext x (throw "a"); in x`, strings.TrimSuffix(entering, "\n       at ")},
		{`let x = builtins.addErrorContext (throw "b") x; in x`, "error:\n       … while calling the 'throw' builtin\n         at «string»:1:35:\n" +
			"            1| let x = builtins.addErrorContext (throw \"b\") x; in x\n             |                                   ^\n\n       error: b"},
	} {
		_, err := b.ev.EvalString(t.Context(), tt.text, "/")
		var e *eval.Error
		if !errors.As(err, &e) {
			t.Fatalf("%s: got %v, want an error", tt.text, err)
		}
		if got := e.Format(true); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.text, got, tt.want)
		}
	}
}

// TestRepeatedArguments hands a list that is in itself over: a builtin knows it by
// the variable, an operator sees a copy, which is not what the list has in it.
// The answers are those of Nix 2.34.8.
func TestRepeatedArguments(t *testing.T) {
	const variable, copied = "[ «repeated» ]", "[ [ «repeated» ] ]"
	b := newBench(t)
	for want, texts := range map[string][]string{
		variable: {
			`add 1 l`, `div 1 l`, `div l 1`, `bitAnd l 1`, `ceil l`, `lessThan 1 l`, `-l`, `l * 2.0`, `1 / l`, `l < 1`, `1.0 > l`,
			`attrNames l`, `dirOf l`, `pathExists l`, `getAttr l { }`, `stringLength l`, `elemAt 1 l`, `substring l 1 ""`, `hashString l ""`,
			`map l [ 1 ]`, `sort l [ 1 2 ]`, `concatStringsSep l [ ]`, `import l`, `readFile l`, `storePath l`, `path { path = l; }`,
			`throw l`, `fetchTarball l`, `with l; x`, `({ x }: x) l`, `assert [ l ] == [ 1 ]; 1`, `assert { a = l; } == { a = 1; }; 1`,
			`(a: -a) l`, `(a: b: -b + a) 1 l`, `(a: b: c: -b + a + c) 1 l l`, `toString { __toString = self: l; a = stringLength l; }.a`,
		},
		copied: {
			`l.a`, `l 1`, `if l then 1 else 2`, `{ } // l`, `"${l}"`, `(a: "${a}") l`, `assert l; 1`,
			`stringLength { inherit l; }.l`, `(a: stringLength a) (let l = [ l ]; in l)`, `with { x = l; }; stringLength x`,
		},
	} {
		for _, text := range texts {
			_, err := b.ev.EvalString(t.Context(), "with builtins; let l = [ l ]; in "+text, "/")
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), copied) != (want == copied) {
				t.Errorf("%s: %v, want %s", text, err, want)
			}
		}
	}
}
