package local

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncFileSystem makes all that was written to the file system of dir durable.
func syncFileSystem(dir string) error {
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
