package local_test

import (
	"context"
	"os"
	"testing"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/local"
	"nixbench/store/nixhash"
)

// With Repair, what is added is put right if its files are damaged or gone; what is
// known of it stays.
func TestAddRepairs(t *testing.T) {
	root, tree := newDir(t), makeTree(t)
	d := &drv.Derivation{
		Name: "d", System: "x86_64-linux", Builder: "/bin/sh", Env: map[string]string{"out": ""},
		Outputs: map[string]drv.Output{"out": {Algo: nixhash.SHA256, Hash: nixhash.Sum(nixhash.SHA256, nil)}},
	}
	addAll := func(st *local.Store) []store.Path {
		ctx := t.Context()
		text := must(st.AddText(ctx, "text", []byte("text"), nil))(t)
		source := must(st.AddTree(ctx, "tree", tree, store.NAR, nixhash.SHA256, nil))(t)
		p := addDrv(t, st, d)
		if err := st.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		return []store.Path{text, source, p}
	}
	verify := func(st *local.Store) (bad int) {
		if err := st.Verify(t.Context(), local.VerifyOptions{CheckContents: true}, func(local.Finding) { bad++ }); err != nil {
			t.Fatal(err)
		}
		return bad
	}
	st := openAt(t, root)
	paths := addAll(st)
	if _, err := st.AddSignatures(t.Context(), paths[2], []string{"k:c2ln"}); err != nil {
		t.Fatal(err)
	}
	for _, damage := range []func(name string){
		func(name string) { local.DeleteTree(context.WithoutCancel(t.Context()), name) },
		func(name string) {
			local.DeleteTree(context.WithoutCancel(t.Context()), name)
			if err := os.WriteFile(name, nil, 0o444); err != nil { // as a loss of power leaves it
				t.Fatal(err)
			}
		},
	} {
		for _, p := range paths {
			damage(st.RealPath(p))
		}
		if bad := verify(openAt(t, root)); bad != 3 {
			t.Errorf("of 3 damaged paths, %d were found", bad)
		}
		repairing, err := local.Open(t.Context(), local.Options{Root: root, SyncMode: local.SyncNone, Repair: true})
		if err != nil {
			t.Fatal(err)
		}
		addAll(repairing)
		if bad := verify(repairing); bad != 0 {
			t.Errorf("%d paths are damaged still", bad)
		}
		if err := repairing.Close(); err != nil {
			t.Error(err)
		}
	}
	info, err := st.PathInfo(t.Context(), paths[2])
	if err != nil || len(info.Sigs) != 1 {
		t.Errorf("signatures: got %v, %v, want one", info.Sigs, err)
	}
}
