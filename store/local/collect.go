package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
	"zombiezen.com/go/sqlite"

	"nixbench/store"
	"nixbench/store/gc"
)

// Entries returns the base names of what lies in the store directory, in no
// order, without the directory of hard links.
func (st *Store) Entries(ctx context.Context) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	names, err := st.entries()
	if err != nil {
		return nil, fmt.Errorf("read store directory: %w", err)
	}
	return names, nil
}

func (st *Store) entries() ([]string, error) {
	f, err := os.Open(st.realDir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	kept := names[:0]
	for _, name := range names {
		if name != linksName {
			kept = append(kept, name)
		}
	}
	return kept, err
}

// InUse reports whether an entry that is not a valid path belongs to a running
// process: a temporary directory that is locked, a lock that is held, or what
// such a lock is for.
func (st *Store) InUse(base string) bool {
	file := filepath.Join(st.realDir, base)
	if strings.HasPrefix(base, tempPrefix) {
		return isLocked(file)
	}
	for _, suffix := range []string{".lock", ".chroot", ".check"} {
		base = strings.TrimSuffix(base, suffix)
	}
	return isLocked(filepath.Join(st.realDir, base+".lock"))
}

// isLocked reports whether someone holds a lock on a file or directory. It
// takes a shared lock for a moment, if it can.
func isLocked(name string) bool {
	f, err := os.OpenFile(name, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return errors.Is(err, fs.ErrPermission) // if in doubt, yes
	}
	defer f.Close()
	ok, err := tryFlock(f, lockShared)
	return err == nil && !ok
}

// A collection is the exclusive right to delete. It serves the socket over
// which processes ask for paths to be kept.
type collection struct {
	st   *Store
	lock *os.File
	dir  *os.File // the store directory

	listener *net.UnixListener
	serving  sync.WaitGroup

	mu      sync.Mutex      // mu guards the fields below
	changed sync.Cond       // signalled when claimed shrinks or closed is set
	kept    map[string]bool // digests
	claimed map[store.Path]bool
	claims  map[string]int // digests, with how many claimed paths have them
	clients map[net.Conn]bool
	closed  bool
}

// LockGC waits until no other collection runs and keeps others from starting,
// ours and Nix's. See [gc.Collection].
func (st *Store) LockGC(ctx context.Context) (gc.Collection, error) {
	coll, err := st.lockGC(ctx)
	if err != nil {
		return nil, fmt.Errorf("lock store for collection: %w", err)
	}
	return coll, nil
}

func (st *Store) lockGC(ctx context.Context) (*collection, error) {
	if err := st.Writable(); err != nil {
		return nil, err
	}
	if err := st.Flush(ctx); err != nil {
		return nil, err
	}
	// Rows go before files: where these cannot go, those are to stay.
	if err := unix.Access(st.realDir, unix.W_OK); err != nil {
		return nil, fmt.Errorf("write to %s: %w", st.realDir, err)
	}
	// On a full disk this makes room for the database.
	if err := os.Remove(st.reservedFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	lock, err := openLock(st.gcLockFile())
	if err != nil {
		return nil, err
	}
	dir, err := os.Open(st.realDir)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	coll := &collection{
		st: st, lock: lock, dir: dir,
		kept: make(map[string]bool), claimed: make(map[store.Path]bool), claims: make(map[string]int),
		clients: make(map[net.Conn]bool),
	}
	coll.changed.L = &coll.mu
	if err := coll.start(ctx); err != nil {
		coll.Close()
		return nil, err
	}
	return coll, nil
}

func (coll *collection) start(ctx context.Context) error {
	if err := flockQueued(ctx, coll.lock, lockExclusive); err != nil {
		return err
	}
	if err := coll.listen(); err != nil {
		return err
	}
	// Those from before the lock are in the files; later ones come by socket.
	files, _, err := coll.st.readTempRoots(quietly)
	if err != nil {
		return err
	}
	coll.mu.Lock()
	defer coll.mu.Unlock()
	for _, f := range files {
		for _, p := range f.paths {
			coll.kept[p.Digest()] = true
		}
	}
	return nil
}

// Claim announces that paths are about to be deleted.
func (coll *collection) Claim(paths []store.Path) (kept []store.Path) {
	coll.mu.Lock()
	defer coll.mu.Unlock()
	for _, p := range paths {
		if coll.kept[p.Digest()] {
			kept = append(kept, p)
		} else if !coll.claimed[p] {
			coll.claimed[p] = true
			coll.claims[p.Digest()]++
		}
	}
	return kept
}

// Release ends the claims on paths.
func (coll *collection) Release(paths []store.Path) {
	coll.mu.Lock()
	defer coll.mu.Unlock()
	for _, p := range paths {
		if coll.claimed[p] {
			delete(coll.claimed, p)
			coll.claims[p.Digest()]--
		}
	}
	coll.changed.Broadcast()
}

// Kept reports whether a process asked to keep p.
func (coll *collection) Kept(p store.Path) bool {
	coll.mu.Lock()
	defer coll.mu.Unlock()
	return coll.kept[p.Digest()]
}

// Invalidate makes paths invalid, durably. They are given referrers first, so
// that each is free of those that went before it.
func (coll *collection) Invalidate(ctx context.Context, paths []store.Path) (inUse []store.Path, err error) {
	if len(paths) == 0 {
		return nil, nil
	}
	_, inUse, err = coll.st.invalidate(ctx, paths)
	if err == nil {
		err = coll.st.db.sync()
	}
	if err != nil {
		return nil, fmt.Errorf("invalidate paths: %w", err)
	}
	return inUse, nil
}

// invalidate makes paths invalid, those that no other path refers to, which are gone then;
// the others are inUse. They are given referrers first.
func (st *Store) invalidate(ctx context.Context, paths []store.Path) (gone, inUse []store.Path, err error) {
	err = st.db.write(ctx, func(c *sqlite.Conn) error {
		for _, p := range paths {
			deleted, err := deletePath(c, p)
			if err != nil {
				return fmt.Errorf("%s: %w", p, err)
			}
			if deleted {
				gone = append(gone, p)
			} else {
				inUse = append(inUse, p)
			}
		}
		return st.journal.gone(gone)
	})
	if err != nil {
		return nil, nil, err
	}
	st.drvs.forget()
	return gone, inUse, nil
}

// deletePath deletes the row of a path, if it has one and no other path refers
// to it; else it returns false.
func deletePath(c *sqlite.Conn, p store.Path) (deleted bool, err error) {
	id, found, err := pathID(c, p)
	if err != nil || !found {
		return err == nil, err
	}
	bind := func(stmt *sqlite.Stmt) { stmt.SetInt64(":id", id) }
	used, err := exists(c, sqlOtherReferrer, bind)
	if err != nil || used {
		return false, err
	}
	return true, each(c, sqlDeletePath, bind, nil)
}

// Remove deletes the files of a path.
func (coll *collection) Remove(ctx context.Context, p store.Path) (freed int64, err error) {
	file := filepath.Join(coll.st.realDir, p.Base())
	isDir := false
	if err = ctx.Err(); err == nil {
		freed, isDir, err = unlinkAt(int(coll.dir.Fd()), p.Base())
	}
	var undeleted *unlinkError
	switch {
	case errors.As(err, &undeleted):
		err = &UndeletedError{File: file, Err: cannotUnlink(file, undeleted.err)}
	case err == nil && isDir && strings.HasPrefix(p.Base(), tempPrefix):
		freed, err = clearTempDir(ctx, file)
	case err == nil && isDir:
		freed, err = deleteTree(ctx, file)
	}
	if err != nil {
		return freed, fmt.Errorf("delete %s: %w", file, err)
	}
	return freed, nil
}

// RemoveRoot deletes the link of a root, durably.
func (coll *collection) RemoveRoot(ctx context.Context, root gc.Root) error {
	target, err := os.Readlink(root.Link)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		if p, _, _ := coll.st.dir.PathOf(target); p != root.Path {
			err = gc.ErrStale
		}
	}
	if err == nil {
		err = os.Remove(root.Link)
	}
	if err == nil {
		err = coll.st.syncDir(filepath.Dir(root.Link))
	}
	if err != nil {
		return fmt.Errorf("remove root %s: %w", root.Link, err)
	}
	return nil
}

// Finish deletes the hard links that nothing uses any more, and the links in
// gcroots/auto to links that are gone, and shortens the journal.
func (coll *collection) Finish(ctx context.Context) (saved int64, err error) {
	if saved, err = coll.sweepLinks(ctx); err != nil {
		return 0, fmt.Errorf("delete unused links: %w", err)
	}
	err = sweep(ctx, coll.st.autoRootsDir(), func(name string) bool {
		target, err := os.Readlink(name)
		return err == nil && !coll.st.dir.Contains(target) && isGone(beside(name, target))
	})
	if err != nil {
		return 0, fmt.Errorf("delete dangling roots: %w", err)
	}
	if err := coll.st.compactJournal(ctx, maxJournal); err != nil {
		return 0, fmt.Errorf("compact journal: %w", err)
	}
	return saved, nil
}

// sweepLinks deletes the hard links that nothing uses any more, and returns what
// the others save.
func (coll *collection) sweepLinks(ctx context.Context) (saved int64, err error) {
	dir := filepath.Join(coll.st.realDir, linksName)
	err = sweep(ctx, dir, func(name string) bool {
		var info unix.Stat_t
		if unix.Lstat(name, &info) != nil {
			return false
		}
		if info.Nlink > 1 {
			// One name is the link's own, and one file would be there anyway.
			saved += (int64(info.Nlink) - 2) * info.Size
		}
		return info.Nlink == 1
	})
	var info unix.Stat_t
	if err == nil && unix.Stat(dir, &info) == nil {
		saved -= info.Blocks * 512
	}
	return saved, err
}

// sweep deletes the entries of a directory that are unused.
func sweep(ctx context.Context, dir string, unused func(name string) bool) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		name := filepath.Join(dir, entry.Name())
		if !unused(name) {
			continue
		}
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Close ends the collection: those who wait for a path are let go, and other
// collections may begin.
func (coll *collection) Close() error {
	if coll.listener != nil {
		coll.listener.Close()
		os.Remove(coll.st.gcSocket())
	}
	coll.mu.Lock()
	coll.closed = true
	for conn := range coll.clients {
		conn.Close()
	}
	coll.changed.Broadcast()
	coll.mu.Unlock()
	coll.serving.Wait()
	err := errors.Join(coll.lock.Close(), coll.dir.Close())
	coll.st.reserve()
	return err
}
