package daemon_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"nixbench/store"
	"nixbench/store/daemon"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// TestAddNotFlat adds what has no contents without an archive, which is refused as it is by
// a store without a daemon: a link is not followed.
func TestAddNotFlat(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	err := errors.Join(os.WriteFile(in("file"), nil, 0o644), os.Symlink("file", in("link")), os.Mkdir(in("dir"), 0o755), unix.Mkfifo(in("pipe"), 0o644))
	if err != nil {
		t.Fatal(err)
	}
	st := daemon.New(daemon.Options{Socket: in("none")})
	defer st.Close()
	add := func(name string) error {
		_, err := st.AddTree(t.Context(), name, in(name), store.Flat, nixhash.SHA256, nil)
		return err
	}
	for name, isLink := range map[string]bool{"link": true, "dir": false} {
		var notFlat *nar.NotFlatError
		if err := add(name); !errors.As(err, &notFlat) || notFlat.IsLink != isLink {
			t.Errorf("%s: got %v, want that it is not flat", name, err)
		}
	}
	var odd *nar.TypeError
	if err := add("pipe"); !errors.As(err, &odd) {
		t.Errorf("pipe: got %v, want that its type is unsupported", err)
	}
}
