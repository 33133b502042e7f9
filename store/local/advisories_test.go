package local_test

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/iotest"

	"nixbench/store"
	"nixbench/store/nixhash"
)

// TestAdvisories tries what has gone wrong in other stores; docs/advisories.md says
// what each is about.
func TestAdvisories(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"2011-b2027f70d9": forgedDerivation,
		"2011-4d728bc3e6": locksAreOurs,
		"CVE-2024-45593":  archivesStayInside,
		"bombs":           noRoomForArchive,
	} {
		t.Run(name, test)
	}
}

// locksAreOurs looks at the modes of all that is locked: who may open a file may lock
// it, and hold up everybody.
func locksAreOurs(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	st := openAt(t, newDir(t))
	p := must(st.AddText(t.Context(), "text", nil, nil))(t)
	if err := st.AddTempRoot(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	unlock, err := st.LockPaths(t.Context(), []store.Path{p})
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	coll, err := st.LockGC(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer coll.Close()
	locks := []string{st.RealPath(p) + ".lock", filepath.Join(st.StateDir(), "gc.lock"), filepath.Join(st.StateDir(), "db/big-lock")}
	temp, err := filepath.Glob(filepath.Join(st.StateDir(), "temproots/*"))
	if err != nil || len(temp) == 0 {
		t.Fatalf("temporary roots: %v, %v", temp, err)
	}
	for _, lock := range append(locks, temp...) {
		info, err := os.Stat(lock)
		if err != nil {
			t.Error(err)
		} else if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: got mode %v, want 0600", lock, info.Mode())
		}
	}
}

// archivesStayInside adds archives that would write outside their place.
func archivesStayInside(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	str := func(words ...string) (b []byte) {
		for _, s := range words {
			n := len(s)
			b = append(append(b, byte(n), 0, 0, 0, 0, 0, 0, 0), s...)
			b = append(b, make([]byte, -n&7)...)
		}
		return b
	}
	outside := filepath.Join(root, "outside")
	entry := func(name string, node ...string) []string {
		return append(append([]string{"entry", "(", "name", name, "node"}, node...), ")")
	}
	link := []string{"(", "type", "symlink", "target", outside, ")"}
	file := []string{"(", "type", "regular", "contents", "evil", ")"}
	dir := append(append([]string{"(", "type", "directory"}, entry("b", file...)...), ")")
	for name, entries := range map[string][][]string{
		"dot dot":        {entry("..", file...)},
		"slash":          {entry("../outside", file...)},
		"through a link": {entry("a", link...), entry("a", dir...)},
		"out of order":   {entry("b", link...), entry("a", link...), entry("b", file...)},
	} {
		words := []string{"nix-archive-1", "(", "type", "directory"}
		for _, e := range entries {
			words = append(words, e...)
		}
		archive := str(append(words, ")")...)
		p := store.Path("/nix/store/00000000000000000000000000000000-evil")
		info := &store.PathInfo{Path: p, NarHash: nixhash.Sum(nixhash.SHA256, archive), NarSize: int64(len(archive))}
		if err := st.AddNAR(t.Context(), info, bytes.NewReader(archive)); err == nil {
			t.Errorf("%s: no error", name)
		}
		filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
			if base := filepath.Base(file); err == nil && (base == "outside" || base == "b" || base == p.Base()) {
				t.Errorf("%s: left %s", name, file)
			}
			return nil
		})
	}
}

// noRoomForArchive adds what there is no room for: nothing of it is read.
func noRoomForArchive(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	p := store.Path("/nix/store/00000000000000000000000000000000-bomb")
	read := iotest.ErrReader(errors.New("it was read"))
	for _, size := range []int64{1 << 60, math.MaxInt64} {
		err := st.AddNAR(t.Context(), &store.PathInfo{Path: p, NarSize: size}, read)
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%d bytes: got %v, want that there is no room", size, err)
		}
	}
	if entries, err := filepath.Glob(st.RealDir() + "/*bomb*"); err != nil || len(entries) > 0 {
		t.Errorf("left %v, %v", entries, err)
	}
}
