package main

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every test that docs/screens.md names is there.
func TestDocumentedTests(t *testing.T) {
	data, err := os.ReadFile("docs/screens.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`([a-z][a-z0-9/]*) (Test[A-Za-z0-9]+)`).FindAllStringSubmatch(string(data), -1)
	if len(named) == 0 {
		t.Error("docs/screens.md names no tests")
	}
	for _, m := range named {
		if !hasTest(t, m[1], m[2]) {
			t.Errorf("docs/screens.md names %s of %s, which is not there", m[2], m[1])
		}
	}
}

// Every file and folder that ARCHITECTURE.md names is there, and its map has every package.
func TestArchitecture(t *testing.T) {
	data, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range regexp.MustCompile(`\b(docs|engine|inspect|repl|store|themes|tui)/[\w*/.-]*`).FindAllString(string(data), -1) {
		name = strings.TrimRight(name, "./")
		if found, err := filepath.Glob(name); err != nil || len(found) == 0 {
			t.Errorf("ARCHITECTURE.md names %s, which is not there", name)
		}
	}
	// On the map, a top folder stands four blanks from the left, and what is in it below.
	mapped, top := map[string]bool{}, ""
	for line := range strings.Lines(string(data)) {
		for i, name := range regexp.MustCompile(`[\w]+/`).FindAllString(line, -1) {
			if name = strings.TrimSuffix(name, "/"); i == 0 && strings.HasPrefix(line, "    "+name) {
				top = name
			}
			if strings.HasPrefix(line, "    ") {
				mapped[top+" "+name] = true
			}
		}
	}
	err = fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		dir := path.Dir(name)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") && name != "."):
			return fs.SkipDir
		case strings.HasSuffix(name, ".go") && dir != "." && !mapped[strings.SplitN(dir, "/", 2)[0]+" "+path.Base(dir)]:
			t.Errorf("the map of ARCHITECTURE.md lacks %s", dir)
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func hasTest(t *testing.T, dir, name string) bool {
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
