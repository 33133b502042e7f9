//go:build !linux

package local

import "golang.org/x/sys/unix"

// chmodAt changes the permissions of what is called name in the directory
// parent; it may be unreadable. It does not follow a symbolic link.
func chmodAt(parent int, name string, mode uint32) error {
	return unix.Fchmodat(parent, name, mode, unix.AT_SYMLINK_NOFOLLOW)
}

// stripAttributes does nothing: only builds leave attributes, and this system
// has none.
func stripAttributes(int, string) error { return nil }

// storeTimes sets the modification time of all store objects: one second after
// the epoch.
func storeTimes() []unix.Timespec {
	return []unix.Timespec{{Sec: 1}, {Sec: 1}}
}
