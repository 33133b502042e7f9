package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/store"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// VerifyOptions say what Verify does beside looking whether the files of valid
// paths exist.
type VerifyOptions struct {
	// CheckContents compares the contents of all valid paths, and of the links
	// of an optimised store, with their hashes.
	CheckContents bool
	// Forget makes paths invalid whose files are gone, unless a path that is
	// not refers to them.
	Forget bool
	// Repair, if not nil, is called with each path whose files are not those that
	// were registered, to make them so, and hard links with other contents than
	// their names say are removed.
	Repair func(ctx context.Context, p store.Path) error
	// Stage, if not nil, is told in Nix's words what is being checked.
	Stage func(msg string)
	// Progress, if not nil, is called before each path is checked.
	Progress func(p store.Path, done, total int)
}

// A Finding is something that Verify found to be wrong.
type Finding struct {
	Path store.Path // "" if it is about no path, such as an optimised store's link
	Link string     // the file of such a link
	// Err says what: for files that are gone errors.Is(Err, fs.ErrNotExist), for
	// other contents than were registered errors.As finds a *store.HashMismatch.
	Err error
	// Forgotten says that the path was made invalid.
	Forgotten bool
	// Repaired says that it is as it should be again.
	Repaired bool
	// RepairErr says why it could not be repaired, if that was tried.
	RepairErr error
}

// stage tells what is being checked.
func (opts VerifyOptions) stage(msg string) {
	if opts.Stage != nil {
		opts.Stage(msg)
	}
}

// repaired calls Repair, if that is asked for, and says what came of it.
func (opts VerifyOptions) repaired(ctx context.Context, f Finding) Finding {
	if opts.Repair == nil {
		return f
	}
	f.RepairErr = opts.Repair(ctx, f.Path)
	f.Repaired = f.RepairErr == nil
	return f
}

// Verify checks the store and calls report for each thing that is wrong, from
// the same goroutine. It returns an error only if it could not check.
func (st *Store) Verify(ctx context.Context, opts VerifyOptions, report func(Finding)) error {
	if err := st.verify(ctx, opts, report); err != nil {
		return fmt.Errorf("verify store: %w", err)
	}
	return nil
}

func (st *Store) verify(ctx context.Context, opts VerifyOptions, report func(Finding)) error {
	opts.stage("reading the Nix store...")
	if !st.ReadOnly() {
		lock, err := st.lockOutGC(ctx)
		if err != nil {
			return err
		}
		defer lock.Close()
	}
	infos, err := st.allInfos(ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(infos, func(a, b *store.PathInfo) int { return strings.Compare(string(a.Path), string(b.Path)) })
	opts.stage("checking path existence...")
	there, err := st.checkExistence(ctx, opts, infos, report)
	if err != nil || !opts.CheckContents {
		return err
	}
	opts.stage("checking link hashes...")
	if err := st.checkLinks(ctx, opts, report); err != nil {
		return err
	}
	opts.stage("checking store hashes...")
	for i, info := range there {
		if err := ctx.Err(); err != nil {
			return err
		}
		if opts.Progress != nil {
			opts.Progress(info.Path, i, len(there))
		}
		if err := st.checkContents(ctx, info); ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil {
			report(opts.repaired(ctx, Finding{Path: info.Path, Err: err}))
		}
	}
	return nil
}

// lockOutGC keeps collections from beginning until the lock is closed.
func (st *Store) lockOutGC(ctx context.Context) (*os.File, error) {
	lock, err := openLock(st.gcLockFile())
	if err != nil {
		return nil, err
	}
	if err := flockQueued(ctx, lock, lockShared); err != nil {
		lock.Close()
		return nil, err
	}
	return lock, nil
}

// checkExistence returns the infos of the paths that have files.
func (st *Store) checkExistence(ctx context.Context, opts VerifyOptions, infos []*store.PathInfo, report func(Finding)) ([]*store.PathInfo, error) {
	names, err := st.entries()
	if err != nil {
		return nil, err
	}
	exists := make(map[string]bool, len(names))
	for _, name := range names {
		exists[name] = true
	}
	var there []*store.PathInfo
	var gone []store.Path
	for _, info := range infos {
		if exists[info.Path.Base()] {
			there = append(there, info)
		} else {
			gone = append(gone, info.Path)
		}
	}
	forgotten := make(map[store.Path]bool)
	if opts.Forget && len(gone) > 0 {
		if forgotten, err = st.forgetPaths(ctx, infos, gone); err != nil {
			return nil, err
		}
	}
	for _, p := range gone {
		f := Finding{Path: p, Err: fmt.Errorf("path '%s' is valid, but its files are gone: %w", p, fs.ErrNotExist), Forgotten: forgotten[p]}
		if !f.Forgotten {
			f = opts.repaired(ctx, f)
		}
		report(f)
	}
	return there, nil
}

// forgetPaths makes those of the paths invalid that no others refer to.
func (st *Store) forgetPaths(ctx context.Context, infos []*store.PathInfo, gone []store.Path) (map[store.Path]bool, error) {
	byPath := make(map[store.Path]*store.PathInfo, len(infos))
	for _, info := range infos {
		byPath[info.Path] = info
	}
	order, err := store.TopoSort(ctx, gone, func(_ context.Context, p store.Path) ([]store.Path, error) {
		return byPath[p].References, nil
	})
	if err != nil {
		return nil, err
	}
	slices.Reverse(order) // referrers first
	invalid, _, err := st.invalidate(ctx, order)
	if err != nil {
		return nil, err
	}
	forgotten := make(map[store.Path]bool, len(invalid))
	for _, p := range invalid {
		forgotten[p] = true
	}
	return forgotten, nil
}

// checkContents compares the contents of a path with its hash.
func (st *Store) checkContents(ctx context.Context, info *store.PathInfo) error {
	h := nixhash.New(nixhash.SHA256)
	if err := nar.Dump(store.StopWriter(ctx, h), st.RealPath(info.Path), nil); err != nil {
		return err
	}
	if got := h.Sum(); got != info.NarHash {
		return &store.HashMismatch{Path: info.Path, Want: info.NarHash, Got: got}
	}
	if info.NarSize != 0 && info.NarSize != h.Size() {
		return fmt.Errorf("%s: got NAR size %d, want %d", info.Path, h.Size(), info.NarSize)
	}
	return nil
}

// checkLinks compares the links of an optimised store with their names.
func (st *Store) checkLinks(ctx context.Context, opts VerifyOptions, report func(Finding)) error {
	dir := filepath.Join(st.realDir, linksName)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	for _, entry := range entries {
		name := filepath.Join(dir, entry.Name())
		h := nixhash.New(nixhash.SHA256)
		err := nar.Dump(store.StopWriter(ctx, h), name, nil)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && h.Sum().Nix32() != entry.Name() {
			err = fmt.Errorf("link %s was modified! expected hash %s, got '%s'", store.QuoteFile(name), entry.Name(), h.Sum().Nix32())
		}
		if err != nil {
			f := Finding{Link: name, Err: err}
			if opts.Repair != nil {
				f.Repaired = st.Writable() == nil && os.Remove(name) == nil
			}
			report(f)
		}
	}
	return nil
}
