package files

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// A Disk adds up what paths take on disk. A file that has several names, as in an
// optimised store, counts once, for the first path that has it. The zero value is
// ready. It is not safe for concurrent use.
type Disk struct {
	counted map[fileID]bool // files of several names
}

type fileID struct{ device, inode uint64 }

// Add returns the bytes of the blocks that what is at root takes, directories too,
// besides what was counted already. Blocks that file systems share in other ways, as
// reflinks do, count each time.
func (d *Disk) Add(ctx context.Context, root string) (size int64, err error) {
	err = filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		size += d.blocks(info)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("measure %s: %w", root, inside(root, err))
	}
	return size, nil
}

// blocks returns what one object takes, 0 if it was counted.
func (d *Disk) blocks(info os.FileInfo) int64 {
	const blockSize = 512 // whatever the file system's is: stat(2)
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return info.Size()
	}
	if stat.Nlink > 1 && !info.IsDir() {
		id := fileID{uint64(stat.Dev), uint64(stat.Ino)}
		if d.counted[id] {
			return 0
		}
		if d.counted == nil {
			d.counted = make(map[fileID]bool)
		}
		d.counted[id] = true
	}
	return int64(stat.Blocks) * blockSize
}
