package local

import (
	"errors"
	"io/fs"
	"path/filepath"
	"sync"

	"nixbench/store/disk"
)

// manyFiles is how many files it takes before syncing the file system is
// cheaper than syncing them one by one: that takes about 1 ms for each here,
// and the file system may hold unwritten data of others.
const manyFiles = 24

// syncTrees makes what lies in the given places durable. Dir is a directory on
// the file system that all of them are on.
func (st *Store) syncTrees(dir string, names ...string) error {
	if st.syncMode == SyncNone {
		return nil
	}
	var files []string
	for _, name := range names {
		err := filepath.WalkDir(name, func(file string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.Type()&fs.ModeSymlink == 0 { // a symbolic link is in its directory
				files = append(files, file)
			}
			if len(files) > manyFiles {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(files) > manyFiles {
			return SyncFileSystem(dir)
		}
	}
	for _, file := range files {
		if err := disk.Sync(file); err != nil {
			return err
		}
	}
	return nil
}

// syncDir makes the entries of a directory durable.
func (st *Store) syncDir(dir string) error {
	if st.syncMode == SyncNone {
		return nil
	}
	return disk.Sync(dir)
}

// earlySyncSize is after how many bytes an [earlySync] has them written.
const earlySyncSize = 16 << 20

// An earlySync has the disk write what is made while more is made, so that who makes all
// of it durable waits for the rest only. A nil one does nothing.
type earlySync struct {
	dir     string // on the file system
	size    int    // bytes that were made since it was last told
	more    chan struct{}
	running sync.WaitGroup
	err     error // of running
}

// earlySync returns one for the store, which begin starts and end waits for.
func (st *Store) earlySync() *earlySync {
	if st.syncMode == SyncNone {
		return nil
	}
	return &earlySync{dir: st.realDir}
}

func (e *earlySync) begin() {
	if e == nil {
		return
	}
	more := make(chan struct{}, 1)
	e.more = more
	e.running.Go(func() {
		for range more {
			e.err = errors.Join(e.err, SyncFileSystem(e.dir))
		}
	})
}

// made says that so many bytes more were made.
func (e *earlySync) made(bytes int) {
	if e == nil {
		return
	}
	if e.size += bytes; e.size < earlySyncSize {
		return
	}
	e.size = 0
	select {
	case e.more <- struct{}{}:
	default: // it is still at it, and comes back
	}
}

// end waits until the disk has what it was told to write. An error means that something
// was not written, which nobody is told again.
func (e *earlySync) end() error {
	if e == nil || e.more == nil {
		return nil
	}
	close(e.more)
	e.more = nil
	e.running.Wait()
	return e.err
}
