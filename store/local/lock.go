package local

// All locks are flock(2) on file descriptors of their own, as Nix's, so they
// hold between processes and between the goroutines of one.
//
// A lock file that is deleted while others wait for it would let two of them
// in: one with the deleted file, one with a new file of that name. So who
// deletes one writes to it first, and who gets a lock on one that is not empty
// begins again.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"

	"nixbench/store"
)

type lockMode int

const (
	lockNone      lockMode = unix.LOCK_UN
	lockShared    lockMode = unix.LOCK_SH
	lockExclusive lockMode = unix.LOCK_EX
)

// openLock opens a lock file, which others than its owner cannot read, lest
// they lock it.
func openLock(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, accessError("opening lock file", name, err)
	}
	return f, nil
}

// tryFlock locks f in the given mode unless it would have to wait.
func tryFlock(f *os.File, mode lockMode) (ok bool, err error) {
	for {
		err := unix.Flock(int(f.Fd()), int(mode)|unix.LOCK_NB)
		switch {
		case err == nil:
			return true, nil
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			return false, nil
		default:
			return false, fmt.Errorf("lock %s: %w", f.Name(), err)
		}
	}
}

// flock locks f in the given mode. It waits until that is possible or ctx is
// done, looking again after longer and longer times, since flock(2) itself
// cannot be cancelled.
func flock(ctx context.Context, f *os.File, mode lockMode) error {
	delay := time.Millisecond
	for {
		ok, err := tryFlock(f, mode)
		if err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("lock %s: %w", f.Name(), ctx.Err())
		case <-time.After(delay):
			delay = min(2*delay, 50*time.Millisecond)
		}
	}
}

// flockQueued is flock in the kernel's queue, in which it comes to its turn however often
// others lock f for moments. It takes a thread. After an error f must be closed: the thread
// may stand in the queue still, and lets go of the lock once it gets it.
func flockQueued(ctx context.Context, f *os.File, mode lockMode) error {
	if ok, err := tryFlock(f, mode); err != nil || ok {
		return err
	}
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	turn := make(chan error, 1)
	go func() {
		err := unix.Flock(fd, int(mode))
		for errors.Is(err, unix.EINTR) {
			err = unix.Flock(fd, int(mode))
		}
		turn <- err
		unix.Close(fd)
	}()
	select {
	case err := <-turn:
		if err != nil {
			return fmt.Errorf("lock %s: %w", f.Name(), err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("lock %s: %w", f.Name(), ctx.Err())
	}
}

// pause waits a moment, less if ctx is done.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(10 * time.Millisecond):
		return nil
	}
}

// lockDeletable opens and locks a file that others may delete. If not wait, it
// returns nil for a lock that is held.
func lockDeletable(ctx context.Context, name string, wait bool) (*os.File, error) {
	for {
		f, err := openLock(name)
		if err != nil {
			return nil, err
		}
		ok, err := true, error(nil)
		if wait {
			err = flock(ctx, f, lockExclusive)
		} else {
			ok, err = tryFlock(f, lockExclusive)
		}
		if err != nil || !ok {
			f.Close()
			return nil, err
		}
		info, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, err
		}
		if info.Size() == 0 {
			return f, nil
		}
		f.Close() // it was deleted
	}
}

// deleteLock deletes a file that lockDeletable returned, and lets go of it.
func deleteLock(f *os.File) {
	// If it cannot be deleted it stays, and does no harm.
	if os.Remove(f.Name()) == nil {
		f.WriteString("d")
	}
	f.Close()
}

// lockFiles locks name+".lock" for each of the names, in order.
func lockFiles(ctx context.Context, names []string, wait bool) (unlock func(), ok bool, err error) {
	var held []*os.File
	unlock = func() {
		for _, f := range held {
			deleteLock(f)
		}
		held = nil
	}
	names = slices.Clone(names)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		f, err := lockDeletable(ctx, name+".lock", wait)
		if err != nil || f == nil {
			unlock()
			return func() {}, false, err
		}
		held = append(held, f)
	}
	return unlock, true, nil
}

// LockPaths waits until no other process and no other caller holds the locks of
// paths, which need not be valid, and holds them until unlock is called. Who
// makes a path valid or builds it holds its lock.
func (st *Store) LockPaths(ctx context.Context, paths []store.Path) (unlock func(), err error) {
	if err := st.Writable(); err != nil {
		return nil, fmt.Errorf("lock paths: %w", err)
	}
	unlock, _, err = lockFiles(ctx, st.realPaths(paths), true)
	if err != nil {
		return nil, fmt.Errorf("lock paths: %w", err)
	}
	return unlock, nil
}

// TryLockPaths is LockPaths that does not wait. If one of the locks is held, ok
// is false and none is taken.
func (st *Store) TryLockPaths(ctx context.Context, paths []store.Path) (unlock func(), ok bool, err error) {
	if err := st.Writable(); err != nil {
		return nil, false, fmt.Errorf("lock paths: %w", err)
	}
	unlock, ok, err = lockFiles(ctx, st.realPaths(paths), false)
	if err != nil {
		return nil, false, fmt.Errorf("lock paths: %w", err)
	}
	return unlock, ok, nil
}

// LockFile is the function of that name. It works for a store that is ReadOnly too.
func (st *Store) LockFile(ctx context.Context, file string) (unlock func(), err error) {
	return LockFile(ctx, file)
}

// LockFile waits until no other process holds the lock file+".lock", and holds
// it until unlock is called.
func LockFile(ctx context.Context, file string) (unlock func(), err error) {
	unlock, _, err = lockFiles(ctx, []string{file}, true)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", file, err)
	}
	return unlock, nil
}

func (st *Store) realPaths(paths []store.Path) []string {
	names := make([]string, len(paths))
	for i, p := range paths {
		names[i] = st.RealPath(p)
	}
	return names
}
