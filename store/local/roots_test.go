package local_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/local"
)

// rootsOf returns the roots without those of processes of this machine.
func rootsOf(t *testing.T, st *local.Store) []gc.Root {
	t.Helper()
	roots, unread, err := st.Roots(t.Context())
	if err != nil || len(unread) > 0 && os.Getuid() == 0 {
		t.Fatalf("roots: unread %v, %v", unread, err)
	}
	return slices.DeleteFunc(roots, func(r gc.Root) bool { return r.Kind == gc.KindProcess })
}

// TestRootKinds pins which links are roots, and of which kind.
func TestRootKinds(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	w := buildWorld(t, st)
	ctx := t.Context()
	home := newDir(t)
	state := st.StateDir()
	for _, err := range []error{
		os.MkdirAll(filepath.Join(home, ".direnv"), 0o755),
		st.AddPermRoot(ctx, w.out, filepath.Join(home, "result")),
		st.AddPermRoot(ctx, w.lib, filepath.Join(home, ".direnv", "flake")),
		st.AddPermRoot(ctx, w.tree, filepath.Join(state, "profiles", "p-1-link")),
		st.AddPermRoot(ctx, w.text, filepath.Join(state, "profiles", "p-2-link")),
		os.Symlink("p-2-link", filepath.Join(state, "profiles", "p")),
		st.AddPermRoot(ctx, w.source, filepath.Join(home, "gone")),
		os.Remove(filepath.Join(home, "gone")),
		os.Symlink(string(w.fixed)+"/below", filepath.Join(state, "gcroots", "direct")),
		os.WriteFile(filepath.Join(state, "gcroots", w.fixedDrv.Base()), nil, 0o644),
		os.Symlink("/nix/store/00000000000000000000000000000000-x", filepath.Join(state, "gcroots", "invalid")),
		os.Symlink("/etc/passwd", filepath.Join(state, "gcroots", "elsewhere")),
		st.ReleaseTempRoots(),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	type row struct {
		Link     string
		Path     store.Path
		Kind     gc.Kind
		Note     string
		Dangling bool
	}
	var got []row
	for _, r := range rootsOf(t, st) {
		if r.Since.IsZero() {
			t.Errorf("%s: no time", r.Link)
		}
		link := strings.NewReplacer(home, "~", state, "STATE").Replace(r.Link)
		got = append(got, row{link, r.Path, r.Kind, r.Note, r.Dangling})
	}
	slices.SortFunc(got, func(a, b row) int { return strings.Compare(a.Link, b.Link) })
	want := []row{
		{"STATE/gcroots/direct", w.fixed, gc.KindOther, "", false},
		{"STATE/gcroots/invalid", "/nix/store/00000000000000000000000000000000-x", gc.KindOther, "", true},
		{"STATE/gcroots/" + w.fixedDrv.Base(), w.fixedDrv, gc.KindOther, "", false},
		{"STATE/profiles/p-1-link", w.tree, gc.KindGeneration, "", false},
		{"STATE/profiles/p-2-link", w.text, gc.KindGeneration, "current", false},
		{"~/.direnv/flake", w.lib, gc.KindDirenv, "", false},
		{"~/gone", "", gc.KindResult, "", true},
		{"~/result", w.out, gc.KindResult, "", false},
	}
	slices.SortFunc(want, func(a, b row) int { return strings.Compare(a.Link, b.Link) })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("roots (-want +got):\n%s", diff)
	}
}

