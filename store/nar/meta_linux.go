package nar

import "golang.org/x/sys/unix"

// The extended attributes in which Linux keeps access control lists. A new
// file has them only if its directory has a default one.
const (
	accessACL  = "system.posix_acl_access"
	defaultACL = "system.posix_acl_default"
)

// setTime sets the modification time of a directory's entry to what it is in
// every store.
func setTime(dir int, name string) error {
	times := []unix.Timespec{{Nsec: unix.UTIME_OMIT}, {Sec: 1}}
	return unix.UtimesNanoAt(dir, name, times, unix.AT_SYMLINK_NOFOLLOW)
}

// inheritsACL reports whether what is made in dir comes with access control
// lists.
func inheritsACL(dir int) bool {
	_, err := unix.Fgetxattr(dir, defaultACL, nil)
	return err == nil
}

func removeACL(fd int) error {
	for _, name := range []string{accessACL, defaultACL} {
		err := unix.Fremovexattr(fd, name)
		if err != nil && err != unix.ENODATA && err != unix.ENOTSUP && err != unix.EACCES {
			return err
		}
	}
	return nil
}
