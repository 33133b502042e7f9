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
	"sync"

	"golang.org/x/sys/unix"
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

func deleteTree(ctx context.Context, file string) (freed int64, err error) {
	parent, err := unix.Open(filepath.Dir(file), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	d := &deleter{fd: parent}
	defer func() { unix.Close(d.fd) }()
	err = d.run(ctx, filepath.Base(file))
	return d.freed, err
}

// A deleter walks a tree, deleting it from its leaves.
type deleter struct {
	fd    int        // the directory that the walk is in
	up    []dirFrame // those above it in the tree, outermost first
	freed int64
}

// A dirFrame is a directory that the walk has gone down from.
type dirFrame struct {
	dev, ino uint64
	name     string   // of the directory gone down into
	rest     []string // names that are still to be deleted
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
			return fmt.Errorf("remove directory %s: %w", frame.name, err)
		}
		todo = frame.rest
	}
}

// hardLinks is held while one of several names of a file is deleted.
var hardLinks sync.Mutex

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
		return 0, false, fmt.Errorf("remove %s: %w", name, err)
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
	fd, err := openDirWritable(d.fd, name)
	if err != nil {
		return nil, fmt.Errorf("open directory %s: %w", name, err)
	}
	names, err := readNames(fd)
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("read directory %s: %w", name, err)
	}
	d.up = append(d.up, dirFrame{dev: uint64(here.Dev), ino: here.Ino, name: name, rest: rest})
	unix.Close(d.fd)
	d.fd = fd
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
	d.fd = fd
	d.up = d.up[:len(d.up)-1]
	return frame, nil
}

// openDirWritable opens the directory called name in parent and sees to it that
// its owner may change it.
func openDirWritable(parent int, name string) (fd int, err error) {
	const flags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC
	fd, err = unix.Openat(parent, name, flags, 0)
	if errors.Is(err, unix.EACCES) {
		if err := chmodAt(parent, name, 0o700); err != nil {
			return -1, err
		}
		fd, err = unix.Openat(parent, name, flags, 0)
	}
	if err != nil {
		return -1, err
	}
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		unix.Close(fd)
		return -1, err
	}
	if info.Mode&0o700 != 0o700 {
		// If that is not allowed, deleting what is inside says so.
		unix.Fchmod(fd, uint32(info.Mode&0o7777)|0o700)
	}
	return fd, nil
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
