//go:build confirm

package confirm

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestConfirmBuildsOnce has both programs build the same derivations in one store at
// the same time: by the locks of the outputs each is built once.
func TestConfirmBuildsOnce(t *testing.T) {
	b := newBuilds(t, "testdata/builds/rebuilds.nix")
	count := filepath.Join(b.dir, "count")
	if err := os.Mkdir(count, 0o777); err != nil {
		t.Fatal(err)
	}
	// The builders are other users.
	for dir := count; dir != filepath.Dir(os.TempDir()) && dir != "/"; dir = filepath.Dir(dir) {
		os.Chmod(dir, 0o777)
	}
	post := filepath.Join(b.dir, "post")
	if err := os.WriteFile(post, []byte("#!/bin/sh\nmktemp "+count+"/$(basename $OUT_PATHS)-XXXXXX\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(b.dir, "slow.nix")
	err := os.WriteFile(file, []byte(`builtins.genList (i: derivation {
  name = "slow-${toString i}"; system = builtins.currentSystem; builder = "/bin/sh"; args = [ "-c" "sleep 0.3; echo > $out" ];
}) 8`), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"nix-build", "--store", filepath.Join(b.dir, "both"), "--no-out-link", "-j2", "--option", "post-build-hook", post, "--option", "build-poll-interval", "1", file}
	var results [2]said
	var done sync.WaitGroup
	done.Go(func() { results[0] = b.ours(t, args...) })
	done.Go(func() { results[1] = b.theirs(t, args...) })
	done.Wait()
	for i, r := range results {
		if r.Status != 0 || strings.Count(r.Stdout, "-slow-") != 8 {
			t.Errorf("%d: got %+v", i, r)
		}
	}
	entries, err := os.ReadDir(count)
	if err != nil {
		t.Fatal(err)
	}
	built := make(map[string]int)
	for _, entry := range entries {
		built[entry.Name()[:strings.LastIndexByte(entry.Name(), '-')]]++
	}
	for name, n := range built {
		if n != 1 {
			t.Errorf("%s was built %d times", name, n)
		}
	}
	if len(built) != 8 {
		t.Errorf("%d were built: %v", len(built), built)
	}
	if left := fmt.Sprint(filepath.Glob(filepath.Join(b.dir, "both/nix/store/*.lock"))); strings.Contains(left, "lock") {
		t.Errorf("locks: %s", left)
	}
}
