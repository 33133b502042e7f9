package desk

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"nixbench/store"

	"golang.org/x/sys/unix"
)

// blocks is what a file takes on the disk.
func blocks(t *testing.T, name string) int64 {
	t.Helper()
	var st unix.Stat_t
	if err := unix.Lstat(name, &st); err != nil {
		t.Fatal(err)
	}
	return st.Blocks * 512
}

func TestOnDisk(t *testing.T) {
	r := newRig(t, rigOptions{})
	dir := r.eng.Store().RealDir()
	const prefix = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-"
	a, b, c := store.Path(prefix+"a"), store.Path(prefix+"b"), store.Path(prefix+"c")
	file := func(p store.Path) string { return filepath.Join(dir, p.Base(), "file") }
	for _, p := range []store.Path{a, b, c} {
		if err := os.Mkdir(filepath.Dir(file(p)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(file(a), bytes.Repeat([]byte("x"), 100_000), 0o444); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file(b), file(b) + "-2"} {
		if err := os.Link(file(a), name); err != nil {
			t.Fatal(err)
		}
	}
	big, folder := blocks(t, file(a)), blocks(t, filepath.Dir(file(c)))
	check := func(when string, want int64, paths ...store.Path) {
		t.Helper()
		if got, err := r.OnDisk(t.Context(), paths); got != want || err != nil {
			t.Errorf("%s: got %d, %v, want %d", when, got, err, want)
		}
	}
	check("nothing", 0)
	check("a path that is gone", 0, store.Path(prefix+"gone"))
	check("one of the names", folder, a)
	check("two of the names", folder, b)
	check("all names", 2*folder+big, a, b)
	if err := os.Link(file(a), filepath.Join(dir, ".links", "0123")); err != nil {
		t.Fatal(err)
	}
	check("all names, and the store's link", 3*folder+big, a, b, c, store.Path(prefix+"gone"))
	if err := os.Link(file(a), filepath.Join(dir, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	check("a name elsewhere", 2*folder, a, b)
}
