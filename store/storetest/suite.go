package storetest

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"nixbench/store"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// Conforming is a store that [Suite] can test.
type Conforming interface {
	store.Reader
	store.Adder
	Graph(ctx context.Context) (*store.Graph, error)
	AllPaths(ctx context.Context) ([]store.Path, error)
}

// Suite runs the tests that every store must pass. Open returns an empty store
// whose directory is the default one.
func Suite(t *testing.T, open func(t *testing.T) Conforming) {
	for name, test := range map[string]func(*testing.T, Conforming){
		"AddText":  testAddText,
		"AddTree":  testAddTree,
		"AddAgain": testAddAgain,
		"Invalid":  testInvalid,
		"Graph":    testGraph,
		"Files":    testFiles,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func addText(t *testing.T, st Conforming, name, contents string, refs ...store.Path) store.Path {
	t.Helper()
	p, err := st.AddText(t.Context(), name, []byte(contents), refs)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func info(t *testing.T, st Conforming, p store.Path) *store.PathInfo {
	t.Helper()
	i, err := st.PathInfo(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// The paths are those of builtins.toFile of Nix 2.34.8.
func testAddText(t *testing.T, st Conforming) {
	dep := addText(t, st, "dep.txt", "dep")
	note := addText(t, st, "note", "see "+string(dep)+"\n", dep, dep)
	if want := store.Path("/nix/store/mr1v82r095by1b7q5lfzp9wh1kyg114z-note"); note != want {
		t.Errorf("AddText = %s, want %s", note, want)
	}
	got := info(t, st, note)
	if got.NarHash.String() != "sha256:0lh1h58i41hrr5wnx0zc55vzvacxbirqibhj4gvvrn28r0xm1mpc" || got.NarSize != 168 {
		t.Errorf("archive = %s of %d bytes", got.NarHash, got.NarSize)
	}
	if !slices.Equal(got.References, []store.Path{dep}) {
		t.Errorf("References = %v, want %v", got.References, []store.Path{dep})
	}
	if got.RegistrationTime == 0 || got.Path != note || !got.IsContentAddressed() {
		t.Errorf("PathInfo = %+v, want a time, the path and a content address", got)
	}
	referrers, err := st.Referrers(t.Context(), dep)
	if err != nil || !slices.Equal(referrers, []store.Path{note}) {
		t.Errorf("Referrers = %v, %v, want %v", referrers, err, []store.Path{note})
	}
}

// The paths are those of `nix-store --add-fixed` of Nix 2.34.8.
func testAddTree(t *testing.T, st Conforming) {
	dir := t.TempDir()
	file := filepath.Join(dir, "greeting")
	if err := os.WriteFile(file, []byte("hello\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		method store.IngestionMethod
		algo   nixhash.Algo
		want   store.Path
	}{
		{store.Flat, nixhash.SHA256, "/nix/store/9ai0f5kyg5z0fb3szn6ib04v8mx098kw-greeting"},
		{store.Flat, nixhash.SHA1, "/nix/store/64sx31zh1nsmqibcx5aip6jijl0kp72c-greeting"},
		{store.NAR, nixhash.SHA256, "/nix/store/5nfjhql2p2cvh7d7sz3cxy0wzgr2k6nf-greeting"},
	} {
		got, err := st.AddTree(t.Context(), "greeting", file, tc.method, tc.algo, nil)
		if err != nil || got != tc.want {
			t.Errorf("AddTree(%s, %s) = %s, %v, want %s", tc.method, tc.algo, got, err, tc.want)
			continue
		}
		if i := info(t, st, got); !i.IsContentAddressed() || len(i.References) > 0 {
			t.Errorf("PathInfo = %+v, want a content address and no references", i)
		}
	}
	only := func(path, _ string) (bool, error) { return filepath.Base(path) == "greeting", nil }
	if err := os.WriteFile(filepath.Join(dir, "other"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := st.AddTree(t.Context(), "tree", dir, store.NAR, nixhash.SHA256, only)
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(st.RealPath(p)); err != nil || len(entries) != 1 {
		t.Errorf("filtered tree has %v, %v, want one entry", entries, err)
	}
	if _, err := st.AddTree(t.Context(), "none", filepath.Join(dir, "none"), store.NAR, nixhash.SHA256, nil); err == nil {
		t.Error("AddTree of what does not exist: no error")
	}
}

func testAddAgain(t *testing.T, st Conforming) {
	first := addText(t, st, "a", "a")
	before := info(t, st, first)
	if again := addText(t, st, "a", "a"); again != first {
		t.Errorf("added again = %s, want %s", again, first)
	}
	if after := info(t, st, first); after.RegistrationTime != before.RegistrationTime {
		t.Error("adding what is there registers it again")
	}
}

func testInvalid(t *testing.T, st Conforming) {
	const absent = store.Path("/nix/store/00000000000000000000000000000000-absent")
	if valid, err := st.IsValid(t.Context(), absent); valid || err != nil {
		t.Errorf("IsValid of an absent path = %v, %v", valid, err)
	}
	if _, err := st.PathInfo(t.Context(), absent); !errors.Is(err, store.ErrInvalidPath) {
		t.Errorf("PathInfo of an absent path: %v, want ErrInvalidPath", err)
	}
	if referrers, err := st.Referrers(t.Context(), absent); err != nil || len(referrers) > 0 {
		t.Errorf("Referrers of an absent path = %v, %v, want none", referrers, err)
	}
	if p, err := st.AddText(t.Context(), "x", []byte("x"), []store.Path{absent}); err == nil {
		t.Errorf("AddText with an absent reference = %s, want an error", p)
	}
	if p, err := st.AddText(t.Context(), "a/b", nil, nil); err == nil {
		t.Errorf("AddText with a name that is none = %s, want an error", p)
	}
	if paths, err := st.AllPaths(t.Context()); err != nil || len(paths) > 0 {
		t.Errorf("AllPaths = %v, %v, want none", paths, err)
	}
}

func testGraph(t *testing.T, st Conforming) {
	a := addText(t, st, "a", "a")
	b := addText(t, st, "b", string(a), a)
	c := addText(t, st, "c", string(a)+string(b), a, b)
	g, err := st.Graph(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all, err := st.AllPaths(t.Context())
	if err != nil || !slices.Equal(g.Paths, all) || len(all) != 3 || !slices.IsSorted(all) {
		t.Errorf("Graph has %v, AllPaths %v, %v", g.Paths, all, err)
	}
	names := func(list []int32) (paths []store.Path) {
		for _, i := range list {
			paths = append(paths, g.Paths[i])
		}
		slices.Sort(paths)
		return paths
	}
	i, _ := g.Index(c)
	if got, want := names(g.References(i)), slices.Sorted(slices.Values([]store.Path{a, b})); !slices.Equal(got, want) {
		t.Errorf("References of c = %v, want %v", got, want)
	}
	if got, want := g.NarSize[i], info(t, st, c).NarSize; got != want {
		t.Errorf("NarSize of c = %d, want %d", got, want)
	}
	i, _ = g.Index(a)
	if got, want := names(g.Referrers(i)), slices.Sorted(slices.Values([]store.Path{b, c})); !slices.Equal(got, want) {
		t.Errorf("Referrers of a = %v, want %v", got, want)
	}
}

// The files have the archive that is recorded, and the metadata of a store.
func testFiles(t *testing.T, st Conforming) {
	p := addText(t, st, "a", "contents")
	h := nixhash.New(nixhash.SHA256)
	if err := nar.Dump(h, st.RealPath(p), nil); err != nil {
		t.Fatal(err)
	}
	if i := info(t, st, p); i.NarHash != h.Sum() || i.NarSize != h.Size() {
		t.Errorf("archive = %s of %d bytes, recorded as %s of %d", h.Sum(), h.Size(), i.NarHash, i.NarSize)
	}
	f, err := os.Open(st.RealPath(p))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != "contents" {
		t.Errorf("contents = %q, %v", got, err)
	}
	stat, err := f.Stat()
	if err != nil || stat.Mode().Perm() != 0o444 || stat.ModTime().Unix() != 1 {
		t.Errorf("mode %v, time %v, %v, want 0444 and one second", stat.Mode(), stat.ModTime(), err)
	}
}
