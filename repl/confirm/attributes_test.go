//go:build confirm

package confirm

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestConfirmAttributes compares what builders are given by their derivation's
// attributes, and what comes of the checks of outputs: each attribute of a file is
// built, and what is said and each file of what was built is compared. Of a case that
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
			for _, out := range strings.Fields(theirs.Stdout) {
				if diff := cmp.Diff(readTree(t, b.dir+"/theirs"+out), readTree(t, b.dir+"/ours"+out)); diff != "" {
					t.Errorf("%s: (-nix +nixbench)\n%s", out, diff)
				}
			}
		})
	}
	// Of content-addressed outputs that fail their checks the real Nix notes what they are.
	const others = " where v.path not like '%-ca____' and v.path not like '%-caSelf.drv' and v.path not like '%-caRefs.drv'"
	for _, query := range []string{
		"select v.path, hash, quote(deriver), quote(narSize), quote(ultimate), quote(sigs), quote(ca) from ValidPaths v" + others,
		"select v.path, b.path from Refs join ValidPaths v on v.id = referrer join ValidPaths b on b.id = reference" + others,
		"select v.path, o.id, o.path from DerivationOutputs o join ValidPaths v on v.id = o.drv" + others,
	} {
		if diff := cmp.Diff(b.rows(t, "theirs", query), b.rows(t, "ours", query)); diff != "" {
			t.Errorf("%s: (-nix +nixbench)\n%s", query, diff)
		}
	}
}

// readTree returns the files below root, by their names there.
func readTree(t *testing.T, root string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(root, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		files[strings.TrimPrefix(name, root)] = string(data)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return files
}
