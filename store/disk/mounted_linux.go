package disk

import "golang.org/x/sys/unix"

// mounted says how a file system is mounted.
func mounted(st *unix.Statfs_t) (readOnly, noExec bool) {
	return st.Flags&unix.ST_RDONLY != 0, st.Flags&unix.ST_NOEXEC != 0
}
