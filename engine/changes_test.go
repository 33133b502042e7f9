package engine

import (
	"testing"

	"nixbench/engine/settings"
)

// TestBuildersEnd pins that builders are forgotten when others have come and nothing is
// built by them any more, and not before.
func TestBuildersEnd(t *testing.T) {
	e := &Engine{}
	change := func() { e.useBuilders(&settings.Settings{}, nil, nil) }
	known := func() (n int) {
		for b := e.builders.Load(); b != nil; b = b.before.Load() {
			n++
		}
		return n
	}
	change()
	first, endFirst := e.beginBuild()
	for range 3 {
		change()
	}
	second, endSecond := e.beginBuild()
	change()
	if n := known(); n != 3 || first == second {
		t.Errorf("%d builders are known while two builds run by those before, want 3", n)
	}
	endFirst()
	change()
	if n := known(); n != 2 {
		t.Errorf("%d builders are known while one build runs, want 2", n)
	}
	endSecond()
	change()
	if n := known(); n != 1 {
		t.Errorf("%d builders are known when no build runs, want 1", n)
	}
}
