//go:build confirm

package confirm

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What outputs came to be is what 2.34 says, which calls the derivations otherwise and
// says nothing of what they need: of its store as of ours. What is deleted there, 2.34
// does not know either.
func TestConfirmBuildTrace(t *testing.T) {
	b := newBuilds(t, "testdata/builds/contents.nix")
	for i, setting := range b.env {
		if strings.HasPrefix(setting, "NIX_CONFIG=") {
			b.env[i] += "\nexperimental-features = ca-derivations nix-command"
		}
	}
	if ours, theirs := b.both(t, "-A", "plain", "-A", "flat"); ours.Status != 0 || theirs.Status != 0 {
		t.Fatal(ours.Stderr, theirs.Stderr)
	}
	flags := func(store, attr string) []string {
		return []string{"--store", filepath.Join(b.dir, store), "-f", b.file, "--json", attr}
	}
	for _, attr := range []string{"low", "low^dev", "low^*", "top", "plain", "flat"} {
		theirs := b.theirs(t, append([]string{"realisation", "info"}, flags("theirs", attr)...)...)
		var known []struct{ ID, OutPath string }
		if err := json.Unmarshal([]byte(theirs.Stdout), &known); err != nil {
			t.Fatal(err, theirs)
		}
		ours := b.ours(t, append([]string{"store", "build-trace", "info"}, flags("ours", attr)...)...)
		ofTheirs := b.ours(t, append([]string{"store", "build-trace", "info"}, flags("theirs", attr)...)...)
		if diff := cmp.Diff(ours, ofTheirs); diff != "" {
			t.Errorf("%s: what we say of our store and of theirs (-ours +theirs)\n%s", attr, diff)
		}
		var got []struct {
			OpaquePath string
			Key        struct{ OutputName string }
			Value      struct{ OutPath string }
		}
		if err := json.Unmarshal([]byte(ours.Stdout), &got); err != nil {
			t.Fatal(err, ours)
		}
		for _, k := range known {
			_, output, _ := strings.Cut(k.ID, "!")
			path := "/nix/store/" + k.OutPath
			isNoted, isListed := false, false
			for _, g := range got {
				isNoted = isNoted || g.Key.OutputName == output && g.Value.OutPath == k.OutPath
				isListed = isListed || g.OpaquePath == path
			}
			if !isNoted || !isListed {
				t.Errorf("%s: got %s, want %s of %s", attr, ours.Stdout, output, path)
			}
		}
	}
	drv := strings.TrimSpace(b.theirs(t, "path-info", "--store", filepath.Join(b.dir, "theirs"), "--derivation", "-f", b.file, "flat").Stdout)
	b.must(t, "store", "build-trace", "delete", "--store", filepath.Join(b.dir, "theirs"), drv+"^out")
	for who, run := range map[string]func(*testing.T, ...string) said{"nix": b.theirs, "nixbench": b.ours} {
		said := run(t, append([]string{"realisation", "info"}, flags("theirs", "flat")...)...)
		lines := strings.Split(said.Stderr, "\n")
		if !slices.Contains(lines, "error: cannot operate on output 'out' of the unbuilt derivation '"+drv+"'") {
			t.Errorf("%s: got %+v of what was deleted", who, said)
		}
	}
}
