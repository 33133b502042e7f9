package desk

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"nixbench/store"
	"nixbench/store/gc"

	"golang.org/x/sys/unix"
)

// GCPlan says what a collection would delete.
func (d *Desk) GCPlan(ctx context.Context) (*gc.Plan, error) {
	return d.eng.PlanCollect(ctx, gc.Options{})
}

// Collect executes the plan; activities of kind Collect tell how far it is. The
// result is never nil.
func (d *Desk) Collect(ctx context.Context, plan *gc.Plan) (*gc.Result, error) {
	return d.eng.Collect(ctx, plan, nil)
}

// OnDisk is how many bytes deleting paths would free on the disk: blocks in
// use, those of files with hard links only if all their links are deleted.
func (d *Desk) OnDisk(ctx context.Context, paths []store.Path) (int64, error) {
	type inode struct{ dev, ino uint64 }
	left := make(map[inode]uint64) // links not seen yet
	var total int64
	for _, p := range paths {
		root := d.eng.Store().RealPath(p)
		err := filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
			if err != nil || ctx.Err() != nil {
				return cmp.Or(err, ctx.Err())
			}
			var st unix.Stat_t
			if err := unix.Lstat(name, &st); err != nil {
				return err
			}
			id := inode{uint64(st.Dev), st.Ino}
			isDir := st.Mode&unix.S_IFMT == unix.S_IFDIR
			if !isDir && st.Nlink > 1 {
				if _, seen := left[id]; !seen {
					left[id] = uint64(st.Nlink)
				}
				left[id]--
				if left[id] > 0 {
					return nil
				}
			}
			total += st.Blocks * 512
			return nil
		})
		if err != nil && !os.IsNotExist(err) {
			return total, fmt.Errorf("size up %s: %w", p, err)
		}
	}
	return total, nil
}

// Disk tells how full the store's file system is, in bytes.
func (d *Desk) Disk(context.Context) (used, total int64, err error) {
	var st unix.Statfs_t
	if err := unix.Statfs(d.eng.Store().RealDir(), &st); err != nil {
		return 0, 0, fmt.Errorf("size up the disk of %s: %v", d.eng.Store().RealDir(), err)
	}
	block := int64(st.Bsize)
	total = int64(st.Blocks) * block
	return total - int64(st.Bavail)*block, total, nil
}

// WriteFile writes a report for the user, beside no other of the same name, and
// returns its full name.
func (d *Desk) WriteFile(_ context.Context, name string, data []byte) (string, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(abs, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	return abs, cmp.Or(err, f.Close())
}