func TestAddPermRoot(t *testing.T) {
	st := openAt(t, newDir(t))
	w := buildWorld(t, st)
	dir := newDir(t)
	link := filepath.Join(dir, "sub", "result")
	for _, p := range []store.Path{w.out, w.lib} {
		if err := st.AddPermRoot(t.Context(), p, link); err != nil {
			t.Fatal(err)
		}
		if target, err := os.Readlink(link); err != nil || target != string(p) {
			t.Errorf("link: got %s, %v, want %s", target, err, p)
		}
	}
	file, elsewhere := filepath.Join(dir, "file"), filepath.Join(dir, "elsewhere")
	os.WriteFile(file, nil, 0o644)
	os.Symlink("/etc", elsewhere)
	for _, link := range []string{file, elsewhere, "result", filepath.Join(st.RealDir(), "result"), "/nix/store/result"} {
		if err := st.AddPermRoot(t.Context(), w.out, link); err == nil {
			t.Errorf("root %s: no error", link)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 3 {
		t.Errorf("left over: %v, %v", entries, err)
	}
}

// TestProcessRoots pins that what a process uses is a root, by its logical name
// and by its real one.
func TestProcessRoots(t *testing.T) {
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("there is no /proc")
	}
	st := openAt(t, newDir(t))
	w := buildWorld(t, st)
	if err := st.ReleaseTempRoots(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", "-c", "echo ready; read line")
	cmd.Env = []string{"A=x:" + string(w.text) + "/bin:y", "B=" + st.RealPath(w.lib)}
	cmd.Dir = st.RealPath(w.tree) + "/bin"
	in := must(cmd.StdinPipe())(t)
	out := must(cmd.StdoutPipe())(t)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer in.Close()
	if _, err := io.ReadFull(out, make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	roots, _, err := st.Roots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for p, file := range map[store.Path]string{w.text: "environ", w.lib: "environ", w.tree: "cwd"} {
		i := slices.IndexFunc(roots, func(r gc.Root) bool {
			return r.Kind == gc.KindProcess && r.Path == p && filepath.Base(r.Link) == file
		})
		if i < 0 {
			t.Errorf("%s is no root", p)
		} else if !strings.HasPrefix(roots[i].Note, "sh, process ") && !strings.Contains(roots[i].Note, ", process ") {
			t.Errorf("note: got %q", roots[i].Note)
		}
	}
	if slices.ContainsFunc(roots, func(r gc.Root) bool { return r.Path == w.source }) {
		t.Errorf("%s is a root", w.source)
	}
}

func TestTempRoots(t *testing.T) {
	root := newDir(t)
	a, b := openAt(t, root), openAt(t, root)
	p := must(a.AddText(t.Context(), "text", nil, nil))(t)
	none := store.Path("/nix/store/00000000000000000000000000000000-x")
	for range 2 {
		if err := b.AddTempRoot(t.Context(), none); err != nil {
			t.Fatal(err)
		}
	}
	var got []store.Path
	for _, r := range rootsOf(t, b) {
		if r.Kind != gc.KindTemp || r.Dangling != (r.Path == none) || r.Note == "" {
			t.Errorf("root: got %+v", r)
		}
		got = append(got, r.Path)
	}
	if want := []store.Path{p, none}; !equalSets(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	// One is being built.
	unlock := must(a.LockPaths(t.Context(), []store.Path{none}))(t)
	if roots := rootsOf(t, b); !slices.ContainsFunc(roots, func(r gc.Root) bool { return r.Kind == gc.KindBuild && r.Path == none }) {
		t.Errorf("no build among %v", roots)
	}
	unlock()
	if err := a.ReleaseTempRoots(); err != nil {
		t.Fatal(err)
	}
	if roots := rootsOf(t, b); len(roots) != 1 {
		t.Errorf("after release: got %v", roots)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(filepath.Join(root, "nix/var/nix/temproots"))
	if err != nil || len(files) != 0 {
		t.Errorf("left over: %v, %v", files, err)
	}
}

func TestLogs(t *testing.T) {
	st := openAt(t, newDir(t))
	p := store.Path("/nix/store/0abcdfghijklmnpqrsvwxyz123456789-x.drv")
	if got, want := st.LogPath(p), st.LogDir()+"/drvs/0a/bcdfghijklmnpqrsvwxyz123456789-x.drv"; got != want {
		t.Errorf("log path: got %s, want %s", got, want)
	}
	if _, err := st.OpenLog(p); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open no log: got %v, want %v", err, fs.ErrNotExist)
	}
	if err := st.FinishLog(p); err != nil {
		t.Errorf("finish no log: %v", err)
	}
	for _, lines := range []int{10_000, 0, 1, 20_000, 3} { // a later build replaces the log
		text := strings.Repeat("line of a log\n", lines)
		writeLog(t, st, p, text)
		for _, finished := range []bool{false, true} {
			if finished {
				if err := st.FinishLog(p); err != nil {
					t.Fatal(err)
				}
			}
			r, err := st.OpenLog(p)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || string(got) != text {
				t.Errorf("finished %v: got %d bytes, %v, want %d", finished, len(got), err, len(text))
			}
			r.Close()
		}
	}
	if _, err := os.Stat(st.LogPath(p)); err == nil {
		t.Error("the plain log is left")
	}
}

// A log that comes from elsewhere is kept, but in the place of none that is there.
func TestAddLog(t *testing.T) {
	st := openAt(t, newDir(t))
	p := store.Path("/nix/store/0abcdfghijklmnpqrsvwxyz123456789-x.drv")
	for _, text := range []string{"first\n", "second\n"} {
		if err := st.AddLog(t.Context(), p, strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
		r, err := st.OpenLog(p)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != "first\n" {
			t.Errorf("got %q, %v, want the first", got, err)
		}
		r.Close()
	}
}

// Of two that add the log of one derivation at once each writes a file of its own.
func TestAddLogAtOnce(t *testing.T) {
	st := openAt(t, newDir(t))
	drvPath := store.Path("/nix/store/0abcdfghijklmnpqrsvwxyz123456789-x.drv")
	slow, feed := io.Pipe()
	done := make(chan error)
	go func() { done <- st.AddLog(t.Context(), drvPath, slow) }()
	must(io.WriteString(feed, "first\n"))(t)
	if err := st.AddLog(t.Context(), drvPath, strings.NewReader("second\n")); err != nil {
		t.Fatal(err)
	}
	must(io.WriteString(feed, "first\n"))(t)
	feed.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
	log := must(st.OpenLog(drvPath))(t)
	defer log.Close()
	if text, err := io.ReadAll(log); err != nil || string(text) != "first\nfirst\n" && string(text) != "second\n" {
		t.Errorf("got %q, %v, want the log of one of them", text, err)
	}
}

// Links in gcroots/auto to what is gone are found, at any depth and relative too, and
// removed unless it has come back.
func TestStaleRoots(t *testing.T) {
	st := openAt(t, newDir(t))
	auto, back := filepath.Join(st.StateDir(), "gcroots/auto"), filepath.Join(t.TempDir(), "back")
	if err := os.MkdirAll(filepath.Join(auto, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"a": back, "b": "gone", "sub/c": "/nowhere/gone"} {
		if err := os.Symlink(target, filepath.Join(auto, name)); err != nil {
			t.Fatal(err)
		}
	}
	roots, _, err := st.Roots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, r := range roots {
		if r.Auto != "" {
			got[r.Auto] = r.Link
		}
	}
	want := map[string]string{auto + "/a": back, auto + "/b": auto + "/gone", auto + "/sub/c": "/nowhere/gone"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("stale roots (-want +got):\n%s", d)
	}
	if err := os.WriteFile(back, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(filepath.Dir(filepath.Dir(auto)), "temproots", "4194000")
	if err := os.WriteFile(old, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var told []string
	if err := st.RemoveStaleRoots(roots, func(text string) { told = append(told, text) }); err != nil {
		t.Fatal(err)
	}
	if got, want := len(told), len(want)+1; got != want || told[got-1] != `removing stale temporary roots file "`+old+`"` {
		t.Errorf("told %q", told)
	}
	if _, err := os.Lstat(old); err == nil {
		t.Error("the temporary roots of a process that has ended stay")
	}
	for name, stays := range map[string]bool{"a": true, "b": false, "sub/c": false} {
		if _, err := os.Lstat(filepath.Join(auto, name)); (err == nil) != stays {
			t.Errorf("%s: %v, want it there: %v", name, err, stays)
		}
	}
}

// TestVerifyFinds damages a store in each way and looks what is found.
func TestVerifyFinds(t *testing.T) {
	st := openAt(t, newDir(t))
	w := buildWorld(t, st)
	damage(t, st.RealPath(w.text))
	for _, p := range []store.Path{w.tree, w.out} {
		if _, err := st.DeleteTree(t.Context(), st.RealPath(p)); err != nil {
			t.Fatal(err)
		}
	}
	os.WriteFile(filepath.Join(st.RealDir(), ".links", "00000000000000000000000000000000000000000000000000000"), nil, 0o444)
	var mismatch *store.HashMismatch
	var got []string
	for _, f := range findings(t, st, local.VerifyOptions{CheckContents: true, Forget: true}) {
		kind := "other"
		switch {
		case errors.As(f.Err, &mismatch):
			kind = "modified"
		case errors.Is(f.Err, fs.ErrNotExist) && f.Forgotten:
			kind = "forgotten"
		case errors.Is(f.Err, fs.ErrNotExist):
			kind = "gone"
		}
		got = append(got, kind+" "+f.Path.Name())
	}
	slices.Sort(got)
	// The tree is referred to by lib, which is there.
	if want := []string{"forgotten hello", "gone tree", "modified text", "other "}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if valid := must(st.IsValid(t.Context(), w.out))(t); valid {
		t.Error("what was forgotten is valid")
	}
}

// TestTempRootsOfTheirOwn pins that a set of temporary roots keeps what it
// names until it is released, whatever becomes of the Store's own.
func TestTempRootsOfTheirOwn(t *testing.T) {
	st := openAt(t, newDir(t))
	ctx := t.Context()
	mine, err := st.AddText(ctx, "mine", []byte("mine"), nil)
	if err != nil {
		t.Fatal(err)
	}
	built, err := st.AddText(ctx, "built", []byte("built"), nil)
	if err != nil {
		t.Fatal(err)
	}
	set := st.NewTempRoots()
	kept := func() (paths []store.Path) {
		t.Helper()
		for _, r := range rootsOf(t, st) {
			paths = append(paths, r.Path)
		}
		slices.Sort(paths)
		return slices.Compact(paths)
	}
	if err := errors.Join(st.ReleaseTempRoots(), set.Add(ctx, built)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]store.Path{built}, kept()); d != "" {
		t.Errorf("with the set (-want +got):\n%s", d)
	}
	if err := errors.Join(st.AddTempRoot(ctx, mine), set.Release(), set.Release()); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]store.Path{mine}, kept()); d != "" {
		t.Errorf("with the store's own (-want +got):\n%s", d)
	}
	if err := errors.Join(set.Add(ctx, built), set.Release()); err != nil {
		t.Errorf("used again: %v", err)
	}
}
