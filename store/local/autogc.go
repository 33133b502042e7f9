package local

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"nixbench/store/disk"
	"nixbench/store/gc"
)

// AutoGC says when a store collects garbage of itself: before something is added while
// less than MinFree bytes are free, until MaxFree are. The zero value never does.
//
// Behaviour: Nix, LocalStore::autoGC.
type AutoGC struct {
	MinFree, MaxFree int64
	// Interval is how long what was seen of the free space holds; 0 for no time.
	Interval time.Duration
	// KeepOutputs and KeepDerivations are those of [gc.Options].
	KeepOutputs, KeepDerivations bool
	// Collect collects garbage as opts say; by default it does so without a word.
	Collect func(ctx context.Context, st *Store, opts gc.Options) error
	// Free returns how many bytes are free; by default it asks the file system.
	Free func() (int64, error)
}

// An autoCollector collects garbage when there is little room. One at a time does so;
// who adds meanwhile does not wait for it.
type autoCollector struct {
	AutoGC

	mu     sync.Mutex // mu guards the fields below, and is held while it collects
	looked time.Time
	after  int64 // bytes that were free after the last collection; 0 before the first
}

// CollectIfFull collects garbage if there is less room than there should be. What is in
// the way of it is no error of what wants the room.
func (st *Store) CollectIfFull(ctx context.Context) {
	a := &st.auto
	if a.MinFree <= 0 || !a.mu.TryLock() {
		return
	}
	defer a.mu.Unlock()
	if !a.looked.IsZero() && time.Since(a.looked) < a.Interval {
		return
	}
	a.looked = time.Now()
	free, err := a.Free()
	// If there is hardly less room than after the last collection, another finds nothing.
	if err != nil || free >= min(a.MinFree, a.MaxFree) || a.after > 0 && free > a.after/100*97 {
		return
	}
	opts := gc.Options{KeepOutputs: a.KeepOutputs, KeepDerivations: a.KeepDerivations, MaxFreed: a.MaxFree - free}
	if err = a.Collect(ctx, st, opts); err == nil {
		a.after, _ = a.Free()
	}
}

// collectQuietly is the default of AutoGC.Collect.
func collectQuietly(ctx context.Context, st *Store, opts gc.Options) error {
	plan, err := gc.NewPlan(ctx, st, opts)
	if err == nil {
		_, err = plan.Execute(ctx, nil)
	}
	return err
}

// freeSpace returns how many bytes are free where the store is.
func (st *Store) freeSpace() (int64, error) {
	space, err := disk.Of(st.realDir)
	return space.Free, err
}

// checkRoom refuses what has so many bytes if there are not as many free. It may turn out
// larger on disk nevertheless.
func (st *Store) checkRoom(size int64) error {
	if free, err := st.freeSpace(); err == nil && size > free {
		return fmt.Errorf("%w: it has %d bytes, and %d are free", unix.ENOSPC, size, free)
	}
	return nil
}
