package daemon_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"nixbench/store"
	"nixbench/store/daemon"
	"nixbench/store/daemon/daemontest"
)

// What an output came to be is told to daemons, and asked of them, as they know it: by a hash
// before Nix 2.35, and by the path of the derivation from there on.
func TestRealisations(t *testing.T) {
	for name, modern := range map[string]bool{"by hash": false, "by path": true} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			s := daemontest.Start(t)
			s.Modern.Store(modern)
			st := daemon.New(daemon.Options{Socket: s.Socket})
			defer st.Close()
			out, err := st.AddText(ctx, "out", []byte("made\n"), nil)
			if err != nil {
				t.Fatal(err)
			}
			r := store.Realisation{
				DrvPath: "/nix/store/" + store.Path(strings.Repeat("0", store.DigestLen)) + "-it.drv", Output: "out", OutPath: out,
			}
			sigs := []string{"key-1:AA==", "key-2:AA=="}
			if modern {
				r.Sigs = sigs
			} else {
				r.DrvHash, r.OldSigs = "sha256:"+strings.Repeat("0", 64), sigs
			}
			hash := func() (string, error) { return r.DrvHash, nil }
			if _, ok, err := st.Realisation(ctx, r.DrvPath, r.Output, hash); ok || err != nil {
				t.Fatalf("before: got %v, %v", ok, err)
			}
			if err := st.RegisterRealisation(ctx, r); err != nil {
				t.Fatal(err)
			}
			if got, ok, err := st.Realisation(ctx, r.DrvPath, r.Output, hash); !ok || err != nil || !reflect.DeepEqual(got, r) {
				t.Errorf("after: got %+v, %v, %v, want %+v", got, ok, err, r)
			}
			wantRefusals(t, st, r, modern)
		})
	}
}

// wantRefusals tells a daemon what it does not take, or is not told.
func wantRefusals(t *testing.T, st *daemon.Store, r store.Realisation, modern bool) {
	t.Helper()
	ctx := t.Context()
	r.Output, r.Sigs = "unsigned", nil
	var refused *daemon.Error
	if err := st.RegisterRealisation(ctx, r); errors.As(err, &refused) != modern {
		t.Errorf("without signatures: got %v", err)
	}
	r.Unresolved, r.DrvHash, r.Output = true, "", "untold"
	if err := st.RegisterRealisation(ctx, r); err != nil {
		t.Errorf("what it is not told: %v", err)
	}
	if _, ok, err := st.Realisation(ctx, r.DrvPath, r.Output, func() (string, error) { return "", nil }); ok || err != nil {
		t.Errorf("what it was not told: got %v, %v", ok, err)
	}
}
