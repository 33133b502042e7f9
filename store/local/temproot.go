package local

// Temporary roots keep paths from being collected while a process uses them.
// Each Store, and each [TempRoots] of one, writes its own to a file,
// temproots/<pid>-<random>, which it holds locked for as long as it lives; a
// collection that gets the lock knows that the owner is dead (temprootfile.go).
// While a collection runs, a path must also be announced to it over its socket,
// since it has read the files already (collectorline.go).
//
// Behaviour: Nix 2.34, gc.cc; the protocol works between Nix and us both ways.

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"

	"nixbench/store"
)

// TempRoots are temporary roots that can be let go of apart from the others of
// their Store, as when a build is over. They are safe for concurrent use.
type TempRoots struct {
	st *Store

	mu     sync.Mutex // mu guards the fields below
	file   *os.File   // nil until the first root
	gcLock *os.File
	known  map[store.Path]bool
}

// NewTempRoots returns an empty set of temporary roots. It must be released
// before the Store is closed.
func (st *Store) NewTempRoots() *TempRoots { return &TempRoots{st: st} }

// Add keeps paths as [Store.AddTempRoot] does, until the next Release.
func (t *TempRoots) Add(ctx context.Context, paths ...store.Path) error {
	if t.st.ReadOnly() {
		return nil // nothing to be done, as in Nix
	}
	if err := t.add(ctx, paths...); err != nil {
		return fmt.Errorf("add temporary roots: %w", err)
	}
	return nil
}

// AddTempRoot keeps p, and what else has its digest, from being collected until
// the Store is closed or [Store.ReleaseTempRoots]. P need not be valid. Who adds
// it before looking whether it is valid can rely on the answer.
//
// While a collection is deleting p, it waits for that to end.
func (st *Store) AddTempRoot(ctx context.Context, p store.Path) error {
	if st.ReadOnly() {
		return nil // nothing to be done, as in Nix
	}
	if err := st.addTempRoots(ctx, p); err != nil {
		return fmt.Errorf("add temporary root %s: %w", p, err)
	}
	return nil
}

func (st *Store) addTempRoots(ctx context.Context, paths ...store.Path) error {
	return st.roots.add(ctx, paths...)
}

func (t *TempRoots) add(ctx context.Context, paths ...store.Path) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.openLocked(ctx); err != nil {
		return err
	}
	var lines []byte
	var unknown []store.Path
	for _, p := range paths {
		if !t.known[p] {
			unknown = append(unknown, p)
			lines = append(append(lines, p...), 0)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	for {
		ok, err := tryFlock(t.gcLock, lockShared)
		if err != nil {
			return err
		}
		if ok {
			break
		}
		announced, err := t.st.line.announce(ctx, t.st.gcSocket(), unknown)
		if err != nil {
			return err
		}
		if announced {
			break
		}
		// The collection has just begun, or has just ended.
		if err := pause(ctx); err != nil {
			return err
		}
	}
	_, err := t.file.Write(lines)
	if unlockErr := flock(context.WithoutCancel(ctx), t.gcLock, lockNone); err == nil {
		err = unlockErr
	}
	if err != nil {
		return err
	}
	for _, p := range unknown {
		t.known[p] = true
	}
	return nil
}

// openTempRoots makes the file of this Store if there is none.
func (st *Store) openTempRoots(ctx context.Context) error {
	st.roots.mu.Lock()
	defer st.roots.mu.Unlock()
	return st.roots.openLocked(ctx)
}

func (t *TempRoots) openLocked(ctx context.Context) error {
	if t.file != nil {
		return nil
	}
	gcLock, err := openLock(t.st.gcLockFile())
	if err != nil {
		return err
	}
	name := filepath.Join(t.st.tempRootsDir(), fmt.Sprintf("%d-%08x", os.Getpid(), rand.Uint32()))
	file, err := lockDeletable(ctx, name, true)
	if err != nil {
		gcLock.Close()
		return err
	}
	t.file, t.gcLock, t.known = file, gcLock, make(map[store.Path]bool)
	return nil
}

func (st *Store) tempRootsDir() string { return filepath.Join(st.stateDir, "temproots") }
func (st *Store) gcLockFile() string   { return filepath.Join(st.stateDir, "gc.lock") }
func (st *Store) gcSocket() string     { return filepath.Join(st.stateDir, "gc-socket", "socket") }

// ReleaseTempRoots lets go of all temporary roots of this Store but for those of
// [Store.NewTempRoots]. What it added may then be collected.
func (st *Store) ReleaseTempRoots() error { return st.roots.Release() }

// Release lets go of the roots. More can be added afterwards.
func (t *TempRoots) Release() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		return nil
	}
	if t == &t.st.roots {
		t.st.drvs.forget()
	}
	deleteLock(t.file)
	err := t.gcLock.Close()
	t.file, t.gcLock, t.known = nil, nil, nil
	return err
}
