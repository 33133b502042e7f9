package local_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestDeleteDeep deletes a tree whose names are together longer than the
// system takes.
func TestDeleteDeep(t *testing.T) {
	st := openAt(t, newDir(t))
	dir := newDir(t)
	top := filepath.Join(dir, "top")
	if err := os.Mkdir(top, 0o755); err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Open(top, unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.Repeat("d", 50)
	for range 2000 {
		if err := unix.Mkdirat(fd, name, 0o755); err != nil {
			t.Fatal(err)
		}
		next, err := unix.Openat(fd, name, unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		unix.Close(fd)
		fd = next
	}
	unix.Close(fd)
	if _, err := st.DeleteTree(t.Context(), top); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(top); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is left: %v", err)
	}
}

// TestDeleteTree deletes what is read-only, and nothing that links lead to.
func TestDeleteTree(t *testing.T) {
	st := openAt(t, newDir(t))
	dir := newDir(t)
	outside := filepath.Join(dir, "outside")
	top := filepath.Join(dir, "top")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(outside, "keep"), 0o755),
		os.MkdirAll(filepath.Join(top, "a", "b"), 0o755),
		os.WriteFile(filepath.Join(top, "a", "file"), make([]byte, 1000), 0o444),
		os.Symlink(outside, filepath.Join(top, "a", "link")),
		os.Symlink("../..", filepath.Join(top, "a", "b", "up")),
		syscall.Mkfifo(filepath.Join(top, "pipe"), 0o600),
		os.Link(filepath.Join(top, "a", "file"), filepath.Join(outside, "one")),
		os.Link(filepath.Join(top, "a", "file"), filepath.Join(outside, "two")),
		os.WriteFile(filepath.Join(top, "a", "own"), make([]byte, 234), 0o444),
		os.Chmod(filepath.Join(top, "a", "b"), 0),
		os.Chmod(filepath.Join(top, "a"), 0o555),
		os.Chmod(top, 0o500),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	freed, err := st.DeleteTree(t.Context(), top)
	if err != nil {
		t.Fatal(err)
	}
	// The file of three names frees nothing; the links' lengths count.
	if want := int64(234 + len(outside) + len("../..")); freed != want {
		t.Errorf("freed: got %d, want %d", freed, want)
	}
	for _, name := range []string{"keep", "one"} {
		if _, err := os.Lstat(filepath.Join(outside, name)); err != nil {
			t.Error(err)
		}
	}
	if _, err := st.DeleteTree(t.Context(), top); err != nil {
		t.Errorf("delete nothing: %v", err)
	}
}

// TestDeleteRace swaps a directory for a link to elsewhere while the tree is
// being deleted. Nothing elsewhere may be touched.
func TestDeleteRace(t *testing.T) {
	st := openAt(t, newDir(t))
	dir := newDir(t)
	outside := filepath.Join(dir, "outside")
	if err := os.Mkdir(outside, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(outside, "keep"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for round := range 10 {
		top := filepath.Join(dir, "top")
		for i := range 20 {
			if err := os.MkdirAll(filepath.Join(top, fmt.Sprint(i), "sub"), 0o755); err != nil {
				t.Fatal(err)
			}
			os.WriteFile(filepath.Join(top, fmt.Sprint(i), "keep"), nil, 0o644)
		}
		var stop atomic.Bool
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i := 0; !stop.Load(); i++ {
				name := filepath.Join(top, fmt.Sprint((i+round)%20))
				aside := filepath.Join(dir, "aside")
				if os.Rename(name, aside) == nil {
					os.Symlink(outside, name)
					os.Remove(name)
					os.Rename(aside, name)
				}
			}
		}()
		st.DeleteTree(t.Context(), top) // it may fail: what it deletes is moved
		stop.Store(true)
		<-done
		if _, err := os.Lstat(filepath.Join(outside, "keep")); err != nil {
			t.Fatal(err)
		}
		os.RemoveAll(top)
		os.RemoveAll(filepath.Join(dir, "aside"))
	}
}

func TestCanonicalise(t *testing.T) {
	st := openAt(t, newDir(t))
	dir := filepath.Join(newDir(t), "out")
	for _, err := range []error{
		os.MkdirAll(filepath.Join(dir, "locked"), 0o755),
		os.WriteFile(filepath.Join(dir, "locked", "secret"), nil, 0o200),
		os.WriteFile(filepath.Join(dir, "setuid"), nil, 0o755),
		os.Chmod(filepath.Join(dir, "setuid"), 0o4755|os.ModeSetuid),
		os.WriteFile(filepath.Join(dir, "others"), nil, 0o677),
		os.Symlink("/nowhere", filepath.Join(dir, "link")),
		os.Chmod(filepath.Join(dir, "locked"), 0),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	attribute := unix.Setxattr(filepath.Join(dir, "others"), "user.test", []byte("x"), 0) == nil
	if err := st.Canonicalise(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.DeleteTree(t.Context(), dir) })
	for name, mode := range map[string]os.FileMode{
		".":             os.ModeDir | 0o555,
		"locked":        os.ModeDir | 0o555,
		"locked/secret": 0o444,
		"setuid":        0o555,
		"others":        0o444,
		"link":          os.ModeSymlink | 0o777,
	} {
		info, err := os.Lstat(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if info.Mode() != mode || info.ModTime().Unix() != 1 || info.ModTime().Nanosecond() != 0 {
			t.Errorf("%s: got %v, %v, want %v, 1 s", name, info.Mode(), info.ModTime(), mode)
		}
	}
	if n, _ := unix.Listxattr(filepath.Join(dir, "others"), nil); attribute && n != 0 {
		t.Errorf("extended attributes: got %d bytes, want none", n)
	}
	pipe := filepath.Join(newDir(t), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := st.Canonicalise(t.Context(), pipe); err == nil {
		t.Error("a pipe: no error")
	}
	deep := filepath.Join(newDir(t), "deep")
	if err := os.MkdirAll(deep+strings.Repeat("/d", 64), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := st.Canonicalise(t.Context(), deep); err == nil || !strings.HasPrefix(err.Error(), deep+strings.Repeat("/d", 64)+": ") {
		t.Errorf("65 levels: got %v, want an error that names the last", err)
	}
	st.DeleteTree(t.Context(), deep)
}
