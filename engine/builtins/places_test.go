package builtins

import (
	"errors"
	"strings"
	"testing"

	"nixbench/engine/eval"
)

// TestPlacesOfSets pins where a set is said to be that is no list: where it was written if
// that is what made it, with dynamic attributes, too, and nowhere if a builtin did.
func TestPlacesOfSets(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		text   string
		column int
	}{
		{`{ a = 1; }`, 24},
		{`{ ${x} = 1; }`, 24},
		{`{ ${x} = 1; b = 2; }`, 24},
		{`rec { ${x} = 1; b = 2; }`, 24},
		{`{ ${null} = 1; }`, 24},
		{`{ }`, 0},
		{`{ } // { a = 1; }`, 31},
		{`{ a = 1; } // { }`, 24},
		{`{ a = 1; } // { a = 2; }`, 0},
		{`{ a = 1; } // { b = 2; }`, 0},
		{`removeAttrs { a = 1; } [ ]`, 0},
		{`removeAttrs { a = 1; b = 2; } [ "a" ]`, 0},
		{`builtins.intersectAttrs { a = 1; } { a = 2; }`, 0},
		{`builtins.intersectAttrs { a = 1; b = 1; } { a = 2; }`, 0},
		{`builtins.mapAttrs (n: v: v) { a = 1; }`, 0},
	} {
		text := "builtins.concatMap (x: " + c.text + `) [ "a" ]`
		_, err := b.ev.EvalString(t.Context(), text, "/")
		var failed *eval.Error
		if !errors.As(err, &failed) {
			t.Fatalf("%s: got error %v, want one of the language", text, err)
		}
		for _, f := range failed.Trace {
			if strings.HasPrefix(f.Text, "while evaluating the return value") && int(f.Pos.Column) != c.column {
				t.Errorf("%s is told of in column %d, want %d", text, f.Pos.Column, c.column)
			}
		}
	}
}

// TestPlaceOfDrvPath pins that an attribute that a derivation cannot be printed by is told
// of where it was written.
func TestPlaceOfDrvPath(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		text   string
		column int
	}{
		{`{ type = "derivation"; drvPath = 1; }`, 24},
		{`{ type = "derivation"; drvPath = "/a"; }`, 24},
		{`{ type = "derivation"; drvPath = { ${toString "a"} = 1; }; }`, 24},
		{`let drvPath = 1; in { type = "derivation"; inherit drvPath; }`, 52},
		{`{ type = "derivation"; drvPath = 2; } // { drvPath = 1; }`, 44},
		{`builtins.mapAttrs (n: v: v) { type = "derivation"; drvPath = 1; }`, 0},
	} {
		v, err := b.ev.EvalString(t.Context(), c.text, "/")
		if err != nil {
			t.Fatal(err)
		}
		err = b.ev.Do(t.Context(), func(s *eval.State) { s.Print(v, eval.PrintOptions{Force: true}) })
		var failed *eval.Error
		if !errors.As(err, &failed) || len(failed.Trace) == 0 {
			t.Fatalf("%s: got error %v, want one with a trace", c.text, err)
		}
		if f := failed.Trace[len(failed.Trace)-1]; int(f.Pos.Column) != c.column {
			t.Errorf("%s: %s in column %d, want %d", c.text, f.Text, f.Pos.Column, c.column)
		}
	}
}
