package builtins

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"nixbench/engine/eval"
)

// TestArgumentSteps pins that the trace says for which argument of a builtin something
// was evaluated, also if that is done before the builtin is called. The texts are those
// of Nix 2.34.8.
func TestArgumentSteps(t *testing.T) {
	b := newBench(t, "flakes")
	for _, c := range []struct{ text, want string }{
		{`all % [ ]`, "first argument passed to builtins.all"},
		{`any % [ ]`, "first argument passed to builtins.any"},
		{`appendContext % { }`, "first argument passed to builtins.appendContext"},
		{`bitAnd % 1`, "first argument passed to builtins.bitAnd"},
		{`catAttrs % [ ]`, "first argument passed to builtins.catAttrs"},
		{`ceil %`, "first argument passed to builtins.ceil"},
		{`compareVersions % "1"`, "first argument passed to builtins.compareVersions"},
		{`concatMap % [ 1 ]`, "first argument passed to builtins.concatMap"},
		{`concatStringsSep % [ ]`, "first argument (the separator string) passed to builtins.concatStringsSep"},
		{`elemAt [ 1 ] %`, "second argument passed to 'builtins.elemAt'"},
		{`floor %`, "first argument passed to builtins.floor"},
		{`foldl' % 1 [ 2 ]`, "first argument passed to builtins.foldlStrict"},
		{`fromJSON %`, "first argument passed to builtins.fromJSON"},
		{`fromTOML %`, "argument passed to builtins.fromTOML"},
		{`genList (x: x) %`, "second argument passed to builtins.genList"},
		{`getAttr % { }`, "first argument passed to builtins.getAttr"},
		{`getContext %`, "argument passed to builtins.getContext"},
		{`getEnv %`, "first argument passed to builtins.getEnv"},
		{`getFlake %`, "argument passed to builtins.getFlake"},
		{`groupBy % [ 1 ]`, "first argument passed to builtins.groupBy"},
		{`hasAttr % { }`, "first argument passed to builtins.hasAttr"},
		{`hasContext %`, "argument passed to builtins.hasContext"},
		{`hashFile % ./.`, "first argument passed to builtins.hashFile"},
		{`hashString % "a"`, "first argument passed to builtins.hashString"},
		{`match % "a"`, "first argument passed to builtins.match"},
		{`parseDrvName %`, "first argument passed to builtins.parseDrvName"},
		{`parseFlakeRef %`, "argument passed to builtins.parseFlakeRef"},
		{`partition % [ 1 ]`, "first argument passed to builtins.partition"},
		{`placeholder %`, "first argument passed to builtins.placeholder"},
		{`split % "a"`, "first argument passed to builtins.split"},
		{`splitVersion %`, "first argument passed to builtins.splitVersion"},
		{`substring % 1 "a"`, "first argument (the start offset) passed to builtins.substring"},
		{`toFile % "a"`, "first argument passed to builtins.toFile"},
		{`unsafeGetAttrPos % { }`, "first argument passed to builtins.unsafeGetAttrPos"},
		{`zipAttrsWith % [ { } ]`, "first argument passed to builtins.zipAttrsWith"},
	} {
		for _, arg := range []string{`(throw "no")`, `((x: throw x) "no")`, "later"} {
			text := `let later = throw "no"; in builtins.` + strings.Replace(c.text, "%", arg, 1)
			_, err := b.ev.EvalString(t.Context(), text, "/")
			var failed *eval.Error
			if !errors.As(err, &failed) {
				t.Fatalf("%s: got error %v, want one of the language", text, err)
			}
			got := fmt.Sprint(failed.Trace)
			if step := "while evaluating the " + c.want; strings.Count(got, step) != 1 {
				t.Errorf("%s: got trace %s, want the step %q once", text, got, step)
			}
		}
	}
}
