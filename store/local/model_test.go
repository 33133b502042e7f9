package local_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/local"
	"nixbench/store/nixhash"
)

// A model is what a store should be after a run of operations.
type model struct {
	refs  map[store.Path][]store.Path // of the valid paths
	temp  map[store.Path]bool
	roots map[string]store.Path
}

// live returns what roots lead to.
func (m *model) live() map[store.Path]bool {
	live := make(map[store.Path]bool)
	var mark func(p store.Path)
	mark = func(p store.Path) {
		if _, valid := m.refs[p]; !valid || live[p] {
			return
		}
		live[p] = true
		for _, ref := range m.refs[p] {
			mark(ref)
		}
	}
	for p := range m.temp {
		mark(p)
	}
	for _, p := range m.roots {
		mark(p)
	}
	return live
}

func (m *model) valid() []store.Path { return slices.Sorted(maps.Keys(m.refs)) }

// TestModel compares a store with the model over random runs of operations, some of
// them of other processes that are killed in the middle; see killer.
func TestModel(t *testing.T) {
	if os.Getenv("NIXBENCH_CHILD") == victim {
		beVictim(t)
		return
	}
	k := newKiller(t, "TestModel")
	// Each run opens stores and looks at all processes: a dozen a time will do
	// unless more are asked for.
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set("12"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { checks.Value.Set(checks.DefValue) })
	}
	rapid.Check(t, func(rt *rapid.T) {
		root, err := os.MkdirTemp(newDir(t), "")
		if err != nil {
			rt.Fatal(err)
		}
		open := func() *local.Store {
			st, err := local.Open(t.Context(), local.Options{Root: root, SyncMode: local.SyncNone})
			if err != nil {
				rt.Fatal(err)
			}
			return st
		}
		st := open()
		defer func() { st.Close() }()
		ctx := t.Context()
		m := &model{refs: make(map[store.Path][]store.Path), temp: make(map[store.Path]bool), roots: make(map[string]store.Path)}
		pick := func(rt *rapid.T, label string) store.Path {
			valid := m.valid()
			if len(valid) == 0 {
				rt.Skip("nothing is valid")
			}
			return rapid.SampledFrom(valid).Draw(rt, label)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"add": func(rt *rapid.T) {
				var refs []store.Path
				if valid := m.valid(); len(valid) > 0 {
					refs = rapid.SliceOfNDistinct(rapid.SampledFrom(valid), 0, min(3, len(valid)), rapid.ID).Draw(rt, "refs")
				}
				slices.Sort(refs)
				p, err := st.AddText(ctx, k.text, fmt.Append(nil, rapid.IntRange(0, 5).Draw(rt, "contents")), refs)
				if err != nil {
					rt.Fatal(err)
				}
				m.refs[p], m.temp[p] = refs, true
			},
			"root": func(rt *rapid.T) {
				p, link := pick(rt, "path"), filepath.Join(root, fmt.Sprint("result", rapid.IntRange(0, 3).Draw(rt, "link")))
				if err := st.AddPermRoot(ctx, p, link); err != nil {
					rt.Fatal(err)
				}
				m.roots[link], m.temp[p] = p, true
			},
			"unroot": func(rt *rapid.T) {
				link := filepath.Join(root, fmt.Sprint("result", rapid.IntRange(0, 3).Draw(rt, "link")))
				if err := os.Remove(link); err != nil && !errors.Is(err, os.ErrNotExist) {
					rt.Fatal(err)
				}
				delete(m.roots, link)
			},
			"release": func(rt *rapid.T) {
				if err := st.ReleaseTempRoots(); err != nil {
					rt.Fatal(err)
				}
				clear(m.temp)
			},
			"reopen": func(rt *rapid.T) {
				if err := st.Close(); err != nil {
					rt.Fatal(err)
				}
				st = open()
				clear(m.temp)
			},
			"collect": func(rt *rapid.T) {
				live := m.live()
				plan, err := gc.NewPlan(ctx, st, gc.Options{})
				if err != nil {
					rt.Fatal(err)
				}
				if got, want := paths(plan.Live), slices.Sorted(maps.Keys(live)); !slices.Equal(got, want) {
					rt.Fatalf("plan keeps %v, want %v", got, want)
				}
				if _, err := plan.Execute(ctx, nil); err != nil {
					rt.Fatal(err)
				}
				maps.DeleteFunc(m.refs, func(p store.Path, _ []store.Path) bool { return !live[p] })
			},
			"killed while adding": func(rt *rapid.T) {
				var refs []store.Path
				if valid := m.valid(); len(valid) > 0 {
					refs = []store.Path{rapid.SampledFrom(valid).Draw(rt, "ref")}
				}
				text := fmt.Sprint(rapid.IntRange(6, 9).Draw(rt, "contents"))
				p, err := st.Dir().TextPath(k.text, nixhash.Sum(nixhash.SHA256, []byte(text)), refs)
				if err != nil {
					rt.Fatal(err)
				}
				done := k.run(rt, root, append([]string{"add", text}, stringsOf(refs)...)...)
				valid, err := st.IsValid(ctx, p)
				if err != nil || done && !valid {
					rt.Fatalf("%s: got valid %t, %v; added %t", p, valid, err, done)
				}
				if valid {
					m.refs[p] = refs
				}
			},
			"killed while adding a root": func(rt *rapid.T) {
				p, link := pick(rt, "path"), filepath.Join(root, fmt.Sprint("result", rapid.IntRange(0, 3).Draw(rt, "link")))
				before, _ := os.Readlink(link)
				done := k.run(rt, root, "root", string(p), link)
				after, _ := os.Readlink(link)
				if after != string(p) && (done || after != before) {
					rt.Fatalf("%s: got %q, want %q or %q; done %t", link, after, p, before, done)
				}
				if !done { // it may be there without being a root
					if err := os.Remove(link); err != nil && !errors.Is(err, os.ErrNotExist) {
						rt.Fatal(err)
					}
					delete(m.roots, link)
					return
				}
				m.roots[link] = p
			},
			"killed while collecting": func(rt *rapid.T) {
				live := m.live()
				done := k.run(rt, root, "collect")
				valid, err := st.AllPaths(ctx)
				if err != nil {
					rt.Fatal(err)
				}
				left := make(map[store.Path][]store.Path)
				for _, p := range valid {
					left[p] = m.refs[p]
				}
				for p := range live {
					if _, ok := left[p]; !ok {
						rt.Fatalf("%s was live, and is gone", p)
					}
				}
				for p, refs := range left {
					for _, ref := range refs {
						if _, ok := left[ref]; !ok {
							rt.Fatalf("%s is left, and %s is not, which it refers to", p, ref)
						}
					}
					if _, ok := m.refs[p]; !ok || done && !live[p] {
						rt.Fatalf("%s is left; done %t", p, done)
					}
				}
				m.refs = left
			},
			"": func(rt *rapid.T) {
				got, err := st.AllPaths(ctx)
				if err != nil {
					rt.Fatal(err)
				}
				if want := m.valid(); !slices.Equal(got, want) {
					rt.Fatalf("valid: got %v, want %v", got, want)
				}
				for _, p := range got {
					info, err := st.PathInfo(ctx, p)
					if err != nil || !slices.Equal(info.References, m.refs[p]) {
						rt.Fatalf("%s: got %v, %v, want references %v", p, info, err, m.refs[p])
					}
				}
			},
		})
		if err := st.Verify(ctx, local.VerifyOptions{CheckContents: true}, func(f local.Finding) { rt.Errorf("%s: %v", f.Path, f.Err) }); err != nil {
			rt.Fatal(err)
		}
	})
}
