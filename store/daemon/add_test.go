package daemon_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"nixbench/store"
	"nixbench/store/daemon"
	"nixbench/store/daemon/daemontest"
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

// A tree whose path follows from its hash in Git goes through a daemon as an archive, and
// what a filter leaves out counts for neither.
func TestAddGit(t *testing.T) {
	tree := filepath.Join(t.TempDir(), "tree")
	err := errors.Join(os.MkdirAll(filepath.Join(tree, "dir"), 0o755), os.WriteFile(filepath.Join(tree, "dir", "file"), []byte("x\n"), 0o755),
		os.WriteFile(filepath.Join(tree, "not"), nil, 0o644))
	if err != nil {
		t.Fatal(err)
	}
	without := func(file, _ string) (bool, error) { return filepath.Base(file) != "not", nil }
	s := daemontest.Start(t)
	st := daemon.New(daemon.Options{Socket: s.Socket, RealDir: filepath.Join(s.Root, "nix/store")})
	defer st.Close()
	got, err := st.AddTree(t.Context(), "tree", tree, store.Git, nixhash.SHA1, without)
	if err != nil {
		t.Fatal(err)
	}
	const hash = "fixed:git:sha1:" // as git write-tree has it, 7e43de15… in base 16
	info, err := st.PathInfo(t.Context(), got)
	if err != nil {
		t.Fatal(err)
	}
	if want := hash + "238w79sq0hcgrc8fyg2220bkfwaxwhvy"; info.CA != want {
		t.Errorf("content address: got %q, want %q", info.CA, want)
	}
}
