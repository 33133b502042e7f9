package engine_test

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"nixbench/engine"
	"nixbench/store/local"

	"github.com/google/go-cmp/cmp"
)

// locateEnv names the root directory that the test binary, run again, locates
// the stores of.
const locateEnv = "NIXBENCH_TEST_LOCATE"

// locateStore is what is NIX_STORE_DIR then.
const locateStore = "NIXBENCH_TEST_LOCATE_STORE"

// locateMain prints where the stores are.
func locateMain(root string) int {
	loc, err := engine.LocateAuto(root, func(name string) string {
		if name == "NIX_STORE_DIR" {
			return os.Getenv(locateStore)
		}
		return map[string]string{"XDG_DATA_HOME": "/data"}[name]
	})
	if err == nil {
		err = gob.NewEncoder(os.Stdout).Encode(loc)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// The choice between the stores depends on rights, which the superuser is
// never without: it is made by another process.
func TestLocateAuto(t *testing.T) {
	own := local.Options{Root: "/data/nix/root"}
	const db = "nix/var/nix/db/db.sqlite"
	const socket = "nix/var/nix/daemon-socket/socket"
	for _, test := range []struct {
		name   string
		dirs   []string
		files  []string
		env    string // of NIX_STORE_DIR
		forbid map[string]os.FileMode
		want   func(root string) engine.Location
	}{
		{name: "no store", want: func(string) engine.Location { return engine.Location{Build: own} }},
		{
			name: "ours", dirs: []string{"nix/store", "nix/var/nix"},
			want: func(root string) engine.Location { return engine.Location{Build: local.Options{Root: root}} },
		},
		{
			name: "ours, in use", dirs: []string{"nix/store", "nix/var/nix/db", "nix/var/nix/temproots"}, files: []string{db},
			want: func(root string) engine.Location { return engine.Location{Build: local.Options{Root: root}} },
		},
		{
			name: "another's", dirs: []string{"nix/store", "nix/var/nix/db", "nix/var/nix/temproots"}, files: []string{db},
			forbid: map[string]os.FileMode{"nix/store": 0o555},
			want:   beside(own),
		},
		{
			name: "another's database", dirs: []string{"nix/store", "nix/var/nix/db", "nix/var/nix/temproots"}, files: []string{db},
			forbid: map[string]os.FileMode{db: 0o444},
			want:   beside(own),
		},
		{
			name: "a database out of sight", dirs: []string{"nix/store", "nix/var/nix/db"}, files: []string{db},
			forbid: map[string]os.FileMode{"nix/store": 0o555, "nix/var/nix/db": 0},
			want:   beside(own),
		},
		{
			name: "another's without a database", dirs: []string{"nix/store", "nix/var/nix"},
			forbid: map[string]os.FileMode{"nix/store": 0o555},
			want:   func(string) engine.Location { return engine.Location{Build: own} },
		},
		{
			name: "another's, which the environment names", dirs: []string{"nix/store", "nix/var/nix/db", "nix/var/nix/temproots"}, files: []string{db},
			env: "/nix/store", forbid: map[string]os.FileMode{"nix/store": 0o555, "nix/var/nix": 0o555},
			want: func(root string) engine.Location {
				return engine.Location{Build: local.Options{Root: root, Dir: "/nix/store"}}
			},
		},
		{
			name: "another's, with a daemon", dirs: []string{"nix/store", "nix/var/nix/db", "nix/var/nix/temproots", "nix/var/nix/daemon-socket"},
			files:  []string{db, socket},
			forbid: map[string]os.FileMode{"nix/store": 0o555, "nix/var/nix": 0o555},
			want: func(root string) engine.Location {
				return engine.Location{
					Build:  local.Options{Root: root},
					Daemon: &engine.Daemon{URI: "daemon", Socket: filepath.Join(root, socket), Direct: true},
				}
			},
		},
		{
			name: "ours, with a daemon", dirs: []string{"nix/store", "nix/var/nix/db", "nix/var/nix/temproots", "nix/var/nix/daemon-socket"},
			files: []string{db, socket},
			want:  func(root string) engine.Location { return engine.Location{Build: local.Options{Root: root}} },
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			for _, dir := range test.dirs {
				if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for _, file := range test.files {
				if err := os.WriteFile(filepath.Join(root, file), nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			forbid(t, root, test.forbid)
			t.Setenv(locateStore, test.env)
			out := outputWithoutRights(t, locateEnv+"="+root)
			var got engine.Location
			if err := gob.NewDecoder(bytes.NewReader(out)).Decode(&got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want(root), got); diff != "" {
				t.Errorf("location (-want +got):\n%s", diff)
			}
		})
	}
}

// beside is a store of our own beside the machine's.
func beside(own local.Options) func(root string) engine.Location {
	return func(root string) engine.Location {
		return engine.Location{Build: own, Machine: &local.Options{Root: root, ReadOnly: true}}
	}
}
