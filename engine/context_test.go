package engine_test

import (
	"testing"

	"nixbench/engine"
)

// The text of an error's context is evaluated once, also if that fails.
func TestErrorContextOnce(t *testing.T) {
	e := openEngine(t, nil, engine.Options{})
	for _, expr := range []string{
		`addErrorContext (trace "said" (1 + "")) (throw "no")`,
		`addErrorContext (trace "said" "text") (throw "no")`,
		`addErrorContext "outer" (tryEval (addErrorContext (trace "said" (abort "text")) (throw "no")))`,
	} {
		said := 0
		ev, err := e.NewEvaluator(t.Context(), engine.EvalOptions{Trace: func(string) { said++ }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = ev.EvalString(t.Context(), "with builtins; "+expr, "/"); err == nil {
			t.Errorf("%s: got no error", expr)
		}
		if said != 1 {
			t.Errorf("%s: evaluated the text %d times, want once", expr, said)
		}
	}
}
