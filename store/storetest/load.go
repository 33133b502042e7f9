package storetest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"nixbench/store"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// Load adds objects that are written down as a txtar archive, and returns
// their paths by name. A file of the archive is named
//
//	hello                 a flat object named hello
//	hello/bin/run         a file in a directory named hello
//	hello/bin/run*        one that is executable
//	hello/lib -> target   a symbolic link
//
// In contents and targets, @name@ stands for the path of another object, so
// that one comes to refer to it. Objects are added in an order that allows it.
func Load(tb testing.TB, st *Store, archive string) map[string]store.Path {
	tb.Helper()
	paths, err := load(tb.Context(), st, txtar.Parse([]byte(archive)), tb.TempDir())
	if err != nil {
		tb.Fatal(err)
	}
	return paths
}

func load(ctx context.Context, st *Store, archive *txtar.Archive, dir string) (map[string]store.Path, error) {
	objects := make(map[string][]txtar.File) // by name
	var waiting []string
	for _, f := range archive.Files {
		name := objectName(f.Name)
		if objects[name] == nil {
			waiting = append(waiting, name)
		}
		objects[name] = append(objects[name], f)
	}
	paths := make(map[string]store.Path)
	for len(waiting) > 0 {
		i := slices.IndexFunc(waiting, func(name string) bool { return ready(objects, name, paths) })
		if i < 0 {
			return nil, fmt.Errorf("load objects: %q mention each other", waiting)
		}
		name := waiting[i]
		waiting = slices.Delete(waiting, i, i+1)
		p, err := addObject(ctx, st, name, objects[name], paths, filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("load object %s: %w", name, err)
		}
		paths[name] = p
	}
	return paths, nil
}

// objectName returns the first component of a name in the archive.
func objectName(file string) string {
	name, _, _ := strings.Cut(file, " -> ")
	name, _, _ = strings.Cut(name, "/")
	return strings.TrimSuffix(name, "*")
}

// ready reports whether all objects that name mentions have paths.
func ready(objects map[string][]txtar.File, name string, paths map[string]store.Path) bool {
	for _, f := range objects[name] {
		for other := range objects {
			mentioned := strings.Contains(f.Name, "@"+other+"@") || bytes.Contains(f.Data, []byte("@"+other+"@"))
			if mentioned && paths[other] == "" {
				return false
			}
		}
	}
	return true
}

// addObject makes the files below dir and adds them.
func addObject(ctx context.Context, st *Store, name string, files []txtar.File, paths map[string]store.Path, dir string) (store.Path, error) {
	var pairs []string
	var candidates []store.Path
	for other, p := range paths {
		pairs = append(pairs, "@"+other+"@", string(p))
		candidates = append(candidates, p)
	}
	expand := strings.NewReplacer(pairs...).Replace
	for _, f := range files {
		if err := makeFile(dir, strings.TrimPrefix(f.Name, name), expand, f.Data); err != nil {
			return "", err
		}
	}
	var archive bytes.Buffer
	if err := nar.Dump(&archive, dir, nil); err != nil {
		return "", err
	}
	ca := store.ContentAddress{Method: store.NAR, Hash: nixhash.Sum(nixhash.SHA256, archive.Bytes())}
	refs := scan(archive.Bytes(), candidates)
	p, err := ca.Path(st.Dir(), name, refs, false)
	if err != nil {
		return "", err
	}
	return p, st.AddNAR(ctx, &store.PathInfo{Path: p, References: refs, CA: ca.String()}, archive.Bytes())
}

// makeFile makes what a name in the archive, less the object's, stands for.
func makeFile(dir, name string, expand func(string) string, data []byte) error {
	name, target, isLink := strings.Cut(name, " -> ")
	mode := os.FileMode(0o644)
	if bare, found := strings.CutSuffix(name, "*"); found {
		name, mode = bare, 0o755
	}
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if isLink {
		return os.Symlink(expand(target), file)
	}
	return os.WriteFile(file, []byte(expand(string(data))), mode)
}
