package storetest

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/local"
)

func TestMemory(t *testing.T) {
	Suite(t, func(t *testing.T) Conforming { return New(t) })
}

func TestLocal(t *testing.T) {
	Suite(t, func(t *testing.T) Conforming {
		dir := t.TempDir()
		st, err := local.Open(t.Context(), local.Options{Root: dir})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := st.Close(); err != nil {
				t.Error(err)
			}
			if err := MakeWritable(dir); err != nil {
				t.Error(err)
			}
		})
		return st
	})
}

const objects = `
-- app/bin/run* --
#!@sh@
exec @lib@/x
-- app/lib -> @lib@/lib --
-- lib/lib/so --
code
-- sh --
a shell
`

func TestLoad(t *testing.T) {
	st := New(t)
	paths := Load(t, st, objects)
	i := info(t, st, paths["app"])
	if want := slices.Sorted(slices.Values([]store.Path{paths["lib"], paths["sh"]})); !slices.Equal(i.References, want) {
		t.Errorf("References of app = %v, want %v", i.References, want)
	}
	app := st.RealPath(paths["app"])
	if got, err := os.Readlink(filepath.Join(app, "lib")); err != nil || got != string(paths["lib"])+"/lib" {
		t.Errorf("link = %s, %v", got, err)
	}
	if stat, err := os.Stat(filepath.Join(app, "bin", "run")); err != nil || stat.Mode().Perm() != 0o555 {
		t.Errorf("program = %v, %v, want mode 0555", stat, err)
	}
	if !i.IsContentAddressed() || paths["sh"].Name() != "sh" {
		t.Errorf("app is %+v", i)
	}
}

// A collection deletes what no root leads to, but not what a process keeps.
func TestCollect(t *testing.T) {
	st := New(t)
	paths := Load(t, st, objects+"-- dead --\nx\n-- above-dead --\n@dead@\n-- wanted --\ny\n")
	st.AddRoot(gc.Root{Link: "/result", Path: paths["app"], Kind: gc.KindResult})
	st.AddRoot(gc.Root{Link: "/old", Path: paths["above-dead"], Kind: gc.KindResult})
	plan, err := gc.NewPlan(t.Context(), st, gc.Options{Ignore: []string{"/old"}})
	if err != nil {
		t.Fatal(err)
	}
	st.Keep(paths["wanted"])
	if _, err := plan.Execute(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	got, err := st.AllPaths(t.Context())
	want := slices.Sorted(slices.Values([]store.Path{paths["app"], paths["lib"], paths["sh"], paths["wanted"]}))
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("left = %v, %v, want %v", got, err, want)
	}
	if _, err := os.Lstat(st.RealPath(paths["dead"])); err == nil {
		t.Error("files of a dead path are left")
	}
	if roots, _, err := st.Roots(t.Context()); err != nil || len(roots) != 1 {
		t.Errorf("roots = %v, %v, want one", roots, err)
	}
}
