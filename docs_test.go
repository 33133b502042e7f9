package main

import (
	"os"
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
