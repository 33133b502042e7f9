package files

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestDisk(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		if err := os.MkdirAll(filepath.Join(dir, name, "sub"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "sub/own"), make([]byte, 100_000), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	big := filepath.Join(dir, "a/big")
	if err := os.WriteFile(big, make([]byte, 1_000_000), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a/again", "b/sub/big"} {
		if err := os.Link(big, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	var d Disk
	sizes := map[string]int64{}
	for _, name := range []string{"a", "b"} {
		size, err := d.Add(t.Context(), filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		sizes[name] = size
	}
	if a := sizes["a"]; a < 1_100_000 || a > 1_200_000 {
		t.Errorf("a takes %d bytes, want 1,100,000 and some blocks", a)
	}
	if b := sizes["b"]; b < 100_000 || b > 200_000 {
		t.Errorf("b takes %d bytes besides a, want 100,000 and some blocks", b)
	}
	alone := new(Disk)
	if b, err := alone.Add(t.Context(), filepath.Join(dir, "b")); err != nil || b-sizes["b"] < 1_000_000 {
		t.Errorf("b alone takes %d bytes, %v, want 1,000,000 more than besides a, %d", b, err, sizes["b"])
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := alone.Add(ctx, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v, want context.Canceled", err)
	}
	if _, err := alone.Add(t.Context(), filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no such path: got %v, want os.ErrNotExist", err)
	}
}
