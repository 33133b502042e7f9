package local_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"nixbench/store/local"
)

// What is in the way of writing a store is told when it is opened, in Nix's words.
func TestOpenUnwritable(t *testing.T) {
	if runAsNobody(t, "TestOpenUnwritable") {
		return
	}
	const guess = "This command may have been run as non-root in a single-user Nix installation,\nor the Nix daemon may have crashed."
	for _, test := range []struct {
		name   string
		gone   string
		forbid map[string]os.FileMode
		want   string
		while  string
	}{
		{
			name: "lock", forbid: map[string]os.FileMode{"nix/var/nix/db/big-lock": 0o400},
			want: `opening lock file "ROOT/nix/var/nix/db/big-lock": Permission denied`, while: guess,
		},
		{
			name: "database directory", forbid: map[string]os.FileMode{"nix/var/nix/db": 0o555},
			want: `Nix database directory "ROOT/nix/var/nix/db" is not writable: Permission denied`,
		},
		{
			name: "schema", forbid: map[string]os.FileMode{"nix/var/nix/db/schema": 0},
			want: `opening file "ROOT/nix/var/nix/db/schema": Permission denied`,
		},
		{
			name: "database", forbid: map[string]os.FileMode{"nix/var/nix/db/db.sqlite": 0},
			want: `cannot open SQLite database "ROOT/nix/var/nix/db/db.sqlite": unable to open database file`,
		},
		{
			name: "directory of roots", gone: "nix/var/nix/temproots", forbid: map[string]os.FileMode{"nix/var/nix": 0o555},
			want: `creating directory "ROOT/nix/var/nix/temproots": Permission denied`,
		},
		{
			name: "all", gone: "nix", forbid: map[string]os.FileMode{"": 0o555},
			want: `creating directory "ROOT/nix/store": Permission denied`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := newDir(t)
			if err := openAt(t, root).Close(); err != nil {
				t.Fatal(err)
			}
			if test.gone != "" {
				if _, err := local.DeleteTree(t.Context(), filepath.Join(root, test.gone)); err != nil {
					t.Fatal(err)
				}
			}
			for name, mode := range test.forbid {
				name = filepath.Join(root, name)
				if err := os.Chmod(name, mode); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { os.Chmod(name, 0o755) })
			}
			_, err := local.Open(t.Context(), local.Options{Root: root})
			var denied *local.AccessError
			if !errors.As(err, &denied) {
				t.Fatalf("got %v, want an AccessError", err)
			}
			if got := strings.ReplaceAll(denied.Error(), root, "ROOT"); got != test.want || denied.While() != test.while {
				t.Errorf("got %s, while %q\nwant %s, while %q", got, denied.While(), test.want, test.while)
			}
			if isDenied := errors.Is(err, syscall.EACCES); isDenied != strings.HasSuffix(test.want, "denied") {
				t.Errorf("%v is of missing rights: %v", err, isDenied)
			}
		})
	}
}

// Whoever wants to write to a store that was opened for reading is told why not.
func TestWriteReadOnly(t *testing.T) {
	if runAsNobody(t, "TestWriteReadOnly") {
		return
	}
	root := newDir(t)
	if err := openAt(t, root).Close(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		mode os.FileMode
		want string
	}{
		{0o644, "attempt to write a readonly database"},
		{0o444, "Permission denied"},
	} {
		if err := os.Chmod(filepath.Join(root, "nix/var/nix/db/db.sqlite"), test.mode); err != nil {
			t.Fatal(err)
		}
		st, err := local.Open(t.Context(), local.Options{Root: root, ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		_, err = st.AddText(t.Context(), "text", []byte("text"), nil)
		if want := "store " + st.RealDir() + " can only be read: " + test.want; err == nil || !strings.HasSuffix(err.Error(), want) || !errors.Is(err, syscall.EROFS) {
			t.Errorf("got %v, want %s", err, want)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}
}
