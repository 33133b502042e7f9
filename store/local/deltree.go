package local

// Deleting a tree that someone else may have made, or may still be changing.
// Every step is taken from an open directory to a plain name in it, so that no
// symbolic link is followed and no name becomes too long, however deep the tree
// is. Depth costs memory, not stack, and at most a few descriptors: of a deep
// tree only the innermost directories are held open, and the way back up
// is ".." with a check that it leads to where we came from.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"nixbench/store"
)

// DeleteTree deletes what is at file, an absolute name: a file, or a tree with
// whatever permissions. It returns how many bytes that frees, of files that
// have no other names. It is no error if there is nothing.
func (st *Store) DeleteTree(ctx context.Context, file string) (freed int64, err error) {
	return DeleteTree(ctx, file)
}

// DeleteTree is [Store.DeleteTree] for what is in no store, or a whole store,
// whose directories os.RemoveAll cannot delete.
func DeleteTree(ctx context.Context, file string) (freed int64, err error) {
	freed, err = deleteTree(ctx, file)
	if err != nil {
		return freed, fmt.Errorf("delete %s: %w", file, err)
	}
	return freed, nil
}

// An UndeletedError says what of a tree could not be deleted, in Nix's words. All that
// could is gone.
type UndeletedError struct {
	File  string  // the tree
	While string  // what was being done, "" for deleting it
	Err   error   // about the first
	More  []error // about the others
}

func (e *UndeletedError) Error() string { return e.Err.Error() }
func (e *UndeletedError) Unwrap() error { return e.Err }

func deleteTree(ctx context.Context, file string) (freed int64, err error) {
	parent, err := unix.Open(filepath.Dir(file), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	d := &deleter{fd: parent, in: filepath.Dir(file)}
	defer func() { unix.Close(d.fd) }()
	err = d.run(ctx, filepath.Base(file))
	if err == nil && d.undeleted != nil {
		err = d.undeleted
	}
	var undeleted *UndeletedError
	if errors.As(err, &undeleted) {
		undeleted.File = file
	}
	return d.freed, err
}

// A deleter walks a tree, deleting it from its leaves.
type deleter struct {
	fd        int        // the directory that the walk is in
	closed    error      // why that could not be made writable
	in        string     // the name of the one that the tree is in
	up        []dirFrame // those above it in the tree, outermost first
	freed     int64
	undeleted *UndeletedError // what could not be deleted so far
}

// file returns the whole name of what has a name in the directory that the walk is in.
func (d *deleter) file(name string) string {
	names := []string{d.in}
	for _, frame := range d.up {
		names = append(names, frame.name)
	}
	return strings.Join(append(names, name), "/")
}

// failed notes that something could not be deleted, so that the others are, or returns an
// error if nothing in its directory can be.
func (d *deleter) failed(name string, err error) error {
	if d.closed != nil {
		dir := store.QuoteFile(strings.TrimSuffix(d.file(""), "/"))
		return &UndeletedError{
			While: "while making directory " + dir + " accessible for deletion",
			Err:   fmt.Errorf("fchmodat2 %s: %w", dir, sysError{d.closed}),
		}
	}
	err = cannotUnlink(d.file(name), err)
	if d.undeleted == nil {
		d.undeleted = &UndeletedError{Err: err}
	} else {
		d.undeleted.More = append(d.undeleted.More, err)
	}
	return nil
}

func cannotUnlink(file string, err error) error {
	return fmt.Errorf("cannot unlink %s: %w", store.QuoteFile(file), sysError{err})
}

// A sysError is an error of the system, which C's library writes with a capital.
type sysError struct{ error }

func (e sysError) Error() string { return store.Capital(e.error.Error()) }

func (e sysError) Unwrap() error { return e.error }

// A dirFrame is a directory that the walk has gone down from.
type dirFrame struct {
	dev, ino uint64
	name     string   // of the directory gone down into
	rest     []string // names that are still to be deleted
	closed   error    // why the directory could not be made writable
}

func (d *deleter) run(ctx context.Context, name string) error {
	todo := []string{name}
	for {
		for len(todo) > 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			name := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			freed, isDir, err := unlinkAt(d.fd, name)
			if errors.As(err, new(*unlinkError)) {
				err = d.failed(name, errors.Unwrap(err))
			}
			if err != nil {
				return err
			}
			d.freed += freed
			if isDir {
				inside, err := d.descend(name, todo)
				if err != nil {
					return err
				}
				todo = inside
			}
		}
		if len(d.up) == 0 {
			return nil
		}
		frame, err := d.ascend()
		if err != nil {
			return err
		}
		if err := unix.Unlinkat(d.fd, frame.name, unix.AT_REMOVEDIR); err != nil && !errors.Is(err, unix.ENOENT) {
			if err := d.failed(frame.name, err); err != nil {
				return err
			}
		}
		todo = frame.rest
	}
}

