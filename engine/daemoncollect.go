package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"nixbench/store"
	"nixbench/store/daemon"
	"nixbench/store/gc"
)

// This file collects garbage through a daemon: it tells the roots, and deletes
// the paths that a plan names and nothing else. Whether they are dead it decides
// itself, when it deletes them.

// Roots returns all roots that the daemon knows. Unread is empty: it sees all.
func (st *daemonStore) Roots(ctx context.Context) (roots []gc.Root, unread []string, err error) {
	found, err := st.FindRoots(ctx)
	if err != nil {
		return nil, nil, err
	}
	paths := make([]store.Path, len(found))
	for i, r := range found {
		paths[i] = r.Path
	}
	valid, err := st.QueryValid(ctx, paths)
	if err != nil {
		return nil, nil, fmt.Errorf("find roots: %w", err)
	}
	for _, r := range found {
		root := st.describeRoot(r)
		_, isValid := slices.BinarySearch(valid, r.Path)
		root.Dangling = !isValid
		roots = append(roots, root)
	}
	return roots, nil, nil
}

// describeRoot finds out what a root is for.
func (st *daemonStore) describeRoot(r daemon.Root) gc.Root {
	root := gc.Root{Link: r.Link, Path: r.Path}
	switch {
	case strings.HasPrefix(r.Link, "{"):
		// Of a path, valid or not, that a process asked to keep, or for all we
		// know uses.
		root.Kind, root.Note = gc.KindTemp, "the daemon does not say whose"
		if pid, ok := strings.CutPrefix(r.Link, "{temp:"); ok {
			root.Note = "process " + strings.TrimSuffix(pid, "}")
		}
		return root
	case strings.HasPrefix(r.Link, "/proc/"):
		root.Kind = gc.KindProcess
		return root
	}
	inside := strings.HasPrefix(r.Link, st.stateDir+"/gcroots/")
	root.Kind, root.Note = gc.KindOfLink(r.Link, !inside), gc.NoteOfLink(r.Link)
	if info, err := os.Lstat(r.Link); err == nil {
		root.Since = info.ModTime()
	}
	return root
}

// Entries returns the base names of what lies in the store directory and has the
// name of a store path: a daemon deletes nothing else.
func (st *daemonStore) Entries(ctx context.Context) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	names, err := readNames(st.RealDir())
	if err != nil {
		return nil, fmt.Errorf("read store directory: %w", err)
	}
	return slices.DeleteFunc(names, func(name string) bool {
		_, err := st.Dir().Join(name)
		return err != nil
	}), nil
}

// readNames returns the names in a directory, in no order.
func readNames(dir string) ([]string, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}

// InUse reports false: what is in use, a temporary root keeps.
func (*daemonStore) InUse(string) bool { return false }

// LockGC returns a collection, with which others may run at the same time: the
// daemon looks what is dead whenever it deletes.
func (st *daemonStore) LockGC(context.Context) (gc.Collection, error) {
	return &daemonCollection{st: st, claimed: make(map[store.Path]bool), gone: make(map[store.Path]int64)}, nil
}

// A daemonCollection deletes paths through a daemon, all in one request: it looks for
// roots anew with each.
type daemonCollection struct {
	st      *daemonStore
	claimed map[store.Path]bool
	gone    map[store.Path]int64 // deleted, with the bytes to count for them
	deleted func(store.Path)     // is called with each path that goes
}

var _ gc.WholeCollection = (*daemonCollection)(nil)

// OnDelete sets what is called with each path that goes.
func (c *daemonCollection) OnDelete(deleted func(store.Path)) { c.deleted = deleted }

// Claim notes paths that are to be deleted. The daemon keeps what is in use.
func (c *daemonCollection) Claim(paths []store.Path) (kept []store.Path) {
	for _, p := range paths {
		c.claimed[p] = true
	}
	return nil
}

// Release ends the claims on paths.
func (c *daemonCollection) Release(paths []store.Path) {
	for _, p := range paths {
		delete(c.claimed, p)
	}
}

// Kept reports false: the daemon looks itself.
func (*daemonCollection) Kept(store.Path) bool { return false }

// Invalidate deletes what is claimed, files and all. Paths that are alive stay
// and are returned.
func (c *daemonCollection) Invalidate(ctx context.Context, paths []store.Path) (inUse []store.Path, err error) {
	todo := make([]store.Path, 0, len(c.claimed))
	for p := range c.claimed {
		todo = append(todo, p)
	}
	slices.Sort(todo)
	var freed int64
	for len(todo) > 0 {
		var bytes int64
		_, bytes, err = c.st.Delete(ctx, todo, c.note)
		freed += bytes
		var alive *daemon.AliveError
		if !errors.As(err, &alive) {
			break
		}
		// It stopped there. The others are asked for again.
		todo = slices.DeleteFunc(todo, func(p store.Path) bool {
			_, gone := c.gone[p]
			return gone || p == alive.Path
		})
		err = nil
	}
	if err != nil {
		return nil, err
	}
	if err := c.look(ctx, paths); err != nil {
		return nil, err
	}
	for _, p := range paths {
		if _, gone := c.gone[p]; !gone {
			inUse = append(inUse, p)
		} else if freed > 0 {
			c.gone[p], freed = freed, 0
		}
	}
	return inUse, nil
}

// note takes note of a path that the daemon deletes.
func (c *daemonCollection) note(p store.Path) {
	c.gone[p] = 0
	if c.deleted != nil {
		c.deleted(p)
	}
}

// look finds out which of paths are gone, whatever the daemon said.
func (c *daemonCollection) look(ctx context.Context, paths []store.Path) error {
	valid, err := c.st.QueryValid(ctx, paths)
	if err != nil {
		return err
	}
	for _, p := range paths {
		if _, isValid := slices.BinarySearch(valid, p); isValid {
			delete(c.gone, p)
		} else if _, told := c.gone[p]; !told {
			c.gone[p] = 0
		}
	}
	return nil
}

// Remove returns how many bytes deleting a path has freed: that of a batch is
// counted for the first of it.
func (c *daemonCollection) Remove(_ context.Context, p store.Path) (freed int64, err error) {
	freed, gone := c.gone[p]
	if _, err := os.Lstat(c.st.RealPath(p)); err == nil && !gone {
		return 0, fmt.Errorf("delete %s: the daemon did not", p)
	}
	return freed, nil
}

// RemoveRoot deletes the link of a root if it still leads where root says.
func (c *daemonCollection) RemoveRoot(_ context.Context, root gc.Root) error {
	switch target, err := os.Readlink(root.Link); {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("remove root: %w", err)
	case !root.Dangling && target != string(root.Path) && !strings.HasPrefix(target, string(root.Path)+"/"):
		return fmt.Errorf("remove root %s: %w", root.Link, gc.ErrStale)
	}
	if err := os.Remove(root.Link); err != nil {
		return fmt.Errorf("remove root: %w", err)
	}
	return nil
}

// Finish does nothing: the daemon has.
func (*daemonCollection) Finish(context.Context) (int64, error) { return 0, nil }

// Close does nothing.
func (*daemonCollection) Close() error { return nil }
