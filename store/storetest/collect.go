package storetest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"

	"nixbench/store"
	"nixbench/store/gc"
)

// AddRoot adds a root. Nothing but the record of it is made.
func (st *Store) AddRoot(r gc.Root) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.roots = append(st.roots, r)
}

// Keep lets a process ask running and future collections to keep p.
func (st *Store) Keep(p store.Path) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.kept[p] = true
}

// Roots returns the roots that were added; those whose path is not valid
// dangle.
func (st *Store) Roots(context.Context) (roots []gc.Root, unread []string, err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	roots = slices.Clone(st.roots)
	for i := range roots {
		roots[i].Dangling = roots[i].Dangling || st.infos[roots[i].Path] == nil
	}
	return roots, nil, nil
}

// Entries returns the base names of what lies in the store directory, and of
// valid paths that have no files.
func (st *Store) Entries(ctx context.Context) ([]string, error) {
	entries, err := os.ReadDir(st.real)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	paths, err := st.AllPaths(ctx)
	for _, p := range paths {
		names = append(names, p.Base())
	}
	slices.Sort(names)
	return slices.Compact(names), err
}

// InUse reports that no entry is in use.
func (st *Store) InUse(string) bool { return false }

// LockGC starts a collection.
func (st *Store) LockGC(context.Context) (gc.Collection, error) {
	return &collection{st: st}, nil
}

type collection struct{ st *Store }

// Claim returns those of paths that processes asked to keep.
func (c *collection) Claim(paths []store.Path) (kept []store.Path) {
	for _, p := range paths {
		if c.Kept(p) {
			kept = append(kept, p)
		}
	}
	return kept
}

// Release does nothing: nobody waits.
func (c *collection) Release([]store.Path) {}

// Kept reports whether a process asked to keep p.
func (c *collection) Kept(p store.Path) bool {
	c.st.mu.Lock()
	defer c.st.mu.Unlock()
	return c.st.kept[p]
}

// Invalidate makes paths invalid but for those that others refer to.
func (c *collection) Invalidate(_ context.Context, paths []store.Path) (inUse []store.Path, err error) {
	st := c.st
	st.mu.Lock()
	defer st.mu.Unlock()
	going := make(map[store.Path]bool, len(paths))
	for _, p := range paths {
		going[p] = true
	}
	// What must stay keeps its references, so the list shrinks until it holds.
	for changed := true; changed; {
		changed = false
		for _, info := range st.infos {
			if going[info.Path] {
				continue
			}
			for _, r := range info.References {
				if going[r] {
					delete(going, r)
					inUse = append(inUse, r)
					changed = true
				}
			}
		}
	}
	for p := range going {
		delete(st.infos, p)
	}
	slices.Sort(inUse)
	return inUse, nil
}

// Remove deletes the files of a path.
func (c *collection) Remove(_ context.Context, p store.Path) (freed int64, err error) {
	file := c.st.RealPath(p)
	if err := MakeWritable(file); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	info, err := os.Lstat(file)
	if err != nil {
		return 0, err
	}
	return info.Size(), os.RemoveAll(file)
}

// RemoveRoot forgets a root.
func (c *collection) RemoveRoot(_ context.Context, root gc.Root) error {
	c.st.mu.Lock()
	defer c.st.mu.Unlock()
	for i, r := range c.st.roots {
		if r.Link != root.Link {
			continue
		}
		if r.Path != root.Path {
			return gc.ErrStale
		}
		c.st.roots = slices.Delete(c.st.roots, i, i+1)
		return nil
	}
	return nil
}

// Finish does nothing.
func (c *collection) Finish(context.Context) (int64, error) { return 0, nil }

// Close ends the collection.
func (c *collection) Close() error { return nil }
