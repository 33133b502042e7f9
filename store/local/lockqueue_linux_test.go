package local_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"nixbench/store/local"
)

// Who wants to collect stands in the kernel's queue for the lock: it would else not come
// in among those who lock it for moments, one after the other. It can be told to go.
func TestCollectionQueues(t *testing.T) {
	st := openAt(t, newDir(t))
	lock, err := os.OpenFile(filepath.Join(st.StateDir(), "gc.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	hold := func(how int) {
		t.Helper()
		if err := syscall.Flock(int(lock.Fd()), how); err != nil {
			t.Fatal(err)
		}
	}
	hold(syscall.LOCK_SH)
	ctx, cancel := context.WithCancel(t.Context())
	done := lockedGC(ctx, st)
	awaitQueue(t, lock, 1)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
	done = lockedGC(t.Context(), st)
	awaitQueue(t, lock, 2) // the one that was told to go stands there still
	hold(syscall.LOCK_UN)
	if err := <-done; err != nil {
		t.Error(err)
	}
	hold(syscall.LOCK_EX) // nobody has it any more
}

// lockedGC locks the store for a collection, and lets go of it.
func lockedGC(ctx context.Context, st *local.Store) <-chan error {
	done := make(chan error, 1)
	go func() {
		coll, err := st.LockGC(ctx)
		if err == nil {
			err = coll.Close()
		}
		done <- err
	}()
	return done
}

// awaitQueue waits until n wait for the lock of a file.
func awaitQueue(t *testing.T, file *os.File, n int) {
	t.Helper()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	inode := ":" + strconv.FormatUint(info.Sys().(*syscall.Stat_t).Ino, 10) + " "
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		text, err := os.ReadFile("/proc/locks")
		if err != nil {
			t.Fatal(err)
		}
		waiting := 0
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, "-> FLOCK") && strings.Contains(line, inode) {
				waiting++
			}
		}
		if waiting == n {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d wait for the lock, want %d:\n%s", waiting, n, text)
		}
	}
}
