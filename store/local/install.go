package local

import (
	"context"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"nixbench/store"
	"nixbench/store/drv"
)

// An object is a complete file system object with canonical metadata that is
// to become a valid path.
type object struct {
	info *store.PathInfo
	file string // where it is; on the file system of the store
}

// Install moves complete objects with canonical metadata into the store and
// makes them valid, all or, after an error, none. Files says where the object
// of each path is: on the file system of the store, below directories that
// this process may write to. The caller holds the locks of the paths, and keeps
// them from being collected. What is valid already stays as it is. For the
// errors see [Store.Register].
//
// Over a crash of the machine at any point, a path that is valid is complete; after
// Install has returned, it stays valid.
func (st *Store) Install(ctx context.Context, infos []*store.PathInfo, files map[store.Path]string) error {
	err := st.Writable()
	if err == nil {
		st.CollectIfFull(ctx)
		err = st.Flush(ctx)
	}
	objs := make([]object, len(infos))
	names := make([]string, len(infos))
	for i, info := range infos {
		objs[i] = object{info, files[info.Path]}
		names[i] = objs[i].file
	}
	if err == nil {
		err = st.syncTrees(st.realDir, names...)
	}
	if err == nil {
		err = st.install(ctx, objs, nil)
	}
	if err == nil {
		err = st.db.sync()
	}
	if err != nil {
		return fmt.Errorf("install paths: %w", err)
	}
	return nil
}

// installLocked is install for durable objects whose paths are temporary roots;
// it holds their locks.
func (st *Store) installLocked(ctx context.Context, objs []object, checked map[store.Path]*drv.Derivation) error {
	names := make([]string, len(objs))
	for i, obj := range objs {
		names[i] = st.RealPath(obj.info.Path)
	}
	unlock, _, err := lockFiles(ctx, names, true)
	if err != nil {
		return err
	}
	defer unlock()
	return st.install(ctx, objs, checked)
}

// install moves durable objects into place and registers those that are not
// valid. Their paths are locked and temporary roots.
func (st *Store) install(ctx context.Context, objs []object, checked map[store.Path]*drv.Derivation) (err error) {
	moved := make(map[store.Path]string)
	defer func() {
		if err == nil {
			return
		}
		// Without rows they would only be garbage, but on a full disk it is
		// kind to leave none.
		for _, file := range moved {
			deleteTree(context.WithoutCancel(ctx), file)
		}
	}()
	var infos []*store.PathInfo
	for _, obj := range objs {
		valid, err := st.isValid(ctx, obj.info.Path)
		if err != nil {
			return err
		}
		if valid {
			if err := st.mend(ctx, obj); err != nil {
				return err
			}
			continue
		}
		dest := st.RealPath(obj.info.Path)
		// What a crash or a failed build left there has no row.
		if _, err := deleteTree(ctx, dest); err != nil {
			return fmt.Errorf("delete what is left of %s: %w", obj.info.Path, err)
		}
		if err := rename(obj.file, dest); err != nil {
			return err
		}
		moved[obj.info.Path] = dest
		st.optimiseNew(ctx, obj.info.Path)
		infos = append(infos, obj.info)
	}
	if len(infos) == 0 {
		return nil
	}
	if err := st.syncDir(st.realDir); err != nil {
		return err
	}
	return st.register(ctx, infos, checked)
}

// rename moves an object with canonical metadata. Only the superuser may move a
// directory that nobody may write to.
func rename(file, dest string) error {
	info, err := os.Lstat(file)
	if err != nil {
		return err
	}
	if !info.IsDir() || os.Geteuid() == 0 {
		return os.Rename(file, dest)
	}
	if err := os.Chmod(file, 0o755); err != nil {
		return err
	}
	if err := os.Rename(file, dest); err != nil {
		return err
	}
	if err := os.Chmod(dest, 0o555); err != nil {
		return err
	}
	return unix.UtimesNanoAt(unix.AT_FDCWD, dest, storeTimes(), unix.AT_SYMLINK_NOFOLLOW)
}
