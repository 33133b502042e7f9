package local_test

import (
	"fmt"
	"os"
	"slices"
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
		drvs, err := st.ReadDerivations(t.Context(), asked)
		if err != nil || len(drvs) != len(asked) {
			t.Fatalf("got %d derivations of %d, %v", len(drvs), len(asked), err)
		}
		for i, p := range asked {
			switch {
			case p == none && drvs[i] != nil:
				t.Errorf("%s: got %s", p, drvs[i].Name)
			case p != none && (drvs[i] == nil || drvs[i].Name != drv.NameOf(p)):
				t.Errorf("%s: got %v", p, drvs[i])
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
	_, many := st.ReadDerivations(t.Context(), []store.Path{good, bad})
	if one == nil || many == nil || one.Error() != many.Error() {
		t.Errorf("got %v, want %v", many, one)
	}
	if err := os.Remove(st.RealPath(bad)); err != nil {
		t.Fatal(err)
	}
	_, one = st.ReadDerivation(t.Context(), bad)
	_, many = st.ReadDerivations(t.Context(), []store.Path{good, bad})
	if one == nil || many == nil || one.Error() != many.Error() {
		t.Errorf("got %v, want %v", many, one)
	}
}

// addNamed adds a derivation of a name that has no inputs.
func addNamed(t *testing.T, st *local.Store, name string) store.Path {
	t.Helper()
	return addDrv(t, st, &drv.Derivation{
		Name: name, System: "x", Builder: "/bin/sh", Env: map[string]string{"out": ""}, Outputs: map[string]drv.Output{"out": {}},
	})
}
