//go:build !linux

package local

import (
	"os"

	"golang.org/x/sys/unix"
)

// SyncFileSystem makes all that was written durable: there is no call for one
// file system.
func SyncFileSystem(string) error {
	return unix.Sync()
}

// allocate makes f size bytes long.
func allocate(f *os.File, size int64) error {
	return f.Truncate(size)
}
