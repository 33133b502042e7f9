package store

import "testing"

// Sizes are those that Nix 2.34 prints.
func TestNixSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0.0 KiB", 120: "0.1 KiB", 1024: "1.0 KiB", 1025: "1.0 KiB", 1 << 20: "1024.0 KiB", 1<<20 + 1<<10: "1.0 MiB", -4096: "-4.0 KiB"} {
		if got := NixSize(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
}
