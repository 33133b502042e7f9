//go:build sizes

package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// TestSizes prints, for each top folder, the median, 90th percentile and
// longest of its files and functions in lines, tests left out: what
// `make sizes` shows.
func TestSizes(t *testing.T) {
	files, funcs := map[string][]int{}, map[string][]int{}
	longest := map[string]string{}
	err := fs.WalkDir(os.DirFS("."), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") || strings.Contains(p, "testdata/") {
			return err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		top := strings.SplitN(path.Dir(p), "/", 2)[0]
		for _, key := range []string{top, "all"} {
			files[key] = append(files[key], fset.Position(f.End()).Line)
			for _, decl := range f.Decls {
				fn, ok := decl.(*ast.FuncDecl)
				if !ok {
					continue
				}
				n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1
				if len(funcs[key]) == 0 || n > slices.Max(funcs[key]) {
					longest[key] = p + " " + fn.Name.Name
				}
				funcs[key] = append(funcs[key], n)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%-10s %-24s %-20s %s\n", "folder", "files med/p90/longest", "funcs med/p90/max", "longest function")
	for _, key := range []string{"store", "engine", "inspect", "repl", "themes", "tui", "all"} {
		fmt.Printf("%-10s %-24s %-20s %s\n", key, spread(files[key]), spread(funcs[key]), longest[key])
	}
}

func spread(n []int) string {
	if len(n) == 0 {
		return "-"
	}
	slices.Sort(n)
	return fmt.Sprintf("%d / %d / %d", n[len(n)/2], n[len(n)*9/10], n[len(n)-1])
}
