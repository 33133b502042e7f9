package githash_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"nixbench/store/githash"
	"nixbench/store/nixhash"
)

// tree makes a directory whose names are not in the order of their bytes for Git,
// since "a" is a directory.
func tree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"a/x": 0o644, "a.txt": 0o644, "exe": 0o755} {
		file := filepath.Join(dir, name)
		os.MkdirAll(filepath.Dir(file), 0o755)
		if err := os.WriteFile(file, []byte("hello\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("a/x", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The hashes are those of git hash-object and git write-tree.
func TestSum(t *testing.T) {
	dir := tree(t)
	for _, c := range []struct{ file, want string }{
		{"a/x", "ce013625030ba8dba906f756967f9e9ca394464a"},
		{"exe", "ce013625030ba8dba906f756967f9e9ca394464a"},
		{"a", "e31a96220fbfbe7601ecc086a36b96dc27a8867e"},
		{"", "df64bdc66aee75585d58e131acd051621ddaca34"},
	} {
		got, err := githash.Sum(t.Context(), filepath.Join(dir, c.file), nixhash.SHA1, nil)
		if err != nil || got.Hex() != c.want {
			t.Errorf("%q: got %s, %v, want %s", c.file, got.Hex(), err, c.want)
		}
	}
}

// What the filter leaves out does not count.
func TestSumFiltered(t *testing.T) {
	dir := tree(t)
	keep := func(path, typ string) (bool, error) { return typ == "directory" || filepath.Base(path) == "x", nil }
	got, err := githash.Sum(t.Context(), dir, nixhash.SHA1, keep)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.txt", "exe", "link"} {
		os.Remove(filepath.Join(dir, name))
	}
	if want, err := githash.Sum(t.Context(), dir, nixhash.SHA1, nil); err != nil || got != want {
		t.Errorf("got %s, want %s, %v", got, want, err)
	}
}

// A large tree need not be read to its end.
func TestSumStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := githash.Sum(ctx, tree(t), nixhash.SHA1, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}
