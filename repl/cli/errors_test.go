package cli

import (
	"testing"

	"nixbench/engine"
)

// A file that differs is told on one line, whatever its name: no builder adds others.
func TestDiffering(t *testing.T) {
	got := differing(&engine.DifferenceError{Differing: []string{"a b", "c\n  d\x1b[2J"}, Count: 5})
	if want := "\nDiffering files:\n  a b\n  c\\n  d\\x1b[2J\n  and 3 more"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
