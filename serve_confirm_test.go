//go:build confirm

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A real Nix copies to and from a store that nix-store --serve serves, and asks it: on
// this machine it runs the nix-store of its path, without ssh.
func TestConfirmServe(t *testing.T) {
	tw := newBuilds(t, "testdata/builds/rebuilds.nix")
	bin := filepath.Join(tw.dir, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(os.Getenv("NIXBENCH"), filepath.Join(bin, "nix-store")); err != nil {
		t.Fatal(err)
	}
	for i, setting := range tw.env {
		if path, ok := strings.CutPrefix(setting, "PATH="); ok {
			tw.env[i] = "PATH=" + bin + ":" + path
		}
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
