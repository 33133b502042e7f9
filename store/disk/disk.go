// Package disk says how much room there is on the file system of a directory, and makes
// files and links durable.
package disk

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// A Space is what is known of a file system.
type Space struct {
	// Total is how many bytes there are, Free how many of them somebody who is not root may
	// still take.
	Total, Free int64
	// Files is how many files there may be, FilesLeft how many more; both are 0 if there is
	// no bound.
	Files, FilesLeft int64
	// ReadOnly and NoExec say how it is mounted, on Linux.
	ReadOnly, NoExec bool
}

// Of returns what is known of the file system that dir is on. An error is an
// [*fs.PathError].
func Of(dir string) (Space, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return Space{}, &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	block := int64(st.Bsize) //nolint:unconvert // not everywhere of that type
	space := Space{
		Total: int64(st.Blocks) * block, Free: int64(st.Bavail) * block, //nolint:unconvert // the same
		Files: int64(st.Files), FilesLeft: int64(st.Ffree), //nolint:unconvert // the same
	}
	space.ReadOnly, space.NoExec = mounted(&st)
	return space, nil
}
