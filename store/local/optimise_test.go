package local_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"nixbench/store"
	"nixbench/store/local"
	"nixbench/store/nixhash"
)

// inode returns the number of a file, and how many names it has.
func inode(t *testing.T, file string) (ino uint64, links int) {
	t.Helper()
	info, err := os.Lstat(file)
	if err != nil {
		t.Fatal(err)
	}
	stat := info.Sys().(*syscall.Stat_t)
	return stat.Ino, int(stat.Nlink)
}

// addTwin adds a tree with files that other such trees have too.
func addTwin(t *testing.T, st *local.Store, name string) store.Path {
	t.Helper()
	dir := filepath.Join(newDir(t), name)
	if err := os.MkdirAll(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	for file, mode := range map[string]os.FileMode{"bin/tool": 0o755, "tool": 0o644, "copy": 0o644} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(strings.Repeat("tool\n", 1000)), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink("bin/tool", filepath.Join(dir, "link")), os.WriteFile(filepath.Join(dir, "own"), []byte(name), 0o644)); err != nil {
		t.Fatal(err)
	}
	return must(st.AddTree(t.Context(), name, dir, store.NAR, nixhash.SHA256, nil))(t)
}

// TestOptimise pins which files become one, that the paths stay what they are to the last
// permission, and that what was done once is not done again.
func TestOptimise(t *testing.T) {
	st := openAt(t, newDir(t))
	a, b := addTwin(t, st, "a"), addTwin(t, st, "b")
	text := must(st.AddText(t.Context(), "text", []byte(strings.Repeat("tool\n", 1000)), nil))(t)
	other := must(st.AddText(t.Context(), "other", []byte("other"), nil))(t)
	done := must(st.Optimise(t.Context(), local.OptimiseOptions{}))(t)
	// Of the five that are not executable four go, of the executable and the symbolic
	// links one each.
	if want := (local.Optimisation{Linked: 6, Freed: 5*5000 + int64(len("bin/tool"))}); done != want {
		t.Errorf("got %+v, want %+v", done, want)
	}
	plain, links := inode(t, st.RealPath(a)+"/tool")
	if links != 6 { // with its name in .links
		t.Errorf("the common file has %d names, want 6", links)
	}
	for _, file := range []string{st.RealPath(a) + "/copy", st.RealPath(b) + "/tool", st.RealPath(b) + "/copy", st.RealPath(text)} {
		if ino, _ := inode(t, file); ino != plain {
			t.Errorf("%s is not linked", file)
		}
	}
	if ino, _ := inode(t, st.RealPath(a)+"/bin/tool"); ino == plain {
		t.Error("an executable is linked to a file that is none")
	}
	if _, links := inode(t, st.RealPath(other)); links != 2 {
		t.Errorf("a file alone has %d names, want 2", links)
	}
	for _, dir := range []string{st.RealPath(a), st.RealPath(b) + "/bin"} {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm() != 0o555 || info.ModTime().Unix() != 1 {
			t.Errorf("%s: mode %v, time %v, %v", dir, info.Mode(), info.ModTime(), err)
		}
	}
	verifyClean(t, st)
	if again := must(st.Optimise(t.Context(), local.OptimiseOptions{}))(t); again != (local.Optimisation{}) {
		t.Errorf("the second time: %+v", again)
	}
	forget(t, st, other)
	coll := must(st.LockGC(t.Context()))(t)
	_, err := coll.Finish(t.Context())
	if err := errors.Join(err, coll.Close()); err != nil {
		t.Fatal(err)
	}
	names := must(os.ReadDir(filepath.Join(st.RealDir(), ".links")))(t)
	if len(names) != 5 { // tool, bin/tool, link, and own of both
		t.Errorf("%d links stay, want 5", len(names))
	}
}

// TestOptimiseOdd pins what becomes of files that somebody wrote to, of links that were
// damaged, of a cancelled context and of a store that is not ours to write.
func TestOptimiseOdd(t *testing.T) {
	root := newDir(t)
	st := openAt(t, root)
	a := addTwin(t, st, "a")
	if err := os.Chmod(st.RealPath(a)+"/own", 0o644); err != nil {
		t.Fatal(err)
	}
	var warned []string
	opts := local.OptimiseOptions{Warn: func(msg string) { warned = append(warned, msg) }}
	must(st.Optimise(t.Context(), opts))(t)
	if want := "skipping suspicious writable file '\"" + st.RealPath(a) + "/own\"'"; fmt.Sprint(warned) != "["+want+"]" {
		t.Errorf("warned of %q, want %q", warned, want)
	}
	links := filepath.Join(st.RealDir(), ".links")
	common, _ := inode(t, st.RealPath(a)+"/copy")
	for _, entry := range must(os.ReadDir(links))(t) {
		link := filepath.Join(links, entry.Name())
		if ino, _ := inode(t, link); ino == common {
			if err := errors.Join(os.Remove(link), os.WriteFile(link, []byte("damaged"), 0o444)); err != nil {
				t.Fatal(err)
			}
		}
	}
	b := addTwin(t, st, "b")
	warned = nil
	must(st.Optimise(t.Context(), opts))(t)
	if !strings.Contains(fmt.Sprint(warned), "removing corrupted link") {
		t.Errorf("warned of %q, want the damaged link", warned)
	}
	if ino, _ := inode(t, st.RealPath(a)+"/copy"); ino == 0 {
		t.Error("no file")
	} else if twin, _ := inode(t, st.RealPath(b)+"/copy"); twin != ino {
		t.Error("files of another run are not linked")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := st.Optimise(ctx, local.OptimiseOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	ro := must(local.Open(t.Context(), local.Options{Root: root, ReadOnly: true}))(t)
	defer ro.Close()
	if _, err := ro.Optimise(t.Context(), local.OptimiseOptions{}); !errors.Is(err, syscall.EROFS) {
		t.Errorf("read only: got %v, want %v", err, syscall.EROFS)
	}
}

// TestAutoOptimise pins that what is added is linked at once, if the store is told to.
func TestAutoOptimise(t *testing.T) {
	st := must(local.Open(t.Context(), local.Options{Root: newDir(t), AutoOptimise: true}))(t)
	defer st.Close()
	a, b := addTwin(t, st, "a"), addTwin(t, st, "b")
	first, links := inode(t, st.RealPath(a)+"/copy")
	if second, _ := inode(t, st.RealPath(b)+"/tool"); first != second || links != 5 {
		t.Errorf("inodes %d and %d with %d names, want one with 5", first, second, links)
	}
	if done := must(st.Optimise(t.Context(), local.OptimiseOptions{}))(t); done.Linked != 0 {
		t.Errorf("%d files were not linked", done.Linked)
	}
	verifyClean(t, st)
}
