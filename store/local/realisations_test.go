package local_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/gc"
	"nixbench/store/nixhash"
)

func TestRealisations(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	ctx := t.Context()
	a := must(st.AddText(ctx, "a", []byte("a"), nil))(t)
	b := must(st.AddText(ctx, "b", []byte("b"), nil))(t)
	d := &drv.Derivation{
		Name: "a", System: "x86_64-linux", Builder: "/bin/sh", Env: map[string]string{},
		Outputs: map[string]drv.Output{"out": {Method: store.NAR, Algo: nixhash.SHA256}},
	}
	p := must(st.AddDerivation(ctx, d))(t)
	ask := func(want store.Path, sigs ...string) {
		t.Helper()
		r, ok, err := openAt(t, root).Realisation(ctx, p, "out")
		if err != nil || ok != (want != "") {
			t.Fatalf("got %v, %v, %v, want %q", r, ok, err, want)
		}
		wanted := store.Realisation{DrvPath: p, Output: "out", OutPath: want, Sigs: sigs}
		if diff := cmp.Diff(wanted, r, cmpopts.EquateEmpty()); ok && diff != "" {
			t.Error(diff)
		}
	}
	register := func(out store.Path, sigs ...string) error {
		return st.RegisterRealisations(ctx, []store.Realisation{{DrvPath: p, Output: "out", OutPath: out, Sigs: sigs}}, nil)
	}
	ask("")
	if err := register(a, "k:1"); err != nil {
		t.Fatal(err)
	}
	ask(a, "k:1")
	if err := register(a, "j:2"); err != nil {
		t.Fatal(err)
	}
	ask(a, "j:2", "k:1")
	// What the output was stays, also when it was collected, until it is deleted from the trace.
	if err := register(b); err == nil || !strings.Contains(err.Error(), "we already have another one locally") {
		t.Errorf("registered another path: %v", err)
	}
	if err := st.ReleaseTempRoots(); err != nil {
		t.Fatal(err)
	}
	collect(t, st, gc.Options{})
	ask("")
	must(st.AddDerivation(ctx, d))(t)
	must(st.AddText(ctx, "b", []byte("b"), nil))(t)
	if err := register(b); err == nil || !strings.Contains(err.Error(), "we already have another one locally") {
		t.Errorf("registered another path than that which was collected: %v", err)
	}
	if err := st.DeleteRealisations(ctx, []store.DrvOutput{{DrvPath: p, Output: "out"}}); err != nil {
		t.Fatal(err)
	}
	if err := register(b); err != nil {
		t.Fatal(err)
	}
	ask(b)
}

// What is noted of an output is signed, and signed again by another key.
func TestRealisationsAreSigned(t *testing.T) {
	st := openAt(t, newDir(t))
	ctx := t.Context()
	out := must(st.AddText(ctx, "a", []byte("a"), nil))(t)
	r := store.Realisation{DrvPath: "/nix/store/q0fm3039d69pa04hfarvniybia0h1hb6-a.drv", Output: "out", OutPath: out}
	for _, key := range []string{"k", "j"} {
		err := st.RegisterRealisations(ctx, []store.Realisation{r}, func(fingerprint string) ([]string, error) {
			return []string{key + ":" + fingerprint}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	got, ok, err := st.Realisation(ctx, r.DrvPath, "out")
	if err != nil || !ok {
		t.Fatalf("got %v, %v", ok, err)
	}
	fingerprint := `{"key":{"drvPath":"q0fm3039d69pa04hfarvniybia0h1hb6-a.drv","outputName":"out"},"value":{"outPath":"` + out.Base() + `"}}`
	if diff := cmp.Diff([]string{"j:" + fingerprint, "k:" + fingerprint}, got.Sigs); diff != "" {
		t.Error(diff)
	}
	failed := errors.New("no key")
	err = st.RegisterRealisations(ctx, []store.Realisation{r}, func(string) ([]string, error) { return nil, failed })
	if !errors.Is(err, failed) {
		t.Errorf("without a key: got %v, want %v", err, failed)
	}
}

// What is deleted is not known any more; the rest stays, and what is not known is no
// error.
func TestDeleteRealisations(t *testing.T) {
	st := openAt(t, newDir(t))
	ctx := t.Context()
	outputs := []store.DrvOutput{
		{DrvPath: "/nix/store/q0fm3039d69pa04hfarvniybia0h1hb6-a.drv", Output: "out"},
		{DrvPath: "/nix/store/q0fm3039d69pa04hfarvniybia0h1hb6-a.drv", Output: "dev"},
	}
	if err := st.DeleteRealisations(ctx, outputs); err != nil {
		t.Errorf("of a store without a build trace: %v", err)
	}
	p := must(st.AddText(ctx, "a", []byte("a"), nil))(t)
	for _, o := range outputs {
		if err := st.RegisterRealisations(ctx, []store.Realisation{{DrvPath: o.DrvPath, Output: o.Output, OutPath: p}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := st.DeleteRealisations(ctx, outputs[:1]); err != nil {
			t.Fatal(err)
		}
	}
	for i, o := range outputs {
		if _, ok, err := st.Realisation(ctx, o.DrvPath, o.Output); ok != (i == 1) || err != nil {
			t.Errorf("%s: got %v, %v", o, ok, err)
		}
	}
}
