package local_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
	"nixbench/store/local"
	"nixbench/store/nixhash"
)

// rebuild makes the database of the store in root anew.
func rebuild(t *testing.T, root string) (plan *local.Rebuild, kept string) {
	t.Helper()
	plan = must(local.PlanRebuild(t.Context(), local.Options{Root: root}, nil))(t)
	defer plan.Close()
	return plan, must(plan.Execute(t.Context()))(t)
}

// rows returns all that the database of the store in root holds.
func rows(t *testing.T, root string) map[store.Path]store.PathInfo {
	t.Helper()
	st := openAt(t, root)
	defer st.Close()
	all := make(map[store.Path]store.PathInfo)
	for info, err := range st.AllInfos(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all[info.Path] = *info
	}
	verifyClean(t, st)
	return all
}

// TestRebuild pins that a store whose database is lost or damaged in any way is, after
// its rebuilding, as it was.
func TestRebuild(t *testing.T) {
	for name, ruin := range map[string]func(file string) error{
		"whole":     func(string) error { return nil },
		"missing":   os.Remove,
		"empty":     func(file string) error { return os.Truncate(file, 0) },
		"short":     func(file string) error { return os.Truncate(file, 5000) },
		"header":    func(file string) error { return writeAt(file, 0, strings.Repeat("x", 100)) },
		"in a page": func(file string) error { return writeAt(file, 4096*3+100, strings.Repeat("x", 3000)) },
		"no schema": func(file string) error { return os.Remove(filepath.Join(filepath.Dir(file), "schema")) },
	} {
		t.Run(name, func(t *testing.T) {
			root := newDir(t)
			st := openAt(t, root)
			w := buildWorld(t, st)
			gone := must(st.AddText(t.Context(), "gone", []byte("gone"), nil))(t)
			forget(t, st, gone)
			file := filepath.Join(st.StateDir(), "db", "db.sqlite")
			if err := st.Close(); err != nil {
				t.Fatal(err)
			}
			before := rows(t, root)
			if err := errors.Join(ruin(file), os.Remove(file+"-wal")); err != nil {
				t.Fatal(err)
			}
			plan, kept := rebuild(t, root)
			if len(plan.Lost)+len(plan.Unknown) > 0 {
				t.Errorf("lost %v, unknown %v", plan.Lost, plan.Unknown)
			}
			if _, err := os.Stat(kept); (kept == "") != (name == "missing") || kept != "" && err != nil {
				t.Errorf("the old database is kept as %q: %v", kept, err)
			}
			if diff := cmp.Diff(before, rows(t, root), cmp.Comparer(func(a, b nixhash.Hash) bool { return a == b })); diff != "" {
				t.Errorf("the store is another (-before +after):\n%s", diff)
			}
			st = openAt(t, root)
			outputs := must(st.DerivationOutputs(t.Context(), w.drv))(t)
			if outputs["out"] != w.out {
				t.Errorf("got outputs %v, want %s", outputs, w.out)
			}
		})
	}
}

