package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"nixbench/engine"
)

// endless is an evaluation that ends after a day.
const endless = `builtins.foldl' (a: i: builtins.foldl' (b: j: b + j) a (builtins.genList (x: x) 100000)) 0 (builtins.genList (x: x) 1000000)`

// TestCancelWaiting pins that what waits for another goroutine notices that it is
// cancelled, and leaves the other one alone.
func TestCancelWaiting(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shared.nix")
	if err := os.WriteFile(file, []byte(`builtins.trace "begun" (`+endless+")"), 0o644); err != nil {
		t.Fatal(err)
	}
	e := openEngine(t, []string{"--option", "eval-cores", "4"}, engine.Options{})
	begun := make(chan string, 1)
	ev, err := e.NewEvaluator(t.Context(), engine.EvalOptions{Trace: func(text string) { begun <- text }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	other := make(chan error, 1)
	go func() {
		_, err := ev.EvalFile(ctx, file)
		other <- err
	}()
	<-begun
	reportLate(t, "waiting", func() (time.Duration, bool) {
		late, _, ok := cancelAfter(t, ev, "import "+file, 50*time.Millisecond)
		return late, ok
	})
	select {
	case err := <-other:
		t.Errorf("the evaluation that was waited for ended: %v", err)
	default:
	}
	cancel()
	if err := <-other; err == nil {
		t.Error("the evaluation that was waited for was not cancelled")
	}
}

// TestCancelImport pins that the build of an import from derivation is ended with
// the evaluation that waits for it.
func TestCancelImport(t *testing.T) {
	e := openEngine(t, nil, engine.Options{})
	ev, err := e.NewEvaluator(t.Context(), engine.EvalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	const text = `import (derivation {
		name = "sleeps"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "sleep 1000" ];
	})`
	reportLate(t, "building", func() (time.Duration, bool) {
		late, _, ok := cancelAfter(t, ev, text, 300*time.Millisecond)
		return late, ok
	})
}

// reportLate prints, for make bench-cancel, how late cancel says that something was.
func reportLate(t *testing.T, name string, cancel func() (late time.Duration, ok bool)) {
	t.Helper()
	late, ok := cancel()
	if !ok {
		t.Errorf("%s ended before it was cancelled", name)
	}
	if os.Getenv("BENCH_CANCEL") != "" {
		fmt.Printf("%-20s takes for ever, cancelled once: %6.1f ms\n", name, ms(late))
	}
}
