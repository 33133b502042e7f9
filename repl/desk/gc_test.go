package desk

import (
	"path/filepath"
	"testing"

	"nixbench/store/gc"
)

// A link in a directory that nobody may write to cannot be removed. The superuser may
// write to all but what does not exist.
func TestLockedRoots(t *testing.T) {
	roots := []gc.Root{
		{Link: filepath.Join(t.TempDir(), "result"), Kind: gc.KindResult},
		{Link: "/no/such/directory/system-1-link", Kind: gc.KindGeneration},
		{Link: "/no/such/directory/result", Kind: gc.KindResult, Dangling: true},
		{Link: "/proc/1/maps", Kind: gc.KindProcess},
	}
	lock(roots)
	for i, want := range []bool{false, true, false, false} {
		if r := roots[i]; r.Locked != want {
			t.Errorf("%s: locked: got %v, want %v", r.Link, r.Locked, want)
		}
	}
	if !roots[0].Removable() || roots[1].Removable() {
		t.Error("what is locked can be removed, or what is not cannot")
	}
}
