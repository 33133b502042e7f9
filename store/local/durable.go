package local

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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
			return syncFileSystem(dir)
		}
	}
	for _, file := range files {
		if err := syncFile(file); err != nil {
			return err
		}
	}
	return nil
}

// SyncFileSystem makes all durable that was written to the file system that dir is
// on, by whomever.
func SyncFileSystem(dir string) error { return syncFileSystem(dir) }

// syncDir makes the entries of a directory durable.
func (st *Store) syncDir(dir string) error {
	if st.syncMode == SyncNone {
		return nil
	}
	return syncFile(dir)
}

// syncFile makes a file, or the entries of a directory, durable.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
