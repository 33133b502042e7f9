package local_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"nixbench/store"
)

// TestLocksExclude runs many who want the same two locks in different order.
func TestLocksExclude(t *testing.T) {
	root := newDir(t)
	a, b := openAt(t, root), openAt(t, root)
	p, q := store.Path("/nix/store/00000000000000000000000000000000-p"), store.Path("/nix/store/11111111111111111111111111111111-q")
	var inside atomic.Int32
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			st, paths := a, []store.Path{p, q}
			if i%2 == 0 {
				st, paths = b, []store.Path{q, p, q}
			}
			for range 20 {
				unlock, err := st.LockPaths(t.Context(), paths)
				if err != nil {
					t.Error(err)
					return
				}
				if n := inside.Add(1); n != 1 {
					t.Errorf("%d hold the locks, want 1", n)
				}
				inside.Add(-1)
				unlock()
			}
		})
	}
	wg.Wait()
	if _, err := os.Lstat(a.RealPath(p) + ".lock"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("lock file is left: %v", err)
	}
}

func TestTryLock(t *testing.T) {
	st := openAt(t, newDir(t))
	p, q := store.Path("/nix/store/00000000000000000000000000000000-p"), store.Path("/nix/store/11111111111111111111111111111111-q")
	unlock := must(st.LockPaths(t.Context(), []store.Path{q}))(t)
	if _, ok, err := st.TryLockPaths(t.Context(), []store.Path{p, q}); ok || err != nil {
		t.Errorf("a lock is held: got %v, %v, want false", ok, err)
	}
	// What was taken before that was let go.
	unlockP, ok, err := st.TryLockPaths(t.Context(), []store.Path{p})
	if !ok || err != nil {
		t.Fatalf("no lock is held: got %v, %v, want true", ok, err)
	}
	unlockP()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := st.LockPaths(ctx, []store.Path{q}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("wait for a lock: got %v, want %v", err, context.DeadlineExceeded)
	}
	unlock()
	unlock = must(st.LockPaths(t.Context(), []store.Path{q}))(t)
	unlock()
}

// TestStaleLock pins that a lock on a deleted file does not count.
func TestStaleLock(t *testing.T) {
	st := openAt(t, newDir(t))
	name := filepath.Join(newDir(t), "file")
	// Another process deleted it after opening, before locking: as Nix does.
	if err := os.WriteFile(name+".lock", []byte("d"), 0o600); err != nil {
		t.Fatal(err)
	}
	go func() {
		time.Sleep(10 * time.Millisecond)
		os.Remove(name + ".lock")
	}()
	unlock := must(st.LockFile(t.Context(), name))(t)
	info, err := os.Stat(name + ".lock")
	if err != nil || info.Size() != 0 || info.Mode().Perm() != 0o600 {
		t.Errorf("lock file: got %v, %v, want an empty one only for its owner", info, err)
	}
	unlock()
}
