//go:build confirm

package engine_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/engine"
	"nixbench/store"
)

const tracedExpr = `
let mk = name: script: derivation {
  inherit name; system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" script ];
  __contentAddressed = true; outputHashMode = "recursive"; outputHashAlgo = "sha256";
};
in rec {
  first = mk "first" "echo A > $out";
  second = mk "second" "read x < ${first}; echo $x ${first} > $out";
}`

// What outputs came to be that one daemon has built is copied to another one, with the
// signatures, and that knows it then, too.
func TestConfirmDaemonBuildTrace(t *testing.T) {
	eachDaemon(t, func(t *testing.T, d *realDaemon) {
		ctx := t.Context()
		config := "secret-key-files = " + newKey(t, d.bin)
		from, to := openBehind(t, startDaemon(t, d.bin, config).uri, false), openBehind(t, startDaemon(t, d.bin, config).uri, true)
		defer from.Close()
		defer to.Close()
		target := targetIn(t, from, tracedExpr, "second")
		if res, err := from.Realise(ctx, []store.DerivedPath{target}); err != nil || res.Err() != nil {
			t.Fatal(err, res.Err())
		}
		traced := tracedIn(t, from, target)
		var paths []store.Path
		for _, r := range traced {
			if paths = append(paths, r.OutPath); len(r.Sigs)+len(r.OldSigs) != 1 && !r.Unresolved {
				t.Errorf("%s: got %q and %q, want a signature", r, r.Sigs, r.OldSigs)
			}
		}
		if len(store.SortUnique(paths)) != 2 {
			t.Fatalf("got %+v, want two paths", traced)
		}
		if err := from.CopyPaths(ctx, to, store.SortUnique(paths), engine.CopyOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := from.CopyBuildTrace(ctx, to, traced, engine.CopyOptions{}); err != nil {
			t.Fatal(err)
		}
		targetIn(t, to, tracedExpr, "second")
		if diff := cmp.Diff(whereTo(traced), whereTo(tracedIn(t, to, target))); diff != "" {
			t.Errorf("what both say (-from +to):\n%s", diff)
		}
	})
}

// newKey makes a key that signs and returns its file.
func newKey(t *testing.T, bin string) string {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "secret")
	if out, err := exec.Command(filepath.Join(bin, "nix-store"), "--generate-binary-cache-key", "key-1", secret, secret+".pub").CombinedOutput(); err != nil {
		t.Fatalf("make a key: %v: %s", err, out)
	}
	return secret
}

// tracedIn returns what a store knows of what a target and its inputs came to be.
func tracedIn(t *testing.T, eng *engine.Engine, target store.DerivedPath) []store.Realisation {
	t.Helper()
	traced, err := eng.BuildTraceOf(t.Context(), []store.DerivedPath{target})
	if err != nil {
		t.Fatal(err)
	}
	return traced
}

// whereTo returns which outputs came to be which paths.
func whereTo(traced []store.Realisation) map[string]store.Path {
	where := make(map[string]store.Path)
	for _, r := range traced {
		if !r.Unresolved {
			where[r.Output+" of "+r.DrvPath.Name()] = r.OutPath
		}
	}
	return where
}
