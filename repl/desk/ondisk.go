package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"nixbench/store"

	"golang.org/x/sys/unix"
)

// OnDisk is how many bytes deleting paths would free on the disk: blocks in
// use, those of files with hard links only if all their links are deleted. The
// link by which an optimised store finds equal files goes with the last other.
func (d *Desk) OnDisk(ctx context.Context, paths []store.Path) (int64, error) {
	u := usage{linked: make(map[inode]*links)}
	for _, p := range paths {
		err := filepath.WalkDir(d.eng.Store().RealPath(p), func(name string, _ fs.DirEntry, err error) error {
			if err = cmp.Or(err, ctx.Err()); err != nil {
				return err
			}
			return u.add(name)
		})
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return u.total, fmt.Errorf("size up %s: %w", p, err)
		}
	}
	if err := u.optimised(ctx, filepath.Join(d.eng.Store().RealDir(), ".links")); err != nil {
		return u.total, fmt.Errorf("size up the store's links: %w", err)
	}
	return u.total, nil
}

// usage adds up what files take on the disk.
type usage struct {
	total  int64
	linked map[inode]*links // files with several names
}

type inode struct{ dev, ino uint64 }

type links struct {
	left uint64 // names not seen yet
	size int64  // bytes
}

func (u *usage) add(name string) error {
	var st unix.Stat_t
	if err := unix.Lstat(name, &st); err != nil {
		return &fs.PathError{Op: "lstat", Path: name, Err: err}
	}
	size := st.Blocks * 512
	if st.Mode&unix.S_IFMT == unix.S_IFDIR || st.Nlink == 1 {
		u.total += size
		return nil
	}
	u.seen(st, func() *links { return &links{uint64(st.Nlink), size} })
	return nil
}

// seen takes one of the names of a file, which make describes if it is new.
func (u *usage) seen(st unix.Stat_t, make func() *links) {
	id := inode{uint64(st.Dev), st.Ino}
	l := u.linked[id]
	if l == nil {
		if l = make(); l == nil {
			return
		}
		u.linked[id] = l
	}
	if l.left--; l.left == 0 {
		u.total += l.size
		delete(u.linked, id)
	}
}

// optimised looks for the last names in the directory of an optimised store's
// links.
func (u *usage) optimised(ctx context.Context, dir string) error {
	for id, l := range u.linked {
		if l.left > 1 {
			delete(u.linked, id)
		}
	}
	if len(u.linked) == 0 {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, entry := range entries {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		var st unix.Stat_t
		if unix.Lstat(filepath.Join(dir, entry.Name()), &st) == nil {
			u.seen(st, func() *links { return nil })
		}
	}
	return nil
}