// TestRebuildForgotten pins that what a verification has made invalid is not lost when the
// database is made anew.
func TestRebuildForgotten(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	p := must(st.AddText(t.Context(), "text", []byte("text"), nil))(t)
	must(st.DeleteTree(t.Context(), st.RealPath(p)))(t)
	if found := findings(t, st, local.VerifyOptions{Forget: true}); len(found) != 1 || !found[0].Forgotten {
		t.Fatalf("got %v, want %s forgotten", found, p)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if plan, _ := rebuild(t, root); len(plan.Lost) > 0 {
		t.Errorf("lost: %v", plan.Lost)
	}
}

// TestRebuildLost pins that what cannot be valid any more is lost with what refers to it,
// that entries nobody tells of stay, and that nothing is done before it is said.
func TestRebuildLost(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	w := buildWorld(t, st)
	file := filepath.Join(st.StateDir(), "db", "db.sqlite")
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	damage(t, st.RealPath(w.lib))
	local.DeleteTree(t.Context(), st.RealPath(w.fixed))
	stranger := "00000000000000000000000000000000-stranger"
	if err := os.WriteFile(filepath.Join(st.RealDir(), stranger), nil, 0o444); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	plan := must(local.PlanRebuild(t.Context(), local.Options{Root: root}, nil))(t)
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("planning made a database: %v", err)
	}
	if _, err := local.PlanRebuild(t.Context(), local.Options{Root: root}, nil); !errors.Is(err, local.ErrInUse) {
		t.Errorf("two at once: got %v, want %v", err, local.ErrInUse)
	}
	lost := make(map[store.Path]error)
	for _, f := range plan.Lost {
		lost[f.Path] = f.Err
	}
	var mismatch *store.HashMismatch
	if err := lost[w.lib]; !errors.As(err, &mismatch) {
		t.Errorf("what was damaged: got %v, want a hash mismatch", err)
	}
	if err := lost[w.fixed]; !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was deleted: got %v, want %v", err, fs.ErrNotExist)
	}
	if err := lost[w.out]; !errors.Is(err, store.ErrInvalidPath) || len(lost) != 3 {
		t.Errorf("what refers to it: got %v; lost %v", err, plan.Lost)
	}
	if !slices.Equal(plan.Unknown, []string{stranger}) {
		t.Errorf("unknown: %v", plan.Unknown)
	}
	if _, err := plan.Execute(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := plan.Close(); err != nil {
		t.Fatal(err)
	}
	after := rows(t, root)
	for _, p := range w.all() {
		if _, valid := after[p]; valid != (lost[p] == nil) {
			t.Errorf("%s: valid is %v", p, valid)
		}
	}
}

// TestRebuildInUse pins that a store that is open is left alone.
func TestRebuildInUse(t *testing.T) {
	root := newDir(t)
	openAt(t, root)
	if _, err := local.PlanRebuild(t.Context(), local.Options{Root: root}, nil); !errors.Is(err, local.ErrInUse) {
		t.Errorf("got %v, want %v", err, local.ErrInUse)
	}
}

// What outputs of derivations came to be is known again after a rebuilding, whether the
// database can be read or not, and what was deleted of it is not.
func TestRebuildTrace(t *testing.T) {
	for name, ruin := range map[string]func(file string) error{"whole": func(string) error { return nil }, "missing": os.Remove} {
		t.Run(name, func(t *testing.T) {
			root, ctx := newDir(t), t.Context()
			st := openAt(t, root)
			var realisations []store.Realisation
			for _, name := range []string{"first", "second", "third"} {
				drvPath := must(st.AddText(ctx, name, []byte("the derivation "+name), nil))(t)
				out := must(st.AddText(ctx, name+"-out", []byte(name), nil))(t)
				realisations = append(realisations, store.Realisation{DrvPath: drvPath, Output: "out", OutPath: out, Sigs: []string{"k:1"}})
			}
			add := func(rs ...store.Realisation) {
				t.Helper()
				if err := st.RegisterRealisations(ctx, rs, nil); err != nil {
					t.Fatal(err)
				}
			}
			add(realisations...)
			signed := realisations[0]
			signed.Sigs = []string{"j:2"}
			add(signed)
			if err := st.DeleteRealisations(ctx, []store.DrvOutput{{DrvPath: realisations[1].DrvPath, Output: "out"}}); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(st.StateDir(), "db", "db.sqlite")
			if err := errors.Join(st.Close(), ruin(file)); err != nil {
				t.Fatal(err)
			}
			for range 2 { // what a rebuilding writes is enough for another
				rebuild(t, root)
				if err := ruin(file); err != nil {
					t.Fatal(err)
				}
			}
			rebuild(t, root)
			st = openAt(t, root)
			for i, want := range []string{"j:2 k:1", "", "k:1"} {
				r, ok, err := st.Realisation(ctx, realisations[i].DrvPath, "out")
				if err != nil || ok != (want != "") || ok && r.OutPath != realisations[i].OutPath {
					t.Errorf("%d: got %v, %v, %v, want %q", i, r, ok, err, want)
				}
				if got := strings.Join(r.Sigs, " "); got != want {
					t.Errorf("%d: signatures: got %q, want %q", i, got, want)
				}
			}
		})
	}
}
