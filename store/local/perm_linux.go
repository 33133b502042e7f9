package local

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"
)

// chmodAt changes the permissions of what is called name in the directory
// parent; it may be unreadable. It does not follow a symbolic link.
func chmodAt(parent int, name string, mode uint32) error {
	fd, err := unix.Openat(parent, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return err
	}
	if info.Mode&unix.S_IFMT == unix.S_IFLNK {
		return unix.ELOOP
	}
	return unix.Chmod(fmt.Sprintf("/proc/self/fd/%d", fd), mode)
}

// stripAttributes removes the extended attributes of what is called name in the
// directory parent, but for those that the system puts on everything.
func stripAttributes(parent int, name string) error {
	file := fmt.Sprintf("/proc/self/fd/%d/%s", parent, name)
	size, err := unix.Llistxattr(file, nil)
	if errors.Is(err, unix.ENOTSUP) || errors.Is(err, unix.ENODATA) || size == 0 && err == nil {
		return nil
	} else if err != nil {
		return err
	}
	list := make([]byte, size)
	if size, err = unix.Llistxattr(file, list); err != nil {
		return err
	}
	for attr := range strings.SplitSeq(string(list[:size]), "\x00") {
		switch attr {
		case "", "security.selinux", "system.nfs4_acl", "security.csm":
			continue
		}
		if err := unix.Lremovexattr(file, attr); err != nil && !errors.Is(err, unix.ENODATA) {
			return fmt.Errorf("%s: %w", attr, err)
		}
	}
	return nil
}

// storeTimes leaves the access time alone and sets the modification time of
// all store objects: one second after the epoch.
func storeTimes() []unix.Timespec {
	return []unix.Timespec{{Nsec: unix.UTIME_OMIT}, {Sec: 1}}
}
