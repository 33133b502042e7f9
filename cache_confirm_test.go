//go:build confirm

package main

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Binary caches on this machine are written and read by both programs, each what the other
// wrote; uncompressed they are the same to the byte.
func TestConfirmFileCache(t *testing.T) {
	b := newBuilds(t, "testdata/builds/rebuilds.nix")
	b.withContentAddresses()
	tw := &shellTwins{twins: b.twins, bin: filepath.Join(b.dir, "bin")}
	var top string
	for _, who := range []string{"ours", "theirs"} {
		built := b.ours(t, "nix-build", "--store", filepath.Join(b.dir, who), "--no-out-link", b.file, "-A", "user")
		if built.Status != 0 {
			t.Fatal(built.Stderr)
		}
		top = built.Stdout[:len(built.Stdout)-1]
	}
	b.must(t, "nix-store", "--generate-binary-cache-key", "k-1", filepath.Join(b.dir, "sk"), filepath.Join(b.dir, "pk"))
	plain := "?compression=none&secret-key=" + filepath.Join(b.dir, "sk")
	programs := map[string]func(*testing.T, ...string) said{"ours": b.ours, "theirs": b.theirs}
	for who, run := range programs {
		for name, params := range map[string]string{"usual-" + who: "", "plain-" + who: plain} {
			said := run(t, "copy", "--from", filepath.Join(b.dir, who), "--to", "file://"+filepath.Join(b.dir, name)+params, top)
			if said.Status != 0 {
				t.Fatalf("%s: %s", name, said.Stderr)
			}
		}
	}
	list := func(who string) string {
		return tw.set(t, "cd plain-"+who+" && find . -type f ! -path '*trace*' ! -path '*realisations*' | LC_ALL=C sort | xargs sha256sum && cat *.narinfo nix-cache-info")
	}
	if d := cmp.Diff(list("theirs"), list("ours")); d != "" {
		t.Errorf("uncompressed (-nix +nixbench):\n%s", d)
	}
	for who, run := range programs {
		for _, cache := range []string{"usual-ours", "usual-theirs", "plain-ours"} {
			from, to := "file://"+filepath.Join(b.dir, cache), filepath.Join(b.dir, who+"-of-"+cache)
			if said := run(t, "copy", "--no-check-sigs", "--from", from, "--to", to, top); said.Status != 0 {
				t.Errorf("%s of %s: %s", who, cache, said.Stderr)
			}
			want := b.theirs(t, "path-info", "-r", "--json", "--json-format", "1", "--store", filepath.Join(b.dir, "ours"), top)
			got := b.theirs(t, "store", "verify", "-r", "--no-trust", "--store", to, top)
			if got.Status != 0 || want.Status != 0 {
				t.Errorf("%s of %s: %s%s", who, cache, got.Stderr, want.Stderr)
			}
		}
	}
	for who, run := range programs {
		said := run(t, "copy", "--from", "file://"+filepath.Join(b.dir, "usual-ours"), "--to", filepath.Join(b.dir, "unsigned-"+who), top)
		if said.Status != 1 {
			t.Errorf("%s: what nobody has signed is copied: %+v", who, said)
		}
	}
}
