package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nixbench/engine"
	"nixbench/engine/settings"
	"nixbench/store/disk"
)

// open opens a store of its own.
func open(t *testing.T, root string, change func(*settings.Settings)) (*engine.Engine, error) {
	t.Helper()
	set := settings.Default()
	set.NixPath = nil
	if change != nil {
		change(set)
	}
	return engine.Open(t.Context(), engine.Options{StoreURI: root, Settings: set, Getenv: func(string) string { return "" }})
}

// worst returns the findings of an area above Fine, as text.
func worst(found []Finding, area string) string {
	var lines []string
	for _, f := range found {
		if f.Area == area && f.Level > Fine {
			lines = append(lines, fmt.Sprintf("%s: %s", f.Level, f.What))
		}
	}
	return strings.Join(lines, "\n")
}

// Of a new store every area is looked at, and only the machine can be at fault.
func TestNewStore(t *testing.T) {
	eng, err := open(t, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	found, err := Examine(t.Context(), eng, Options{Verify: true})
	if err != nil {
		t.Fatal(err)
	}
	areas := map[string]int{}
	for _, f := range found {
		areas[f.Area]++
		if f.Level > Note && f.Remedy == "" {
			t.Errorf("%v has no remedy", f)
		}
	}
	for _, area := range []string{"store", "database", "sandbox", "configuration", "path", "disk", "daemon"} {
		if areas[area] == 0 {
			t.Errorf("nothing is said of %s", area)
		}
	}
	for _, area := range []string{"store", "database", "configuration", "path", "daemon"} {
		if got := worst(found, area); got != "" {
			t.Errorf("%s: %s", area, got)
		}
	}
}

func TestComplaints(t *testing.T) {
	root := t.TempDir()
	eng, err := open(t, root, func(set *settings.Settings) {
		set.NixPath = []string{"nixpkgs=/nowhere/nixpkgs", "https://example.org/x.tar.gz"}
		set.MaxJobs, set.Sandbox = 0, "false"
	})
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	if err := os.Chmod(eng.Store().RealDir(), 0o777); err != nil {
		t.Fatal(err)
	}
	found, err := Examine(t.Context(), eng, Options{Warnings: []string{"unknown setting 'x'"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := worst(found, "store"); !strings.Contains(got, "problem: anyone can change") {
		t.Errorf("a store that anyone can write: %q", got)
	}
	got := worst(found, "configuration")
	for _, want := range []string{"warning: unknown setting 'x'", "warning: the search path names nixpkgs=/nowhere/nixpkgs: no such file", "note: max-jobs = 0", "note: sandbox = false has no effect"} {
		if !strings.Contains(got, want) {
			t.Errorf("configuration: got %q, want %q", got, want)
		}
	}
	if strings.Contains(got, "example.org") {
		t.Errorf("configuration: %q names a URL", got)
	}
}

// A database that is no database is named as such, with what helps.
func TestCorruptDatabase(t *testing.T) {
	root := t.TempDir()
	eng, err := open(t, root, nil)
	if err != nil {
		t.Fatal(err)
	}
	db := filepath.Join(eng.Store().StateDir(), "db", "db.sqlite")
	eng.Close()
	for _, log := range []string{"-wal", "-shm"} { // or SQLite would mend it
		if err := os.Remove(db + log); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(db, []byte(strings.Repeat("no database ", 1000)), 0o644); err != nil {
		t.Fatal(err)
	}
	var found []Finding
	if eng, err = open(t, root, nil); err != nil {
		found = Unopened(err)
	} else {
		defer eng.Close()
		if found, err = Examine(t.Context(), eng, Options{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range found {
		if f.Level == Problem && f.Area == "database" && strings.Contains(f.Remedy, "rebuild-db") {
			return
		}
	}
	t.Errorf("findings %v, want the database and how to rebuild it", found)
}

func TestPath(t *testing.T) {
	home := t.TempDir()
	var dirs []string
	for _, dir := range []string{"a", "b", "c", ".nix-profile/bin"} {
		dir = filepath.Join(home, dir)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	for _, dir := range dirs[:2] {
		if err := os.WriteFile(dir+"/nix", nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(dirs[0]+"/nix", dirs[2]+"/nix"); err != nil {
		t.Fatal(err)
	}
	list := func(dirs ...string) string { return strings.Join(dirs, ":") }
	if got := worst(lookAtPath(list(dirs[0], dirs[2], dirs[3]), home), "path"); got != "" {
		t.Errorf("two links to one nix: %s", got)
	}
	for _, name := range []string{"/nix-build", "/nix-store"} {
		for _, dir := range []string{"both", "and"} {
			if err := os.MkdirAll(filepath.Join(home, dir), 0o755); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"/nix", name} {
				if err := os.WriteFile(filepath.Join(home, dir)+name, nil, 0o755); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	both := []string{filepath.Join(home, "both"), filepath.Join(home, "and"), dirs[3]}
	if got, want := worst(lookAtPath(list(both...), home), "path"), "warning: PATH has several nix, nix-build and nix-store, in "+both[0]+" and "+both[1]+"; the first counts"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	got := worst(lookAtPath(list(dirs[0], dirs[1]), home), "path")
	for _, want := range []string{"several nix, in " + dirs[0] + " and " + dirs[1], "has not got the programs of " + home + "/.nix-profile"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestJudge(t *testing.T) {
	const gib = 1 << 30
	for _, tc := range []struct {
		space   disk.Space
		minFree int64
		want    string
	}{
		{disk.Space{Total: 100 * gib, Free: 50 * gib}, 0, ""},
		{disk.Space{Total: 100 * gib, Free: 4 * gib}, 0, "warning: 4096 of 102400 MiB are free for builds"},
		{disk.Space{Total: 100 * gib, Free: gib / 2}, 0, "problem: only 512 MiB are free for builds"},
		{disk.Space{Total: gib, Free: gib * 3 / 4}, 0, ""}, // small, but empty
		{disk.Space{Total: 100 * gib, Free: 20 * gib}, 30 * gib, "warning: 20480 MiB are free for builds, less than min-free, so builds begin with a collection"},
		{disk.Space{Total: 100 * gib, Free: 50 * gib, Files: 1000, FilesLeft: 10}, 0, "warning: 10 of 1000 inodes are free for builds"},
		{disk.Space{Total: 100 * gib, Free: 50 * gib, ReadOnly: true}, 0, "problem: the file system of /x, for builds, is mounted read-only"},
		{disk.Space{Total: 100 * gib, Free: 50 * gib, NoExec: true}, 0, "problem: the file system of /x, for builds, is mounted noexec: no program runs there"},
	} {
		p := place{"/x", "builds", tc.space}
		if got := worst(judge(p, tc.minFree), "disk"); got != tc.want {
			t.Errorf("judge(%+v) = %q, want %q", p, got, tc.want)
		}
	}
}

func TestDaemonSocket(t *testing.T) {
	dir, err := os.MkdirTemp("", "doctor") // short: the name of a socket has a limit
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "socket")
	if got := worst(tryDaemon(t.Context(), socket), "daemon"); got != "" {
		t.Errorf("no socket: %s", got)
	}
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	if got := worst(tryDaemon(t.Context(), socket), "daemon"); !strings.HasPrefix(got, "note: one listens") {
		t.Errorf("a socket: %s", got)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	if got := worst(tryDaemon(t.Context(), socket), "daemon"); !strings.HasPrefix(got, "warning: there is a socket, but nobody listens") {
		t.Errorf("a socket that nobody listens at: %s", got)
	}
}

func TestCancelled(t *testing.T) {
	eng, err := open(t, t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer eng.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Examine(ctx, eng, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Examine when cancelled: %v", err)
	}
}
