//go:build parallel

package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine"
	"nixbench/engine/eval"
)

const (
	parallelNames = 1000 // packages that are compared
	parallelBatch = 25   // of them evaluated at once
)

// TestParallelNixpkgs compares what one goroutine and what four make of packages
// of the nixpkgs at NIXPKGS: batches of them, of which the first error counts, and
// then each by itself.
func TestParallelNixpkgs(t *testing.T) {
	one, names := openNixpkgs(t, 1)
	four, _ := openNixpkgs(t, 4)
	failed := 0
	for len(names) > 0 {
		n := min(len(names), parallelBatch)
		batch := names[:n]
		names = names[n:]
		// The parallel one goes first in everything: nothing is evaluated yet.
		got := four.outcome(t, batch)
		if diff := cmp.Diff(one.outcome(t, batch), got); diff != "" {
			t.Errorf("%q (-one +four):\n%s", batch, diff)
		}
		for _, name := range batch {
			got, want := four.outcome(t, []string{name}), one.outcome(t, []string{name})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-one +four):\n%s", name, diff)
			}
			if strings.HasPrefix(want, "error:") {
				failed++
			}
		}
	}
	t.Logf("%d evaluations compared, %d of them with errors", parallelNames, failed)
}

// nixpkgs is a package set.
type nixpkgs struct {
	ev   *eval.Evaluator
	pkgs eval.Value
}

// openNixpkgs returns the packages, and names spread evenly over all.
func openNixpkgs(t *testing.T, cores int) (*nixpkgs, []string) {
	dir, err := filepath.Abs(os.Getenv("NIXPKGS"))
	if err != nil {
		t.Fatal(err)
	}
	getenv := func(string) string { return "" }
	set, err := engine.LoadSettings(getenv, nil)
	if err != nil {
		t.Fatal(err)
	}
	set.EvalCores = cores
	e, err := engine.Open(t.Context(), engine.Options{StoreURI: t.TempDir(), Settings: set, Getenv: getenv, Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	ev, err := e.NewEvaluator(t.Context(), engine.EvalOptions{ReadOnly: true, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	pkgs, err := ev.EvalString(t.Context(), "import "+dir+` { config = { }; overlays = [ ]; system = "x86_64-linux"; }`, dir)
	if err != nil {
		t.Fatal(err)
	}
	all := pkgs.Attrs().Names()
	var names []string
	for i := range parallelNames {
		names = append(names, all[i*len(all)/parallelNames])
	}
	return &nixpkgs{ev, pkgs}, names
}

// outcome returns the paths of derivations, or the error with its trace.
func (p *nixpkgs) outcome(t *testing.T, names []string) string {
	f, err := p.ev.EvalString(t.Context(), "pkgs: map (n: pkgs.${n}.drvPath or null) [ \""+strings.Join(names, `" "`)+"\" ]", "/")
	if err == nil {
		f, err = p.ev.Call(t.Context(), f, p.pkgs)
	}
	if err == nil {
		f, err = p.ev.ForceDeep(t.Context(), f)
	}
	var e *eval.Error
	if errors.As(err, &e) {
		return e.Format(true)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := p.ev.PrintPlain(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
