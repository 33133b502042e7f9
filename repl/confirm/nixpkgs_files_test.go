//go:build nixpkgs

package confirm

// This file compares how the files of the tree are read: all of the language,
// parsed, and all JSON and TOML.

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
)

// TestNixpkgsParse compares what --parse prints of all files of the language.
// The answers of the real Nix are not kept: they are large and soon made.
func TestNixpkgsParse(t *testing.T) {
	b := newBench(t)
	b.cache = ""
	files := b.files(t, ".nix")
	if len(files) == 0 {
		t.Fatal("the tree has none")
	}
	const batch = 400 // less than a command line holds
	same := 0
	for i := 0; i < len(files); i += batch {
		flags := []string{"--parse"}
		for _, name := range files[i:min(i+batch, len(files))] {
			flags = append(flags, filepath.Join(b.tree, name))
		}
		ours, theirs := b.both(t, "", "nix-instantiate", flags)
		if d := theirs.diff(ours); d != "" {
			t.Errorf("%d files from %s on (-nix +nixbench):\n%s", len(flags)-1, files[i], d)
			continue
		}
		same += len(flags) - 1
	}
	fmt.Printf("nixpkgs: parsed: %d files the same, of %d\n", same, len(files))
}

// files are the names of the tree's regular files with an extension.
func (b *bench) files(t *testing.T, ext string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(b.tree, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Ext(path) != ext {
			return err
		}
		name, err := filepath.Rel(b.tree, path)
		names = append(names, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestNixpkgsFiles compares what is read from the files of the tree: all JSON
// and TOML, converted, and the modules of lib, imported.
func TestNixpkgsFiles(t *testing.T) {
	b := newBench(t)
	kinds := map[string][]string{"json": b.files(t, ".json"), "toml": b.files(t, ".toml")}
	for _, name := range b.files(t, ".nix") {
		if filepath.Dir(name) == "lib" {
			kinds["import"] = append(kinds["import"], name)
		}
	}
	for _, kind := range []string{"json", "toml", "import"} {
		t.Run(kind, func(t *testing.T) {
			if len(kinds[kind]) == 0 {
				t.Fatal("the tree has none")
			}
			var c counts
			for i := 0; i < len(kinds[kind]); i += 200 {
				names := kinds[kind][i:min(i+200, len(kinds[kind]))]
				b.each(t, &c, "file-"+kind+".nix", names)
			}
			fmt.Printf("nixpkgs: files, %s: %v\n", kind, c)
		})
	}
}
