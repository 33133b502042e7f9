//go:build confirm

package confirm

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What outputs came to be is copied with them, from either program's store, by either, so
// that both know it where it was copied to.
func TestConfirmCopyBuildTrace(t *testing.T) {
	b := newBuilds(t, "testdata/builds/contents.nix")
	b.withContentAddresses()
	if ours, theirs := b.both(t, "-A", "top", "-A", "flat"); ours.Status != 0 || theirs.Status != 0 {
		t.Fatal(ours.Stderr, theirs.Stderr)
	}
	programs := map[string]func(*testing.T, ...string) said{"ours": b.ours, "theirs": b.theirs}
	for _, source := range []string{"ours", "theirs"} {
		for copier, run := range programs {
			t.Run(copier+" of "+source, func(t *testing.T) {
				from, to := filepath.Join(b.dir, source), filepath.Join(b.dir, copier+"-"+source)
				attrs := []string{"flat", "top"}
				if copier == "theirs" {
					attrs = attrs[:1] // of inputs, 2.34 copies nothing
				}
				if made := b.theirs(t, "store", "info", "--store", to); made.Status != 0 { // with its table
					t.Fatal(made.Stderr)
				}
				for _, attr := range attrs {
					copied := run(t, "copy", "--no-check-sigs", "--from", from, "--to", to, "-f", b.file, attr)
					if copied.Status != 0 {
						t.Fatal(copied.Stderr)
					}
				}
				b.compareTraces(t, from, to, attrs...)
			})
		}
	}
}

// What no trusted key has signed is not believed where it is copied to.
func TestConfirmCopyBuildTraceUnsigned(t *testing.T) {
	b := newBuilds(t, "testdata/builds/contents.nix")
	b.withContentAddresses()
	if ours, theirs := b.both(t, "-A", "flat"); ours.Status != 0 || theirs.Status != 0 {
		t.Fatal(ours.Stderr, theirs.Stderr)
	}
	said := b.ours(t, "copy", "--from", filepath.Join(b.dir, "ours"), "--to", filepath.Join(b.dir, "x"), "-f", b.file, "flat")
	if said.Status != 1 || !strings.Contains(said.Stderr, "-flat' because it lacks a signature by a trusted key") {
		t.Errorf("got %+v", said) // 2.34 does not check, which HEAD does
	}
}

// withContentAddresses turns the feature on.
func (b *builds) withContentAddresses() {
	for i, setting := range b.env {
		if strings.HasPrefix(setting, "NIX_CONFIG=") {
			b.env[i] += "\nexperimental-features = ca-derivations nix-command"
		}
	}
}

// compareTraces compares what both programs know of outputs in two stores.
func (b *builds) compareTraces(t *testing.T, from, to string, attrs ...string) {
	t.Helper()
	for _, attr := range attrs {
		for who, run := range map[string]func(*testing.T, ...string) said{"nix": b.theirs, "nixbench": b.ours} {
			want := run(t, "realisation", "info", "--store", from, "-f", b.file, "--json", attr)
			got := run(t, "realisation", "info", "--store", to, "-f", b.file, "--json", attr)
			if who == "nix" && want.Stdout == "" {
				continue // our store has nothing for 2.34 if that has not opened it before
			}
			if diff := cmp.Diff(want.Stdout, got.Stdout); diff != "" || want.Stdout == "" {
				t.Errorf("%s: what %s says where it was copied from and to:\n%s%s", attr, who, diff, got.Stderr)
			}
		}
	}
}
