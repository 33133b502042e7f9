package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine"
	"nixbench/engine/eval"
)

// nested is a set of sets, some of which want their derivations to be found, with errors
// of all kinds, and as many attributes as are worth being looked at by others.
const nested = `
let
  inherit (builtins) listToAttrs genList;
  slow = n: if n < 2 then n else slow (n - 1) + slow (n - 2);
  drv = name: { type = "derivation"; name = builtins.seq (slow 12) name; };
  many = f: listToAttrs (genList (i: { name = "a${toString i}"; value = f i; }) 30);
  wanted = set: set // { recurseForDerivations = true; };
in many (i:
  if i == 3 then throw "three"
  else if i == 4 then drv (throw "a name")
  else if i == 5 then many (j: drv "not wanted")
  else if i == 6 then "text"
  else if i == 7 then BAD
  else wanted (many (j:
    if j == 2 then assert false; null
    else if j == 3 then wanted (many (k: if k == 9 then throw "deep" else drv "c${toString i}-${toString j}-${toString k}"))
    else drv "b${toString i}-${toString j}")))`

// TestPackagesAhead pins that a walk finds the same packages, and ends with the same
// error, with one thread and with four.
func TestPackagesAhead(t *testing.T) {
	bads := []string{
		`drv "seven"`,
		`{ recurseForDerivations = throw "whether"; }`,
		`{ recurseForDerivations = 1; }`,
		`wanted { a = 1 + "x"; }`,
	}
	for _, bad := range bads {
		for _, pass := range []bool{true, false} {
			want := walked(t, strings.Replace(nested, "BAD", bad, 1), 1, pass)
			for range 2 {
				if diff := cmp.Diff(want, walked(t, strings.Replace(nested, "BAD", bad, 1), 4, pass)); diff != "" {
					t.Fatalf("a7 = %s (-one thread +four):\n%s", bad, diff)
				}
			}
		}
	}
}

// walked returns the packages of a text, one for each line, and the error at the end.
func walked(t *testing.T, text string, cores int, pass bool) string {
	t.Helper()
	eng := openEngine(t, []string{"--option", "eval-cores", fmt.Sprint(cores)}, engine.Options{})
	ev, err := eng.NewEvaluator(t.Context(), engine.EvalOptions{ReadOnly: true, Dir: "/"})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err = ev.Do(t.Context(), func(s *eval.State) {
		v := s.Force(s.EvalText("«string»", text, "/", nil))
		for _, p := range engine.Packages(s, v, engine.WalkOptions{PassFailures: pass}) {
			fmt.Fprintln(&out, p.AttrPath, p.Name)
		}
	})
	if err != nil {
		fmt.Fprintln(&out, err)
	}
	return out.String()
}
