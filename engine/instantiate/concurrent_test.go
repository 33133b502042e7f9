package instantiate_test

import (
	"path/filepath"
	"sync"
	"testing"

	"nixbench/engine"
)

// TestConcurrent pins that goroutines which make the same derivations at the
// same time get the same paths. It is for the race detector.
func TestConcurrent(t *testing.T) {
	e := openEngine(t, filepath.Join(t.TempDir(), "store"), nil)
	ev, err := e.NewEvaluator(t.Context(), engine.EvalOptions{ReadOnly: true, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	const text = `let
  mk = n: deps: derivation { name = "d${toString n}"; system = "s"; builder = "b"; inherit deps; src = builtins.toFile "f" "x"; };
  chain = builtins.foldl' (acc: n: [ (mk n acc) ] ++ acc) [ ] (builtins.genList (n: n) 20);
in
"${(builtins.head chain).drvPath}"`
	got := make([]string, 8)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			v, err := ev.EvalString(t.Context(), text, "/")
			if err != nil {
				t.Error(err)
				return
			}
			got[i] = v.AsString()
		})
	}
	wg.Wait()
	for _, path := range got[1:] {
		if path != got[0] {
			t.Errorf("got %s, want %s", path, got[0])
		}
	}
}
