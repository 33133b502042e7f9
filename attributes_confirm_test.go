//go:build confirm

package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestConfirmAttributes compares what builders are given by their derivation's
// attributes, and what comes of the checks of outputs: each attribute of a file is
// built, and what is said and the whole stores are compared: rows, files, modes. Of a case that
// is said to differ the statuses are the same, and no more.
func TestConfirmAttributes(t *testing.T) {
	b := newBuilds(t, "testdata/builds/attributes.nix")
	for i, setting := range b.env {
		if strings.HasPrefix(setting, "NIX_CONFIG=") {
			b.env[i] += "\nexperimental-features = ca-derivations"
		}
	}
	b.env = append(b.env, "FOO=bar")
	text, err := os.ReadFile(b.file)
	if err != nil {
		t.Fatal(err)
	}
	_, attrs, _ := strings.Cut(string(text), "\nin\n")
	for _, m := range regexp.MustCompile(`(?m)^(?:  #differs 2\.34 (.*)\n)?  (\w+) = `).FindAllStringSubmatch(attrs, -1) {
		reason, name := m[1], m[2]
		t.Run(name, func(t *testing.T) {
			ours, theirs := b.both(t, "-A", name)
			if strings.HasSuffix(name, "NoInput") { // we begin before we look at what is exported
				ours.Stderr = regexp.MustCompile(`(?m)^building .*\n`).ReplaceAllString(ours.Stderr, "")
			}
			diff := cmp.Diff(theirs, ours)
			switch {
			case reason != "" && diff == "":
				t.Errorf("the real Nix no longer differs: %s", reason)
			case reason != "" && ours.Status == theirs.Status:
				t.Logf("the real Nix differs: %s", reason)
				return
			case diff != "":
				t.Errorf("(-nix +nixbench)\n%s", diff)
			}
			b.sameStores(t, "", "")
		})
	}
}
