package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nixbench/store"
	"nixbench/store/local"
)

// This file tells what other processes do in the store that is built into: another
// nixbench, a nix, a server of the nix-daemon. They hold the locks of what they make.

// A BuildElsewhere is what another process builds, fetches or adds.
type BuildElsewhere struct {
	// Drv is the derivation that is built or fetched; "" if none has Paths as outputs.
	Drv store.Path
	// Paths are those that are locked, sorted; nothing for outputs whose paths are not known
	// before they are built.
	Paths []store.Path
	// Again says that all of Paths are valid: the process builds to compare, or is about to
	// let go of them.
	Again bool
	PID   int // 0 if the process cannot be seen from here
	// Program and User are those of the process; "" if they cannot be seen.
	Program, User string
	Since         time.Time
	LogSize       int64 // of its log's file, which may be compressed; -1 if there is none
}

// Elsewhere watches what other processes do. It is not safe for concurrent use.
type Elsewhere struct {
	store backend
	locks *local.LockWatch
}

// NewElsewhere watches the store that is built into.
func (e *Engine) NewElsewhere() *Elsewhere {
	return &Elsewhere{e.store, local.NewLockWatch(e.store.Dir(), e.store.RealDir())}
}

// Builds lists what other processes do, those that have been at it the longest first.
func (w *Elsewhere) Builds(ctx context.Context) ([]BuildElsewhere, error) {
	held, err := w.locks.Held(ctx)
	if err != nil {
		return nil, fmt.Errorf("list builds of other processes: %w", err)
	}
	var all []BuildElsewhere
	for _, lock := range held {
		drv, valid, err := w.about(ctx, lock.Path)
		if err != nil {
			return nil, fmt.Errorf("list builds of other processes: %w", err)
		}
		at := slices.IndexFunc(all, func(b BuildElsewhere) bool { return b.PID == lock.PID && b.Drv == drv && drv != "" })
		if at < 0 {
			at = len(all)
			b := BuildElsewhere{Drv: drv, Again: true, PID: lock.PID, Since: lock.Since, LogSize: -1}
			b.Program, b.User = local.ProcessOf(lock.PID)
			if drv != "" {
				b.LogSize = w.store.LogSize(drv)
			}
			all = append(all, b)
		}
		b := &all[at]
		if lock.Path != drv {
			b.Paths = append(b.Paths, lock.Path)
		}
		b.Again = b.Again && valid
	}
	slices.SortStableFunc(all, func(a, b BuildElsewhere) int { return a.Since.Compare(b.Since) })
	return all, nil
}

// about finds out what a locked path is an output of, "" for nothing, and whether it is
// valid. A lock for an output whose path is not known is that of its derivation.
func (w *Elsewhere) about(ctx context.Context, p store.Path) (drv store.Path, valid bool, err error) {
	if p.IsDerivation() {
		return p, false, nil
	}
	derivers, err := w.store.Derivers(ctx, p)
	if err != nil {
		return "", false, err
	}
	if len(derivers) > 0 {
		drv = derivers[0]
	}
	valid, err = w.store.IsValid(ctx, p)
	return drv, valid, err
}
