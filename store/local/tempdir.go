package local

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// tempPrefix begins the names of temporary directories in the store directory.
// A collection, also Nix's, leaves those alone that are locked.
const tempPrefix = "tmp-"

// TempDir makes a directory in the store directory, only for this user. No
// collection deletes it before remove is called, which deletes it with all that
// is in it. After kill -9, the next Open does.
func (st *Store) TempDir(ctx context.Context) (dir string, remove func() error, err error) {
	if err := st.Writable(); err != nil {
		return "", nil, fmt.Errorf("make temporary directory: %w", err)
	}
	dir, remove, err = st.tempDir(ctx)
	if err != nil {
		return "", nil, fmt.Errorf("make temporary directory: %w", err)
	}
	return dir, remove, nil
}

func (st *Store) tempDir(ctx context.Context) (dir string, remove func() error, err error) {
	// The file of temporary roots is what tells the next Open of a crash.
	if err := st.openTempRoots(ctx); err != nil {
		return "", nil, err
	}
	for {
		dir := filepath.Join(st.realDir, fmt.Sprintf("%s%d-%08x", tempPrefix, os.Getpid(), rand.Uint32()))
		if err := os.Mkdir(dir, 0o700); errors.Is(err, os.ErrExist) {
			continue
		} else if err != nil {
			return "", nil, err
		}
		lock, err := lockDir(dir)
		if err != nil {
			os.Remove(dir)
			return "", nil, err
		}
		if lock == nil {
			continue // a collection was quicker
		}
		keep := context.WithoutCancel(ctx)
		remove := func() error {
			defer lock.Close()
			_, err := deleteTree(keep, dir)
			return err
		}
		return dir, remove, nil
	}
}

// lockDir opens and locks a directory. It returns nil if it is locked already
// or was deleted before.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(dir, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	ok, err := tryFlock(f, lockExclusive)
	if err != nil {
		f.Close()
		return nil, err
	}
	opened, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	if now, err := os.Lstat(dir); !ok || err != nil || !os.SameFile(opened, now) {
		f.Close()
		return nil, nil
	}
	return f, nil
}
