package tour

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"nixbench/engine/settings"
)

// A tour that was left is not begun anew, nor removed, before it is closed: the screens are
// open on its store.
func TestHeldUntilItIsClosed(t *testing.T) {
	root := filepath.Join(t.TempDir(), "tour")
	begin := func() (*Tour, error) {
		return New(t.Context(), root, settings.Default(), func(string) string { return "" })
	}
	first, err := begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Leave(); err != nil {
		t.Fatal(err)
	}
	if _, err := begin(); !errors.Is(err, ErrOpen) {
		t.Errorf("begun again: got %v, want %v", err, ErrOpen)
	}
	if err := Remove(root); !errors.Is(err, ErrOpen) {
		t.Errorf("removed: got %v, want %v", err, ErrOpen)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Remove(root); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(root); err == nil {
		t.Error("it is still there")
	}
}
