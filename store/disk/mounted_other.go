//go:build !linux

package disk

import "golang.org/x/sys/unix"

func mounted(*unix.Statfs_t) (readOnly, noExec bool) { return false, false }
