package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// This file looks after the directories that builds take place in. Each is
// locked for as long as its build lives, so that what a crash leaves behind is
// found and deleted by the next builder. Others' directories, those of C++ Nix
// among them, are left alone.

const (
	// dirPrefix begins the names of our build directories; what is kept of
	// failed builds has keptPrefix instead.
	dirPrefix  = "nixbench-"
	keptPrefix = "failed-"
	// chrootLink is a link in a build directory to what else the build has.
	chrootLink = "chroot"
)

// buildDirs are the build directories of a store. They are safe for concurrent
// use.
type buildDirs struct {
	dir   string
	clean sync.Once

	mu    sync.Mutex // mu guards locks
	locks map[string]*os.File
}

// newBuildDirs returns the build directories in dir, or in the store's state
// directory if that is "".
func newBuildDirs(dir string, st Store) *buildDirs {
	if dir == "" && st != nil {
		dir = filepath.Join(st.StateDir(), "builds")
	}
	return &buildDirs{dir: dir, locks: map[string]*os.File{}}
}

// make makes a directory for a build, closed to others and locked.
func (b *buildDirs) make(ctx context.Context, st Store) (string, error) {
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return "", err
	}
	b.clean.Do(func() { b.removeStale(ctx, st) })
	for {
		dir, err := os.MkdirTemp(b.dir, fmt.Sprintf("%s%d-", dirPrefix, os.Getpid()))
		if err != nil {
			return "", err
		}
		lock, err := lockDir(dir)
		if errors.Is(err, unix.EWOULDBLOCK) || errors.Is(err, fs.ErrNotExist) {
			continue // another builder took it for stale before it was locked
		}
		if err != nil {
			return "", err
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.locks[dir] = lock
		return dir, nil
	}
}

// lockDir locks a directory. The error is EWOULDBLOCK if another has it locked,
// and fs.ErrNotExist if it is gone.
func lockDir(dir string) (*os.File, error) {
	file, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		file.Close()
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	if _, err := os.Lstat(dir); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// keep renames a build directory so that it stays, and returns its new name.
func (b *buildDirs) keep(dir, name string) (string, error) {
	os.Remove(filepath.Join(dir, chrootLink))
	number := strings.TrimPrefix(filepath.Base(dir), dirPrefix)
	kept := filepath.Join(b.dir, keptPrefix+name+"-"+number)
	if err := os.Rename(dir, kept); err != nil {
		return "", err
	}
	b.unlock(dir)
	return kept, nil
}

// remove deletes a build directory.
func (b *buildDirs) remove(ctx context.Context, st Store, dir string) {
	st.DeleteTree(ctx, dir)
	b.unlock(dir)
}

func (b *buildDirs) unlock(dir string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if lock := b.locks[dir]; lock != nil {
		lock.Close()
		delete(b.locks, dir)
	}
}

// removeStale deletes what builders that are no more have left. What cannot be
// deleted stays: it harms nobody.
func (b *buildDirs) removeStale(ctx context.Context, st Store) {
	dirs, err := filepath.Glob(filepath.Join(b.dir, dirPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range dirs {
		lock, err := lockDir(dir)
		if err != nil {
			continue // its build goes on
		}
		chroot, err := os.Readlink(filepath.Join(dir, chrootLink))
		if err == nil && strings.HasSuffix(chroot, chrootSuffix) && filepath.Dir(chroot) == st.RealDir() {
			st.DeleteTree(ctx, chroot)
		}
		st.DeleteTree(ctx, dir)
		lock.Close()
	}
}
