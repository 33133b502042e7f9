package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

const example = `
-- bin/run* --
#!/bin/sh
-- bin/tool -> run --
-- lib/big --
0123456789012345678901234567890123456789
-- lib/sub/small --
x
-- readme --
read me
`

// lay writes an archive's files: "name*" is executable, "name -> target" a link.
func lay(t testing.TB, archive string) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "object")
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name, target, isLink := strings.Cut(f.Name, " -> ")
		name, isExecutable := strings.CutSuffix(name, "*")
		file := filepath.Join(root, name)
		err := os.MkdirAll(filepath.Dir(file), 0o755)
		switch {
		case err != nil:
		case isLink:
			err = os.Symlink(target, file)
		case isExecutable:
			err = os.WriteFile(file, f.Data, 0o755)
		default:
			err = os.WriteFile(file, f.Data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestRead(t *testing.T) {
	tree, err := Read(t.Context(), lay(t, example))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range tree.Entries {
		got = append(got, fmt.Sprintf("%s %s %d %d %s", o.Name, o.Kind, o.Size, o.Files, o.Target))
	}
	want := []string{
		" directory 61 5 ", "bin directory 10 2 ", "bin/run executable 10 1 ", "bin/tool symlink 0 1 run",
		"lib directory 43 2 ", "lib/big regular 41 1 ", "lib/sub directory 2 1 ", "lib/sub/small regular 2 1 ", "readme regular 8 1 ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("entries:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := names(tree, tree.Children(0)); got != "lib bin readme" {
		t.Errorf("Children of the path = %s, want lib bin readme", got)
	}
	if got := names(tree, tree.Largest()); got != "lib/big bin/run readme lib/sub/small bin/tool" {
		t.Errorf("Largest = %s", got)
	}
}

func names(tree *Tree, entries []Entry) string {
	var out []string
	for _, e := range entries {
		out = append(out, tree.Entries[e].Name)
	}
	return strings.Join(out, " ")
}

// A path may be a file, or a link.
func TestReadFile(t *testing.T) {
	root := lay(t, example)
	for file, want := range map[string]Object{
		"readme":   {Kind: Regular, Size: 8, Files: 1, Parent: None},
		"bin/tool": {Kind: Link, Files: 1, Target: "run", Parent: None},
	} {
		tree, err := Read(t.Context(), filepath.Join(root, file))
		if err != nil || len(tree.Entries) != 1 || tree.Entries[0] != want {
			t.Errorf("Read of %s = %v, %v, want %v", file, tree, err, want)
		}
	}
}

func TestReadErrors(t *testing.T) {
	root := lay(t, example)
	if _, err := Read(t.Context(), root+"/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read of nothing: %v, want one that says so", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, root); !errors.Is(err, context.Canceled) {
		t.Errorf("Read when cancelled: %v", err)
	}
}

// Errors say once what is read, and of what is below it where there.
func TestErrorsNameFilesOnce(t *testing.T) {
	root := filepath.Join(t.TempDir(), "none")
	_, err := Read(t.Context(), root)
	if want := "list files of " + root + ": no such file or directory"; err == nil || err.Error() != want || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = new(Disk).Add(t.Context(), root)
	if want := "measure " + root + ": no such file or directory"; err == nil || err.Error() != want || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want %s", err, want)
	}
	below := &fs.PathError{Op: "open", Path: root + "/a/b", Err: fs.ErrPermission}
	if got, want := inside(root, below).Error(), "open a/b: permission denied"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	beside := &fs.PathError{Op: "open", Path: root + "-1", Err: fs.ErrPermission}
	if got := inside(root, beside); got != error(beside) {
		t.Errorf("got %v, want %v", got, beside)
	}
}
