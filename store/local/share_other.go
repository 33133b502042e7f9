//go:build !linux

package local

import "golang.org/x/sys/unix"

// share is for Linux.
func share(dir int, name string, otherDir int, other string, size int64) error {
	return unix.ENOTSUP
}
