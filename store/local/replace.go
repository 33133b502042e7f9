package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"nixbench/store"
)

// Replace puts a complete object with canonical metadata in the place of what a
// valid path has, which is damaged or gone, and notes what is known of it. The
// object is on the file system of the store, and the caller holds the path's lock.
//
// There is no moment without the old or the new object but between two renames; if
// we are stopped there, the old one is beside its place, with the suffix ".old-".
func (st *Store) Replace(ctx context.Context, info *store.PathInfo, file string) error {
	err := st.Writable()
	if err == nil {
		err = st.syncTrees(st.realDir, file)
	}
	if err == nil {
		err = st.replace(ctx, info, file)
	}
	if err != nil {
		return fmt.Errorf("replace '%s': %w", info.Path, err)
	}
	return nil
}

func (st *Store) replace(ctx context.Context, info *store.PathInfo, file string) error {
	dest := st.RealPath(info.Path)
	old := fmt.Sprintf("%s.old-%d", dest, os.Getpid())
	if _, err := deleteTree(ctx, old); err != nil {
		return err
	}
	err := rename(dest, old)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	hadOld := err == nil
	if err := rename(file, dest); err != nil {
		if hadOld {
			err = errors.Join(err, rename(old, dest))
		}
		return err
	}
	if err := st.syncDir(st.realDir); err != nil {
		return err
	}
	if err := st.register(ctx, []*store.PathInfo{info}, nil); err != nil {
		return err
	}
	_, err = deleteTree(ctx, old)
	return err
}
