package local_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/local"
)

// TestFullDisk fills a small file system. What fails leaves nothing behind,
// what succeeded is whole, and a collection makes room on a full disk.
func TestFullDisk(t *testing.T) {
	if os.Getenv("NIXBENCH_CHILD") == "full" {
		fillDisk(t)
		return
	}
	dir := shared(t)
	cmd := childTest(t, "TestFullDisk", "full", "ROOT="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	switch {
	case errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL):
		t.Skipf("this system has no user namespaces for us: %v", err)
	case strings.Contains(string(out), "--- SKIP"):
		t.Skipf("%s", out)
	case err != nil:
		t.Errorf("%v:\n%s", err, out)
	}
}

func fillDisk(t *testing.T) {
	root := os.Getenv("ROOT")
	if err := syscall.Mount("tmpfs", root, "tmpfs", 0, "size=16m,nr_inodes=4000"); err != nil {
		t.Skipf("mount a tmpfs: %v", err)
	}
	defer syscall.Unmount(root, syscall.MNT_DETACH)
	st := must(local.Open(t.Context(), local.Options{Root: root}))(t)
	t.Cleanup(func() { st.Close() })
	first := must(st.AddText(t.Context(), "first", []byte("first"), nil))(t)
	var failed error
	n := 0
	for ; n < 200 && failed == nil; n++ {
		_, failed = st.AddText(t.Context(), "big", []byte(fmt.Sprint(n)+strings.Repeat("x", 100_000)), nil)
	}
	if !errors.Is(failed, syscall.ENOSPC) || strings.Contains(failed.Error(), "\n") {
		t.Errorf("full: got %v, want %v on one line", failed, syscall.ENOSPC)
	}
	// Down to the last byte, also for the database.
	for size := 50_000; size > 0; size /= 2 {
		for i := range 5 {
			st.AddText(t.Context(), "small", []byte(fmt.Sprint(size, i)+strings.Repeat("x", size)), nil)
		}
	}
	filler, err := os.Create(filepath.Join(root, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size > 0; size /= 2 {
		for err == nil {
			_, err = filler.Write(make([]byte, size))
		}
		err = nil
	}
	filler.Close()
	if _, err := st.AddText(t.Context(), "more", []byte("more"), nil); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("quite full: got %v, want %v", err, syscall.ENOSPC)
	}
	if _, err := st.AddTree(t.Context(), "tree", makeTreeIn(t, "/dev/shm"), store.NAR, 0, nil); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("tree when full: got %v, want %v", err, syscall.ENOSPC)
	}
	verifyClean(t, st)
	noTempDirs(t, st)
	valid := must(st.AllPaths(t.Context()))(t)
	names := must(st.Entries(t.Context()))(t)
	if len(names) != len(valid) || len(valid) < 10 {
		t.Errorf("got %d valid paths and %d entries", len(valid), len(names))
	}
	// Another process finds it as it is, and collects.
	if err := st.ReleaseTempRoots(); err != nil {
		t.Fatal(err)
	}
	again := must(local.Open(t.Context(), local.Options{Root: root}))(t)
	defer again.Close()
	res := collect(t, again, gc.Options{})
	if len(res.Deleted) != len(valid) {
		t.Errorf("collected %d paths, want %d", len(res.Deleted), len(valid))
	}
	if p, err := again.AddText(t.Context(), "first", []byte("first"), nil); err != nil || p != first {
		t.Errorf("add after the collection: got %s, %v", p, err)
	}
	verifyClean(t, again)
}

// makeTreeIn makes a small tree in a directory of another file system.
func makeTreeIn(t *testing.T, dir string) string {
	t.Helper()
	tree, err := os.MkdirTemp(dir, "tree")
	if err != nil {
		tree = newDir(t)
	}
	t.Cleanup(func() { os.RemoveAll(tree) })
	if err := os.WriteFile(filepath.Join(tree, "file"), []byte("contents"), 0o644); err != nil {
		t.Fatal(err)
	}
	return tree
}
