package local_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/gc"
	"nixbench/store/local"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// openAt opens the store at root. Most tests need not survive a crash of the
// machine.
func openAt(t testing.TB, root string) *local.Store {
	t.Helper()
	st, err := local.Open(t.Context(), local.Options{Root: root, SyncMode: local.SyncNone})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	return st
}

// newDir returns a temporary directory, for a store or what is like one: its
// directories, which nobody may write to, are deleted at the end too.
func newDir(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() { local.DeleteTree(context.WithoutCancel(t.Context()), dir) })
	return dir
}

// A world is a small store with one of each kind of path.
type world struct {
	text, tree, source, fixedDrv, fixed, drv, out, lib store.Path
}

func (w world) all() []store.Path {
	return []store.Path{w.text, w.tree, w.source, w.fixedDrv, w.fixed, w.drv, w.out, w.lib}
}

// buildWorld adds a text; a tree; a fixed-output derivation and its output; and
// a derivation with two outputs, of which out refers to lib, to the tree and to
// itself.
func buildWorld(t testing.TB, st *local.Store) world {
	t.Helper()
	ctx := t.Context()
	var w world
	w.source = must(st.AddText(ctx, "source", []byte("source"), nil))(t)
	w.text = must(st.AddText(ctx, "text", []byte("see "+string(w.source)), []store.Path{w.source}))(t)
	w.tree = must(st.AddTree(ctx, "tree", makeTree(t), store.NAR, nixhash.SHA256, nil))(t)

	contents := []byte("downloaded")
	fixed := &drv.Derivation{
		Name: "fixed", System: "x86_64-linux", Builder: "/bin/sh", Env: map[string]string{"out": ""},
		Outputs: map[string]drv.Output{"out": {Algo: nixhash.SHA256, Hash: nixhash.Sum(nixhash.SHA256, contents)}},
	}
	w.fixedDrv = addDrv(t, st, fixed)
	w.fixed = fixed.OutputPath("out")

	d := &drv.Derivation{
		Name: "hello", System: "x86_64-linux", Builder: "/bin/sh", Args: []string{string(w.text)},
		Env:       map[string]string{"out": "", "lib": "", "src": string(w.fixed)},
		Outputs:   map[string]drv.Output{"out": {}, "lib": {}},
		InputDrvs: map[store.Path][]string{w.fixedDrv: {"out"}},
		InputSrcs: []store.Path{w.text},
	}
	w.drv = addDrv(t, st, d)
	w.out, w.lib = d.OutputPath("out"), d.OutputPath("lib")

	install(t, st, &store.PathInfo{Path: w.fixed, Deriver: w.fixedDrv, Ultimate: true, CA: store.ContentAddress{Hash: nixhash.Sum(nixhash.SHA256, contents)}.String()}, string(contents))
	install(t, st, &store.PathInfo{Path: w.lib, Deriver: w.drv, Ultimate: true, References: []store.Path{w.tree}}, "lib of "+string(w.tree))
	refs := []store.Path{w.tree, w.lib, w.out}
	slices.Sort(refs)
	install(t, st, &store.PathInfo{Path: w.out, Deriver: w.drv, Ultimate: true, References: refs, Sigs: []string{"k-1:c2ln"}}, "out")
	return w
}

// addDrv fills in the outputs of a derivation and adds it.
func addDrv(t testing.TB, st *local.Store, d *drv.Derivation) store.Path {
	t.Helper()
	m := &drv.Modulo{Dir: st.Dir(), Load: func(p store.Path) (*drv.Derivation, error) {
		return st.ReadDerivation(context.WithoutCancel(t.Context()), p)
	}}
	if err := m.FillOutputs(d); err != nil {
		t.Fatal(err)
	}
	return must(st.AddDerivation(t.Context(), d))(t)
}

// install makes a flat file a valid path, as a builder would.
func install(t testing.TB, st *local.Store, info *store.PathInfo, contents string) {
	t.Helper()
	ctx := t.Context()
	unlock, err := st.LockPaths(ctx, []store.Path{info.Path})
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	dir, remove, err := st.TempDir(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	file := filepath.Join(dir, "output")
	if err := os.WriteFile(file, []byte(contents), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := st.Canonicalise(ctx, file); err != nil {
		t.Fatal(err)
	}
	h := nixhash.New(nixhash.SHA256)
	if err := nar.Dump(h, file, nil); err != nil {
		t.Fatal(err)
	}
	info.NarHash, info.NarSize = h.Sum(), h.Size()
	if err := st.Install(ctx, []*store.PathInfo{info}, map[store.Path]string{info.Path: file}); err != nil {
		t.Fatal(err)
	}
}

// makeTree makes a tree with each kind of file.
func makeTree(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(newDir(t), "t")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(dir, "bin"), 0o755),
		os.WriteFile(filepath.Join(dir, "bin", "tool"), []byte("#!/bin/sh\n"), 0o755),
		os.WriteFile(filepath.Join(dir, "plain"), []byte("plain"), 0o600),
		os.Symlink("bin/tool", filepath.Join(dir, "link")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// findings returns what Verify reports.
func findings(t testing.TB, st *local.Store, opts local.VerifyOptions) (found []local.Finding) {
	t.Helper()
	if err := st.Verify(t.Context(), opts, func(f local.Finding) { found = append(found, f) }); err != nil {
		t.Fatal(err)
	}
	return found
}

// verifyClean checks contents and that nothing is wrong.
func verifyClean(t testing.TB, st *local.Store) {
	t.Helper()
	for _, f := range findings(t, st, local.VerifyOptions{CheckContents: true}) {
		t.Errorf("verify: %s: %v", f.Path, f.Err)
	}
}

// paths returns the paths of items, sorted.
func paths(items []gc.Item) (out []store.Path) {
	for _, item := range items {
		out = append(out, item.Path)
	}
	slices.Sort(out)
	return out
}

func writeLog(t testing.TB, st *local.Store, drvPath store.Path, text string) {
	t.Helper()
	name := st.LogPath(drvPath)
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// damage changes the contents of a store file.
func damage(t testing.TB, file string) {
	t.Helper()
	if err := errors.Join(os.Chmod(file, 0o644), os.WriteFile(file, []byte("damaged"), 0o444), os.Chmod(file, 0o444)); err != nil {
		t.Fatal(err)
	}
}

// fakeInfos describes n paths, each referring to up to ten before it.
func fakeInfos(t testing.TB, d store.Dir, n int) []*store.PathInfo { return fakeInfosFrom(t, d, n, 0) }

// fakeInfosFrom does so with other paths for each first.
func fakeInfosFrom(t testing.TB, d store.Dir, n, first int) []*store.PathInfo {
	t.Helper()
	rnd := rand.New(rand.NewPCG(1, uint64(first)))
	infos := make([]*store.PathInfo, n)
	for i := range infos {
		h := nixhash.SumString(nixhash.SHA256, fmt.Sprint(first+i))
		info := &store.PathInfo{Path: must(d.MakePath("output:out", h, fmt.Sprintf("path-%d", first+i)))(t), NarHash: h, NarSize: int64(1 + rnd.IntN(100_000))}
		for range min(i, 10) {
			info.References = append(info.References, infos[rnd.IntN(i)].Path)
		}
		slices.Sort(info.References)
		info.References = slices.Compact(info.References)
		infos[i] = info
	}
	return infos
}
