package diff

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"nixbench/store"
)

// lay puts the objects of an archive into a directory, in which "name" stands
// for the store path of that name: "1/sys/etc -> @1/etc@/etc" is a link in the
// object sys with the digest 1.
func lay(t *testing.T, archive *txtar.Archive) Files {
	t.Helper()
	root := t.TempDir()
	files := Files{Dir: store.DefaultDir, Real: func(p store.Path) string { return filepath.Join(root, p.Base()) }}
	expand := func(s string) string {
		for {
			i := strings.IndexByte(s, '@')
			if i < 0 {
				return s
			}
			name, rest, _ := strings.Cut(s[i+1:], "@")
			s = s[:i] + string(path(name)) + rest
		}
	}
	for _, f := range archive.Files {
		if f.Name == "want" {
			continue
		}
		name, target, isLink := strings.Cut(f.Name, " -> ")
		parts := strings.SplitN(name, "/", 3)
		file := filepath.Join(files.Real(path(parts[0]+"/"+parts[1])), strings.Join(parts[2:], "/"))
		err := os.MkdirAll(filepath.Dir(file), 0o755)
		switch {
		case err != nil:
		case isLink:
			err = os.Symlink(expand(target), file)
		default:
			err = os.WriteFile(file, []byte(expand(string(f.Data))), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestEtc reads testdata/etc/*.txtar: the systems are 1/sys and 2/sys.
func TestEtc(t *testing.T) {
	cases, err := filepath.Glob("testdata/etc/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range cases {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		changes, err := Etc(t.Context(), lay(t, ar), path("1/sys"), path("2/sys"))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, c := range changes {
			unit := ""
			if c.IsUnit() {
				unit = " (unit)"
			}
			fmt.Fprintf(&b, "%s %s%s\n", c.Kind, c.Name, unit)
			for _, line := range c.Gone {
				fmt.Fprintf(&b, "  - %s\n", line)
			}
			for _, line := range c.New {
				fmt.Fprintf(&b, "  + %s\n", line)
			}
		}
		want := ""
		for _, f := range ar.Files {
			if f.Name == "want" {
				want = string(f.Data)
			}
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
