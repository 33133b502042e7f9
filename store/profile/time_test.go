package profile_test

import (
	"time"

	"golang.org/x/sys/unix"
)

// setTime sets the modification time of a link itself.
func setTime(link string, to time.Time) error {
	ts := unix.NsecToTimespec(to.UnixNano())
	return unix.UtimesNanoAt(unix.AT_FDCWD, link, []unix.Timespec{ts, ts}, unix.AT_SYMLINK_NOFOLLOW)
}