// hardLinks is held while one of several names of a file is deleted.
var hardLinks sync.Mutex

// An unlinkError says that something with a name could not be deleted.
type unlinkError struct {
	name string
	err  error
}

func (e *unlinkError) Error() string { return "remove " + e.name + ": " + e.err.Error() }
func (e *unlinkError) Unwrap() error { return e.err }

// unlinkAt deletes what is called name in the directory dir, unless it is a directory,
// and returns how many bytes that frees. It is no error if there is nothing.
func unlinkAt(dir int, name string) (freed int64, isDir bool, err error) {
	var info unix.Stat_t
	err = unix.Fstatat(dir, name, &info, unix.AT_SYMLINK_NOFOLLOW)
	if errors.Is(err, unix.ENOENT) {
		return 0, false, nil
	} else if err != nil {
		return 0, false, fmt.Errorf("look at %s: %w", name, err)
	}
	if info.Mode&unix.S_IFMT == unix.S_IFDIR {
		return 0, true, nil
	}
	if info.Nlink > 1 {
		// Of names of one file that go at once, each counts those that are left.
		hardLinks.Lock()
		defer hardLinks.Unlock()
		unix.Fstatat(dir, name, &info, unix.AT_SYMLINK_NOFOLLOW)
	}
	if err := unix.Unlinkat(dir, name, 0); err != nil && !errors.Is(err, unix.ENOENT) {
		return 0, false, &unlinkError{name, err}
	}
	// A second name may be that of an optimised store's links, which goes with
	// the last use. Behaviour: Nix 2.34, file-system.cc.
	if info.Nlink <= 2 {
		freed = info.Size
	}
	return freed, false, nil
}

// descend goes down into the directory called name, which it makes writable,
// and returns the names in it. Rest is what is left to do in this one.
func (d *deleter) descend(name string, rest []string) ([]string, error) {
	var here unix.Stat_t
	if err := unix.Fstat(d.fd, &here); err != nil {
		return nil, err
	}
	fd, closed, err := openDirWritable(d.fd, name)
	if err != nil {
		return nil, fmt.Errorf("open directory %s: %w", name, err)
	}
	names, err := readNames(fd)
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("read directory %s: %w", name, err)
	}
	d.up = append(d.up, dirFrame{dev: uint64(here.Dev), ino: here.Ino, name: name, rest: rest, closed: d.closed})
	unix.Close(d.fd)
	d.fd, d.closed = fd, closed
	return names, nil
}

// ascend goes back up to the directory above, unless that is another now.
func (d *deleter) ascend() (dirFrame, error) {
	frame := d.up[len(d.up)-1]
	fd, err := unix.Openat(d.fd, "..", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return frame, fmt.Errorf("leave directory %s: %w", frame.name, err)
	}
	var above unix.Stat_t
	err = unix.Fstat(fd, &above)
	if err == nil && (uint64(above.Dev) != frame.dev || above.Ino != frame.ino) {
		err = errors.New("it was moved meanwhile")
	}
	if err != nil {
		unix.Close(fd)
		return frame, fmt.Errorf("leave directory %s: %w", frame.name, err)
	}
	unix.Close(d.fd)
	d.fd, d.closed = fd, frame.closed
	d.up = d.up[:len(d.up)-1]
	return frame, nil
}

// openDirWritable opens the directory called name in parent and sees to it that
// its owner may change it. Closed says why that was not allowed.
func openDirWritable(parent int, name string) (fd int, closed, err error) {
	const flags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC
	fd, err = unix.Openat(parent, name, flags, 0)
	if errors.Is(err, unix.EACCES) {
		if err := chmodAt(parent, name, 0o700); err != nil {
			return -1, nil, err
		}
		fd, err = unix.Openat(parent, name, flags, 0)
	}
	if err != nil {
		return -1, nil, err
	}
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		unix.Close(fd)
		return -1, nil, err
	}
	if info.Mode&0o700 != 0o700 {
		// If that is not allowed, deleting what is inside may be all the same.
		closed = unix.Fchmod(fd, uint32(info.Mode&0o7777)|0o700)
	}
	return fd, closed, nil
}

// readNames returns the names in an open directory.
func readNames(fd int) ([]string, error) {
	dup, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(dup), "directory")
	defer f.Close()
	return f.Readdirnames(-1)
}
