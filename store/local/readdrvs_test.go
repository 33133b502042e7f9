package local_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"testing"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/local"
)

// Derivations are read in the order that they are asked for, valid and pending ones,
// few or so many that all paths are read.
func TestReadDerivations(t *testing.T) {
	st := openAt(t, newDir(t))
	const none = "/nix/store/00000000000000000000000000000000-none.drv"
	var all []store.Path
	for i := range 200 {
		if i == 150 {
			if err := st.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, addNamed(t, st, fmt.Sprint("d", i)))
	}
	for _, asked := range [][]store.Path{nil, {all[3]}, {none}, {all[180], none, all[2], all[2]}, append([]store.Path{none}, all...)} {
		seen := make([]atomic.Int32, len(asked))
		err := st.ReadDerivations(t.Context(), asked, func(i int, d *drv.Derivation) error {
			seen[i].Add(1)
			want := ""
			if asked[i] != none {
				want = must(must(st.ReadDerivation(t.Context(), asked[i]))(t).Path(st.Dir()))(t).Base()
			}
			got := ""
			if d != nil {
				got = must(d.Path(st.Dir()))(t).Base()
			}
			if got != want {
				t.Errorf("%s: got %s", asked[i], got)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range seen {
			if n := seen[i].Load(); n != 1 {
				t.Errorf("%s: told of %d times", asked[i], n)
			}
		}
		valid := must(st.QueryValid(t.Context(), asked))(t)
		if want := store.SortUnique(slices.DeleteFunc(slices.Clone(asked), func(p store.Path) bool { return p == none })); !slices.Equal(valid, want) {
			t.Errorf("valid: got %v, want %v", valid, want)
		}
	}
}

func TestReadDerivationsThatAreDamaged(t *testing.T) {
	st := openAt(t, newDir(t))
	good, bad := addNamed(t, st, "good"), addNamed(t, st, "bad")
	if err := st.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	damage(t, st.RealPath(bad))
	_, one := st.ReadDerivation(t.Context(), bad)
	ignore := func(int, *drv.Derivation) error { return nil }
	many := st.ReadDerivations(t.Context(), []store.Path{good, bad}, ignore)
	if one == nil || many == nil || one.Error() != many.Error() {
		t.Errorf("got %v, want %v", many, one)
	}
	if err := os.Remove(st.RealPath(bad)); err != nil {
		t.Fatal(err)
	}
	_, one = st.ReadDerivation(t.Context(), bad)
	many = st.ReadDerivations(t.Context(), []store.Path{good, bad}, ignore)
	if one == nil || many == nil || one.Error() != many.Error() {
		t.Errorf("got %v, want %v", many, one)
	}
	stop := errors.New("stop")
	if err := st.ReadDerivations(t.Context(), []store.Path{good}, func(int, *drv.Derivation) error { return stop }); err != stop {
		t.Errorf("got %v, want %v", err, stop)
	}
}

// addNamed adds a derivation of a name that has no inputs.
func addNamed(t *testing.T, st *local.Store, name string) store.Path {
	t.Helper()
	return addDrv(t, st, &drv.Derivation{
		Name: name, System: "x", Builder: "/bin/sh", Env: map[string]string{"out": ""}, Outputs: map[string]drv.Output{"out": {}},
	})
}
