package gc

import (
	"context"

	"nixbench/store"
)

// A Store is what collection needs of a store.
type Store interface {
	// Dir returns the store directory that all paths begin with.
	Dir() store.Dir
	// Graph returns a snapshot of all valid paths.
	Graph(ctx context.Context) (*store.Graph, error)
	// Roots returns all roots, and a description of each place that might hold
	// roots but could not be read. It changes nothing.
	Roots(ctx context.Context) (roots []Root, unread []string, err error)
	// Entries returns the base names of what lies in the store directory.
	Entries(ctx context.Context) ([]string, error)
	// InUse reports whether an entry that is not a valid path belongs to a
	// running process: a locked temporary directory, or a lock that is held.
	InUse(base string) bool
	// LockGC waits until no other collection runs and keeps others from
	// starting. From then on, processes that want to keep a path ask the
	// collection.
	LockGC(ctx context.Context) (Collection, error)
}

// A Collection is the exclusive right to delete paths from a store.
// Its methods are called from one goroutine, but for Remove.
type Collection interface {
	// Claim announces that paths are about to be deleted. It returns those
	// that a process asked to keep, which are not claimed. A process that asks
	// for a claimed path waits until it is released.
	Claim(paths []store.Path) (kept []store.Path)
	// Release ends the claims on paths; those not claimed are ignored.
	Release(paths []store.Path)
	// Kept reports whether a process asked to keep p.
	Kept(p store.Path) bool
	// Invalidate makes paths invalid, all in one step that survives a crash of
	// the machine when it returns. Paths that are referred to by valid paths
	// outside the list stay valid and are returned.
	Invalidate(ctx context.Context, paths []store.Path) (inUse []store.Path, err error)
	// Remove deletes the files of a path, which must not be valid, and returns
	// how many bytes that frees. Several goroutines may call it, with a path each;
	// that of a WholeCollection is called from one.
	Remove(ctx context.Context, p store.Path) (freed int64, err error)
	// RemoveRoot deletes the link of a root if it still leads where root says;
	// it is no error if it is gone already. For a link that leads elsewhere
	// errors.Is(err, ErrStale).
	RemoveRoot(ctx context.Context, root Root) error
	// Finish deletes what only deleted paths used, such as hard links kept for
	// optimisation. It returns how many bytes those save that stay, less what
	// keeping them takes.
	Finish(ctx context.Context) (saved int64, err error)
	// Close lets go of the store. It is called once, also after errors.
	Close() error
}

// A WholeCollection is a Collection whose Invalidate deletes the files as well, and
// takes stock of the store whenever it does: all paths are given to it in one step,
// unless a collection is to end at some size.
type WholeCollection interface {
	Collection
	// OnDelete sets what Invalidate calls with each path that goes.
	OnDelete(func(store.Path))
}
