package engine_test

import (
	"slices"
	"strings"
	"testing"

	"nixbench/engine"
	"nixbench/engine/syntax"
)

// What evaluation may not build is told of with its output, the first in the order in which
// Nix goes through contexts, whether it is valid or not; what it builds is told of on demand.
func TestImportFromDerivationIsTold(t *testing.T) {
	const expr = `let d = name: derivation { inherit name; system = "s"; builder = "b"; outputs = [ "out" "dev" ]; }; in
		builtins.readFile "${(d "x").out}${(d "y").dev}"`
	const name = "/nix/store/040xifk5w527swvfrd2g2gyfihfbyn4w-x.drv^out"
	for _, c := range []struct {
		setting string
		value   string
		want    string
		warned  bool
	}{
		{"allow-import-from-derivation", "false", "cannot build '" + name + "' during evaluation because", false},
		{"trace-import-from-derivation", "true", "platform mismatch", true},
	} {
		e := openEngine(t, []string{"--option", c.setting, c.value}, engine.Options{})
		var said []string
		ev, err := e.NewEvaluator(t.Context(), engine.EvalOptions{Warn: func(msg syntax.Hint) { said = append(said, msg.Plain()) }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = ev.EvalString(t.Context(), expr, "/"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %q", c.setting, err, c.want)
		}
		const warning = "warning: built '" + name + "' during evaluation due to an import from derivation"
		if slices.Contains(said, warning) != c.warned {
			t.Errorf("%s: said %q", c.setting, said)
		}
	}
}
