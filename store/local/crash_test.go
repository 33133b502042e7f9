package local_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/gc"
	"nixbench/store/local"
)

// TestKilled kills a process at some moment while it adds or collects, again
// and again on the same store. The next one finds the store valid, without a
// trace of the former, and goes on.
func TestKilled(t *testing.T) {
	if os.Getenv("NIXBENCH_CHILD") == "adder" {
		addForever(t)
		return
	}
	root := newDir(t)
	st := openAt(t, root)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	added := 0
	for round := range 12 {
		cmd := childTest(t, "TestKilled", "adder", "ROOT="+root, "TMPDIR="+newDir(t), fmt.Sprintf("ROUND=%d", round))
		out := must(cmd.StdoutPipe())(t)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		promised := readPromises(t, cmd, bufio.NewScanner(out), time.Duration(1+15*round)*time.Millisecond)
		added += len(promised)
		st := openAt(t, root)
		for _, p := range promised {
			if valid := must(st.IsValid(t.Context(), p))(t); !valid {
				t.Errorf("round %d: %s was added and is not valid", round, p)
			}
		}
		verifyClean(t, st)
		names := must(st.Entries(t.Context()))(t)
		for _, name := range names {
			if strings.HasPrefix(name, "tmp-") {
				t.Errorf("round %d: %s is left", round, name)
			}
		}
		files := must(os.ReadDir(filepath.Join(st.StateDir(), "temproots")))(t)
		for _, f := range files {
			t.Errorf("round %d: temporary roots %s are left", round, f.Name())
		}
		if round%4 == 3 {
			collect(t, st, gc.Options{})
			if names := must(st.Entries(t.Context()))(t); len(names) != 0 {
				t.Errorf("round %d: collected all, and %v are left", round, names)
			}
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d paths promised over 12 kills", added)
}

// readPromises waits until the child is at work, lets it work on for a while
// and kills it. It returns the paths that the child said were added.
func readPromises(t *testing.T, cmd *exec.Cmd, in *bufio.Scanner, after time.Duration) (promised []store.Path) {
	t.Helper()
	var head []string
	started := false
	for in.Scan() {
		if p, ok := strings.CutPrefix(in.Text(), "added "); ok {
			promised = append(promised, store.Path(p))
			if !started {
				started = true
				time.AfterFunc(after, func() { cmd.Process.Kill() })
			}
		} else {
			head = append(head, in.Text())
		}
	}
	cmd.Wait()
	if !started {
		t.Fatalf("the child did nothing:\n%s", strings.Join(head, "\n"))
	}
	return promised
}

// addForever adds texts, trees and derivations, and collects now and then
// without deleting what it promised, until it is killed.
func addForever(t *testing.T) {
	root, round := os.Getenv("ROOT"), os.Getenv("ROUND")
	st := must(local.Open(t.Context(), local.Options{Root: root}))(t)
	churn := must(local.Open(t.Context(), local.Options{Root: root}))(t)
	tree := makeTree(t)
	m := &drv.Modulo{Dir: st.Dir()}
	for i := 0; ; i++ {
		text := must(st.AddText(t.Context(), "text", fmt.Append(nil, round, i), nil))(t)
		fmt.Println("added", text)
		fmt.Println("added", must(st.AddTree(t.Context(), fmt.Sprintf("t%s-%d", round, i), tree, store.NAR, 0, nil))(t))
		var drvs []store.Path
		for j := range 20 {
			d := &drv.Derivation{
				Name: fmt.Sprintf("d%s-%d-%d", round, i, j), System: "x", Builder: "/bin/sh", InputSrcs: []store.Path{text},
				Env: map[string]string{"out": ""}, Outputs: map[string]drv.Output{"out": {}},
			}
			if err := m.FillOutputs(d); err != nil {
				t.Fatal(err)
			}
			drvs = append(drvs, must(st.AddDerivation(t.Context(), d))(t))
		}
		if err := st.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, p := range drvs {
			fmt.Println("added", p)
		}
		must(churn.AddText(t.Context(), "churn", fmt.Append(nil, round, i), nil))(t)
		if err := churn.ReleaseTempRoots(); err != nil {
			t.Fatal(err)
		}
		collect(t, churn, gc.Options{})
	}
}

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
