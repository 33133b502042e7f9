package local

import (
	"errors"

	"golang.org/x/sys/unix"
)

// shareStep bounds what is asked of the kernel at once, as it does itself.
const shareStep = 16 << 20

// share lets a regular file have its contents in the blocks of another of the same
// size, where the file system can. The kernel compares them first: a file that is not
// the same stays as it is, and so does one where that cannot be. The file keeps
// its inode, permissions and times.
//
// Source: ioctl_fideduperange(2).
func share(dir int, name string, otherDir int, other string, size int64) error {
	const flags = unix.O_RDONLY | unix.O_NOFOLLOW | unix.O_CLOEXEC | unix.O_NONBLOCK
	from, err := unix.Openat(otherDir, other, flags, 0)
	if err != nil {
		return err
	}
	defer unix.Close(from)
	to, err := unix.Openat(dir, name, flags, 0)
	if err != nil {
		return err
	}
	defer unix.Close(to)
	for at := int64(0); at < size; {
		r := unix.FileDedupeRange{
			Src_offset: uint64(at), Src_length: uint64(min(size-at, shareStep)),
			Info: []unix.FileDedupeRangeInfo{{Dest_fd: int64(to), Dest_offset: uint64(at)}},
		}
		if err := unix.IoctlFileDedupeRange(from, &r); err != nil {
			return err
		}
		switch info := r.Info[0]; {
		case info.Status < 0:
			return unix.Errno(-info.Status)
		case info.Status == unix.FILE_DEDUPE_RANGE_DIFFERS || info.Bytes_deduped == 0:
			return errors.New("the contents differ")
		default:
			at += int64(info.Bytes_deduped)
		}
	}
	return nil
}
