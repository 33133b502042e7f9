package local

import (
	"os"

	"golang.org/x/sys/unix"
)

// SyncFileSystem makes all durable that was written to the file system that dir is
// on, by whomever.
func SyncFileSystem(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.Syncfs(int(f.Fd())); err != nil {
		return os.NewSyscallError("syncfs", err)
	}
	return nil
}

// allocate makes f at least size bytes long, with blocks on disk.
func allocate(f *os.File, size int64) error {
	return unix.Fallocate(int(f.Fd()), 0, 0, size)
}
