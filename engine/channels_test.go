package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"nixbench/engine"
	"nixbench/engine/eval"
)

// A directory of expressions that leads back to itself is read once on the way down.
func TestEvalSourceInItself(t *testing.T) {
	w := newTwo(t, nil)
	dir := t.TempDir()
	below := filepath.Join(dir, "below")
	if err := errors.Join(
		os.Mkdir(below, 0o755),
		os.WriteFile(filepath.Join(dir, "a.nix"), []byte("1"), 0o644),
		os.WriteFile(filepath.Join(below, "b.nix"), []byte("2"), 0o644),
		os.Symlink(".", filepath.Join(dir, "same")),
		os.Symlink("..", filepath.Join(below, "up")),
	); err != nil {
		t.Fatal(err)
	}
	ev, err := w.NewEvaluator(t.Context(), engine.EvalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	warned := 0
	source, err := w.EvalSource(t.Context(), ev, dir, func(text string) {
		if warned++; warned > 100 {
			t.Fatalf("it does not end: %s", text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	var sum int64
	err = ev.Do(t.Context(), func(s *eval.State) {
		for _, name := range []string{"a", "b"} {
			v, _ := s.SelectPath(source, name, eval.Attrs{})
			sum += s.Force(v).AsInt()
		}
	})
	if err != nil || sum != 3 || warned != 0 {
		t.Errorf("got a sum of %d, %v, %d warnings, want 3 and none", sum, err, warned)
	}
}
