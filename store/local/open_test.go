package local_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"nixbench/store"
	"nixbench/store/local"
)

// TestOpenSchema pins what becomes of each content of the schema file.
func TestOpenSchema(t *testing.T) {
	for _, test := range []struct{ contents, want string }{
		{"10", ""},
		{"10\n", ""},
		{"", ""}, // the machine crashed as it was written
		{"9", "schema 9"},
		{"11", "schema 11, made by a newer Nix"},
		{"ten", "want a number"},
	} {
		root := newDir(t)
		st := openAt(t, root)
		w := buildWorld(t, st)
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(st.StateDir(), "db", "schema")
		if err := os.WriteFile(name, []byte(test.contents), 0o644); err != nil {
			t.Fatal(err)
		}
		st, err := local.Open(t.Context(), local.Options{Root: root})
		if test.want != "" {
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("schema %q: got %v, want an error with %q", test.contents, err, test.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("schema %q: %v", test.contents, err)
			continue
		}
		if valid := must(st.IsValid(t.Context(), w.out))(t); !valid {
			t.Errorf("schema %q: paths are lost", test.contents)
		}
		st.Close()
		if got, err := os.ReadFile(name); strings.TrimSpace(string(got)) != "10" {
			t.Errorf("schema %q: then %q, %v", test.contents, got, err)
		}
	}
}

// TestPlaces puts each part of a store elsewhere, with another store directory.
func TestPlaces(t *testing.T) {
	dir := newDir(t)
	opts := local.Options{
		Dir: "/gnu/store", RealDir: filepath.Join(dir, "objects"), StateDir: filepath.Join(dir, "state"),
		LogDir: filepath.Join(dir, "logs"), SyncMode: local.SyncNone,
	}
	if exists, _ := local.Access(opts); exists {
		t.Error("it exists before it is made")
	}
	st := must(local.Open(t.Context(), opts))(t)
	defer st.Close()
	if exists, writable := local.Access(opts); !exists || !writable {
		t.Errorf("access: exists %v, writable %v", exists, writable)
	}
	w := buildWorld(t, st)
	if !strings.HasPrefix(string(w.out), "/gnu/store/") || filepath.Dir(st.RealPath(w.out)) != opts.RealDir {
		t.Errorf("got %s at %s", w.out, st.RealPath(w.out))
	}
	writeLog(t, st, w.drv, "log")
	if _, err := os.Stat(filepath.Join(opts.LogDir, "drvs")); err != nil {
		t.Error(err)
	}
	verifyClean(t, st)
	if _, err := local.Open(t.Context(), local.Options{Dir: "relative"}); err == nil {
		t.Error("relative store directory: no error")
	}
	link := filepath.Join(newDir(t), "link")
	if err := os.Symlink(opts.RealDir, link); err != nil {
		t.Fatal(err)
	}
	if _, err := local.Open(t.Context(), local.Options{RealDir: link, StateDir: newDir(t), LogDir: newDir(t)}); err == nil {
		t.Error("the store is a symbolic link: no error")
	}
}

// TestMigrate opens a database as Nix before 2.35 made it.
func TestMigrate(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	w := buildWorld(t, st)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	script := `create index IndexReferrer on Refs(referrer);
		drop table SchemaMigrations;
		create table Realisations (id integer primary key);`
	sqlRun(t, st, script)
	st = openAt(t, root)
	verifyClean(t, st)
	if valid := must(st.IsValid(t.Context(), w.out))(t); !valid {
		t.Error("paths are lost")
	}
	if got := sqlText(t, st, "select migration from SchemaMigrations"); got != "20260309-drop-redundant-indexreferrer" {
		t.Errorf("migrations: got %q", got)
	}
	if got := sqlText(t, st, "select name from sqlite_master where name = 'IndexReferrer'"); got != "" {
		t.Errorf("the index is left: %q", got)
	}
}

// sqlText returns the first column of the first row of a query.
func sqlText(t *testing.T, st *local.Store, query string) (text string) {
	t.Helper()
	c, err := sqlite.OpenConn(filepath.Join(st.StateDir(), "db", "db.sqlite"), sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = sqlitex.ExecuteTransient(c, query, &sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
		text = stmt.ColumnText(0)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sqlRun runs statements on the database of a store that is closed.
func sqlRun(t *testing.T, st *local.Store, script string) {
	t.Helper()
	c, err := sqlite.OpenConn(filepath.Join(st.StateDir(), "db", "db.sqlite"), sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := sqlitex.ExecuteScript(c, script, nil); err != nil {
		t.Fatal(err)
	}
}

// TestOpenTogether opens a new store many times at once, and keeps all open.
func TestOpenTogether(t *testing.T) {
	root := newDir(t)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			st := openAt(t, root)
			if _, err := st.AddText(t.Context(), "text", fmt.Append(nil, i), nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	st := openAt(t, root)
	if got := len(must(st.AllPaths(t.Context()))(t)); got != 10 {
		t.Errorf("got %d paths, want 10", got)
	}
	verifyClean(t, st)
}

// TestCorrupt pins that a damaged database is one clear error, and that
// nothing is overwritten.
func TestCorrupt(t *testing.T) {
	for name, damage := range map[string]func(file string) error{
		"no database": func(file string) error { return os.WriteFile(file, []byte(strings.Repeat("junk", 5000)), 0o644) },
		"short":       func(file string) error { return os.Truncate(file, 5000) },
		"empty":       func(file string) error { return os.Truncate(file, 0) },
		"missing":     os.Remove,
		"header":      func(file string) error { return writeAt(file, 0, strings.Repeat("x", 100)) },
		"first page":  func(file string) error { return writeAt(file, 100, strings.Repeat("x", 500)) },
	} {
		root := newDir(t)
		st := openAt(t, root)
		buildWorld(t, st)
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(st.StateDir(), "db", "db.sqlite")
		if err := errors.Join(damage(file), os.Remove(file+"-wal")); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(file)
		for _, readOnly := range []bool{false, true} {
			st, err := local.Open(t.Context(), local.Options{Root: root, ReadOnly: readOnly})
			if err == nil {
				_, err = st.AllPaths(t.Context())
				st.Close()
			}
			if !errors.Is(err, local.ErrCorrupt) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: got %v, want %v on one line", name, err, local.ErrCorrupt)
			}
		}
		if after, _ := os.ReadFile(file); string(after) != string(before) {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func writeAt(file string, at int64, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(text), at)
	return errors.Join(err, f.Close())
}

// TestKeepsLog pins that the files of the write-ahead log outlast the last
// connection, which readers without rights need.
func TestKeepsLog(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	buildWorld(t, st)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(filepath.Join(st.StateDir(), "db", "db.sqlite"+suffix)); err != nil {
			t.Error(err)
		}
	}
	info, err := os.Stat(filepath.Join(st.StateDir(), "db", "reserved"))
	if err != nil || info.Size() != 8<<20 {
		t.Errorf("reserved file: got %v, %v, want 8 MiB", info, err)
	}
}

// TestForeign reads the store of another user, with the files of the log and
// without them, in a child process that may not write there.
func TestForeign(t *testing.T) {
	if os.Getenv("NIXBENCH_CHILD") == "foreign" {
		readForeign(t)
		return
	}
	root, err := os.MkdirTemp("", "foreign")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		local.DeleteTree(context.WithoutCancel(t.Context()), root)
	})
	os.Chmod(root, 0o755)
	st := openAt(t, root)
	w := buildWorld(t, st)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	db := filepath.Join(st.StateDir(), "db")
	for _, step := range []func() error{
		func() error { return os.Chmod(db, 0o555) },
		func() error {
			file := filepath.Join(db, "db.sqlite")
			return errors.Join(os.Chmod(db, 0o755), os.Remove(file+"-wal"), os.Remove(file+"-shm"), os.Chmod(db, 0o555))
		},
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
		cmd := childTest(t, "TestForeign", "foreign", "ROOT="+root, "WANT="+string(w.out))
		if os.Getuid() == 0 {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v:\n%s", err, out)
		}
	}
}

func readForeign(t *testing.T) {
	if exists, writable := local.Access(local.Options{Root: os.Getenv("ROOT")}); !exists || writable {
		t.Errorf("access: exists %v, writable %v, want true, false", exists, writable)
	}
	st, err := local.Open(t.Context(), local.Options{Root: os.Getenv("ROOT"), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	found := false
	for info, err := range st.AllInfos(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		found = found || string(info.Path) == os.Getenv("WANT")
	}
	if !found {
		t.Errorf("%s is missing", os.Getenv("WANT"))
	}
}

// TestForeignWritten reads the store of another user that had no log when it was opened,
// and that is written to then: what is there is seen by whatever asks.
func TestForeignWritten(t *testing.T) {
	if os.Getenv("NIXBENCH_CHILD") == "written" {
		readWritten(t)
		return
	}
	root := filepath.Join(shared(t), "root")
	st := openAt(t, root)
	w := buildWorld(t, st)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { local.DeleteTree(context.WithoutCancel(t.Context()), root) })
	db := filepath.Join(st.StateDir(), "db")
	file := filepath.Join(db, "db.sqlite")
	if err := errors.Join(os.Remove(file+"-wal"), os.Remove(file+"-shm"), os.Chmod(db, 0o555)); err != nil {
		t.Fatal(err)
	}
	cmd := childTest(t, "TestForeignWritten", "written", "ROOT="+root, "WANT="+string(w.out))
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	lines := bufio.NewScanner(io.TeeReader(out, &said))
	for lines.Scan() && lines.Text() != "opened" {
	}
	for _, name := range []string{"added", "added later"} {
		if err := os.Chmod(db, 0o755); err != nil {
			t.Fatal(err)
		}
		st = openAt(t, root)
		added := must(st.AddText(t.Context(), strings.ReplaceAll(name, " ", "-"), []byte(name), nil))(t)
		err := st.Flush(t.Context())
		if name == "added" { // whoever wrote it is gone, and the log, too
			err = errors.Join(err, st.Close(), os.Remove(file+"-wal"), os.Remove(file+"-shm"))
		}
		if err := errors.Join(err, os.Chmod(db, 0o555)); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(in, added)
		for lines.Scan() && lines.Text() != "read" {
		}
	}
	for lines.Scan() {
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v:\n%s", err, &said)
	}
}

func readWritten(t *testing.T) {
	ctx := t.Context()
	st, err := local.Open(ctx, local.Options{Root: os.Getenv("ROOT"), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if valid, err := st.IsValid(ctx, store.Path(os.Getenv("WANT"))); err != nil || !valid {
		t.Fatalf("before: got valid %v, %v", valid, err)
	}
	before := must(st.Graph(ctx))(t).Len()
	fmt.Println("opened")
	for i := range 2 {
		var added store.Path
		if _, err := fmt.Scanln(&added); err != nil {
			t.Fatal(err)
		}
		var asked sync.WaitGroup // by many at once, of which the first notices
		begin := make(chan struct{})
		for range 64 {
			asked.Go(func() {
				<-begin
				if valid, err := st.IsValid(ctx, added); err != nil || !valid {
					t.Errorf("what was added is valid: got %v, %v, want true", valid, err)
				}
			})
		}
		close(begin)
		asked.Wait()
		if after := must(st.Graph(ctx))(t).Len(); after != before+1+i {
			t.Errorf("got %d paths, want %d", after, before+1+i)
		}
		fmt.Println("read")
	}
}

// childTest returns the command that runs a test of this program again in a
// process of its own, as what the variable NIXBENCH_CHILD says.
func childTest(t *testing.T, test, child string, env ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		// Where another user may run it.
		copied := filepath.Join(shared(t), "test")
		text, err := os.ReadFile(self)
		if err == nil {
			err = os.WriteFile(copied, text, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
		self = copied
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), self, "-test.run=^"+test+"$", "-test.v")
	cmd.Env = append(os.Environ(), append(env, "NIXBENCH_CHILD="+child)...)
	cmd.Dir = "/"
	return cmd
}

// shared returns a temporary directory that other users can look into.
func shared(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "child")
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// runAsNobody runs a test again in the superuser's place, who may write everything, as
// somebody who may not, and reports whether it did.
func runAsNobody(t *testing.T, test string) bool {
	t.Helper()
	if os.Geteuid() != 0 {
		return false
	}
	home := filepath.Join(shared(t), "home")
	const nobody = 65534
	if err := errors.Join(os.Mkdir(home, 0o755), os.Chown(home, nobody, nobody)); err != nil {
		t.Fatal(err)
	}
	cmd := childTest(t, test, "nobody", "TMPDIR="+home)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("PASS: "+test)) {
		t.Errorf("%v:\n%s", err, out)
	}
	return true
}

// TestAllIsDurable runs the usual operations with nothing left to the
// operating system.
func TestAllIsDurable(t *testing.T) {
	st, err := local.Open(t.Context(), local.Options{Root: newDir(t)})
	if err != nil {
		t.Fatal(err)
	}
	w := buildWorld(t, st)
	if err := st.Sync(t.Context()); err != nil {
		t.Error(err)
	}
	forget(t, st, w.out)
	verifyClean(t, st)
	if err := errors.Join(st.Close(), st.Close()); err != nil {
		t.Error(err)
	}
	if _, err := st.IsValid(t.Context(), w.out); err == nil {
		t.Error("a closed store answers")
	}
}

// TestCancelled pins that a cancelled context ends every operation.
func TestCancelled(t *testing.T) {
	st := openAt(t, newDir(t))
	w := buildWorld(t, st)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	tree := makeTree(t)
	for what, err := range map[string]error{
		"add text":  second(st.AddText(ctx, "new", nil, nil)),
		"add tree":  second(st.AddTree(ctx, "new", tree, "r:", 0, nil)),
		"all paths": second(st.AllPaths(ctx)),
		"path info": second(st.PathInfo(ctx, w.out)),
		"graph":     second(st.Graph(ctx)),
		"register":  st.Register(ctx, fakeInfos(t, st.Dir(), 3)),
		"verify":    st.Verify(ctx, local.VerifyOptions{CheckContents: true}, func(local.Finding) {}),
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want %v", what, err, context.Canceled)
		}
	}
	verifyClean(t, st)
	noTempDirs(t, st)
}

// TestLate pins that a store opened late is one like others: it opens its database
// when that is needed, and once.
func TestLate(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	w := buildWorld(t, st)
	file := filepath.Join(st.StateDir(), "db", "db.sqlite")
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	open := func(readOnly bool) *local.Store {
		return must(local.Open(t.Context(), local.Options{Root: root, Late: true, ReadOnly: readOnly}))(t)
	}
	for _, readOnly := range []bool{false, true} {
		st := open(readOnly)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if valid, err := st.IsValid(t.Context(), w.out); !valid || err != nil {
					t.Errorf("read only %v: got %v, %v", readOnly, valid, err)
				}
			})
		}
		all.Wait()
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}
	st = open(false)
	late := must(st.AddText(t.Context(), "late", []byte("late"), nil))(t)
	if err := st.Close(); err != nil {
		t.Error(err)
	}
	st = openAt(t, root)
	if valid := must(st.IsValid(t.Context(), late))(t); !valid {
		t.Error("what was added late is lost")
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}

	if err := errors.Join(writeAt(file, 0, strings.Repeat("x", 100)), os.Remove(file+"-wal")); err != nil {
		t.Fatal(err)
	}
	for _, readOnly := range []bool{false, true} {
		st := open(readOnly)
		for range 2 {
			if _, err := st.IsValid(t.Context(), w.out); !errors.Is(err, local.ErrCorrupt) {
				t.Errorf("read only %v: got %v, want %v", readOnly, err, local.ErrCorrupt)
			}
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
		if _, err := st.IsValid(t.Context(), w.out); err == nil {
			t.Error("a closed store answers")
		}
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := local.Open(t.Context(), local.Options{Root: root, Late: true}); !errors.Is(err, local.ErrCorrupt) {
		t.Errorf("without its file: got %v, want %v", err, local.ErrCorrupt)
	}
}
