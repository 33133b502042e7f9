//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// serveBy lets the real Nix that b runs find the nix-store that serves: ours, or its own.
func (b *builds) serveBy(t *testing.T, who string) {
	t.Helper()
	bin := filepath.Join(os.Getenv("NIX"), "bin")
	if who == "ours" {
		bin = filepath.Join(b.dir, "bin")
		if err := os.MkdirAll(bin, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(os.Getenv("NIXBENCH"), filepath.Join(bin, "nix-store")); err != nil && !os.IsExist(err) {
			t.Fatal(err)
		}
	}
	b.env = append(b.env, "PATH="+bin+":"+os.Getenv("PATH"))
}

// A real Nix has remote builders build, and builds in the store of another machine:
// what is said, and what is in the stores then, is the same whoever serves.
func TestConfirmServeBuilds(t *testing.T) {
	said := map[string][]said{}
	b := newBuilds(t, "testdata/builds/served.nix")
	for i, setting := range b.env {
		if strings.HasPrefix(setting, "NIX_CONFIG=") {
			b.env[i] += "\nexperimental-features = nix-command ca-derivations"
		}
	}
	for _, who := range []string{"ours", "theirs"} {
		b.serveBy(t, who)
		client, there := filepath.Join(b.dir, "client-"+who), "ssh://localhost?remote-store="+filepath.Join(b.dir, who)
		note := func(args ...string) string {
			s := b.theirs(t, args...)
			s.Stderr = sortedLines(strings.ReplaceAll(s.Stderr, filepath.Join(b.dir, who), "STORE"))
			said[who] = append(said[who], s)
			return strings.TrimSpace(s.Stdout)
		}
		for _, line := range []string{"two", "user", "fails", "needs", "fixed", "wrong", "ca", "top", "structured", "slow --timeout 1", "none"} {
			note(append([]string{"nix-build", "--store", client, "--no-out-link", b.file, "--max-jobs", "0", "--builders", there + " x86_64-linux,aarch64-linux", "-A"}, strings.Fields(line)...)...)
		}
		for _, attr := range []string{"none", "fails", "needs", "user"} {
			drv := note("nix-instantiate", "--store", client, b.file, "-A", attr)
			note("copy", "--no-check-sigs", "--derivation", "--from", client, "--to", there, drv)
			note("nix-store", "--store", there, "-r", drv)
		}
	}
	if diff := cmp.Diff(said["theirs"], said["ours"]); diff != "" {
		t.Errorf("(-nix +nixbench)\n%s", diff)
	}
	b.sameStores(t, "", "")
}

// A real Nix copies to and from a store that nix-store --serve serves, and asks it: on
// this machine it runs the nix-store of its path, without ssh.
func TestConfirmServe(t *testing.T) {
	tw := newBuilds(t, "testdata/builds/rebuilds.nix")
	tw.serveBy(t, "ours")
	for i, setting := range tw.env {
		if strings.HasPrefix(setting, "NIX_CONFIG=") {
			tw.env[i] += "\nexperimental-features = nix-command"
		}
	}
	here, there, back := tw.dir+"/theirs", "ssh://localhost?remote-store="+tw.dir+"/served", tw.dir+"/back"
	run := func(args ...string) string {
		t.Helper()
		s := tw.theirs(t, args...)
		if s.Status != 0 {
			t.Fatalf("%v: status %d\n%s", args, s.Status, s.Stderr)
		}
		return strings.TrimSpace(s.Stdout)
	}
	out := run("nix-build", "--store", here, "--no-out-link", tw.file, "-A", "user")
	drv := run("nix-store", "--store", here, "-q", "--deriver", out)
	run("copy", "--no-check-sigs", "--from", here, "--to", there, out)
	if got, want := run("path-info", "--store", there, "-rS", out), run("path-info", "--store", here, "-rS", out); got != want {
		t.Errorf("it is not what it was: got\n%s\nwant\n%s", got, want)
	}
	run("copy", "--no-check-sigs", "--from", there, "--to", back, out)
	run("nix-store", "--store", back, "--verify-path", out)
	run("copy", "--no-check-sigs", "--derivation", "--from", here, "--to", there, drv)
	run("nix-store", "--store", tw.dir+"/served", "--verify", "--check-contents")
}
