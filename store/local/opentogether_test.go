package local_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"nixbench/store/local"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Processes that open a store which is not there yet, all at the same moment, each make
// what is missing or wait for it; the real Nix of 2.34 fails then.
func TestOpenAbsent(t *testing.T) {
	if os.Getenv("NIXBENCH_CHILD") == "opener" {
		openEach(t)
		return
	}
	openers := startOpeners(t, 8)
	for range 20 {
		openTogether(t, openers, newDir(t))
	}
}

// Processes that open what a Nix left which was killed while it made the store, or which
// another one ran into, all at the same moment.
func TestOpenHalfMade(t *testing.T) {
	openers := startOpeners(t, 4)
	for name, leave := range halfMade {
		t.Run(name, func(t *testing.T) {
			root := newDir(t)
			st := openAt(t, root)
			if err := st.Close(); err != nil {
				t.Fatal(err)
			}
			leave(t, st)
			openTogether(t, openers, root)
		})
	}
}

// halfMade are states that a store is in for a moment while Nix makes it.
var halfMade = map[string]func(t *testing.T, st *local.Store){
	"directories only": func(t *testing.T, st *local.Store) {
		removeAll(t, st, "db/db.sqlite", "db/db.sqlite-wal", "db/db.sqlite-shm", "db/schema", "db/reserved", "temproots")
	},
	"empty database": func(t *testing.T, st *local.Store) {
		removeAll(t, st, "db/db.sqlite", "db/db.sqlite-wal", "db/db.sqlite-shm", "db/schema")
		if err := os.WriteFile(filepath.Join(st.StateDir(), "db/db.sqlite"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	},
	"tables without the number of the schema": func(t *testing.T, st *local.Store) {
		removeAll(t, st, "db/schema")
	},
	"empty number of the schema": func(t *testing.T, st *local.Store) {
		if err := os.WriteFile(filepath.Join(st.StateDir(), "db/schema"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	},
	"no migrations": func(t *testing.T, st *local.Store) {
		sqlRun(t, st, "drop table SchemaMigrations")
	},
	"no migrations, no number": func(t *testing.T, st *local.Store) {
		sqlRun(t, st, "drop table SchemaMigrations")
		removeAll(t, st, "db/schema")
	},
	"migrations without rows": func(t *testing.T, st *local.Store) {
		sqlRun(t, st, "delete from SchemaMigrations")
	},
	"a table of several": func(t *testing.T, st *local.Store) {
		removeAll(t, st, "db/db.sqlite", "db/db.sqlite-wal", "db/db.sqlite-shm", "db/schema")
		c := must(sqlite.OpenConn(filepath.Join(st.StateDir(), "db/db.sqlite"), sqlite.OpenReadWrite|sqlite.OpenCreate))(t)
		defer c.Close()
		// Made by Nix 2.34 without a transaction, table by table.
		err := sqlitex.ExecuteScript(c, `create table if not exists ValidPaths (
			id integer primary key autoincrement not null, path text unique not null, hash text not null,
			registrationTime integer not null, deriver text, narSize integer, ultimate integer, sigs text, ca text)`, nil)
		if err != nil {
			t.Fatal(err)
		}
	},
	"a link to profiles that leads nowhere": func(t *testing.T, st *local.Store) {
		removeAll(t, st, "profiles")
		if err := os.Symlink(filepath.Join(st.StateDir(), "profiles"), filepath.Join(st.StateDir(), "gcroots/profiles")); err != nil {
			t.Fatal(err)
		}
	},
}

func removeAll(t *testing.T, st *local.Store, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.RemoveAll(filepath.Join(st.StateDir(), name)); err != nil {
			t.Fatal(err)
		}
	}
}

// An opener is a process that opens the stores it is told.
type opener struct {
	in  io.Writer
	out *bufio.Scanner
}

// startOpeners starts processes, which end with the test.
func startOpeners(t *testing.T, n int) (all []*opener) {
	t.Helper()
	self := must(os.Executable())(t)
	for i := range n {
		cmd := exec.CommandContext(context.WithoutCancel(t.Context()), self, "-test.run=^TestOpenAbsent$")
		cmd.Env = append(os.Environ(), "NIXBENCH_CHILD=opener", fmt.Sprint("NUMBER=", i))
		in, out := must(cmd.StdinPipe())(t), must(cmd.StdoutPipe())(t)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { in.Close(); cmd.Wait() })
		all = append(all, &opener{in, bufio.NewScanner(out)})
	}
	return all
}

// openTogether has all open the store at root, and looks at it afterwards.
func openTogether(t *testing.T, openers []*opener, root string) {
	t.Helper()
	for _, o := range openers {
		if _, err := fmt.Fprintln(o.in, root); err != nil {
			t.Fatal(err)
		}
	}
	for i, o := range openers {
		if !o.out.Scan() || o.out.Text() != "opened" {
			t.Errorf("process %d: %s", i, o.out.Text())
		}
	}
	st := openAt(t, root)
	if got := len(must(st.AllPaths(t.Context()))(t)); got != len(openers) {
		t.Errorf("got %d paths, want %d", got, len(openers))
	}
	verifyClean(t, st)
	if text := must(os.ReadFile(filepath.Join(st.StateDir(), "db/schema")))(t); string(text) != "10" {
		t.Errorf("got schema %q, want 10", text)
	}
}

// openEach is what an opener does: it opens a store, at once or when the database is
// needed, and adds a text of its own.
func openEach(t *testing.T) {
	number := os.Getenv("NUMBER")
	open := func(root string) error {
		st, err := local.Open(t.Context(), local.Options{Root: root, SyncMode: local.SyncNone, Late: strings.Contains("1357", number)})
		if err != nil {
			return err
		}
		if _, err := st.AddText(t.Context(), "text", []byte(number), nil); err != nil {
			return err
		}
		return st.Close()
	}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if err := open(lines.Text()); err != nil {
			fmt.Println(strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Println("opened")
		}
	}
}
