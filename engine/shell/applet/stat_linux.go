package applet

import (
	"syscall"
	"time"
)

// utimeOmit as a time in nanoseconds leaves that time of a file alone.
const utimeOmit = 1<<30 - 2

func accessTime(st *syscall.Stat_t) time.Time { return time.Unix(st.Atim.Unix()) }

func changeTime(st *syscall.Stat_t) time.Time { return time.Unix(st.Ctim.Unix()) }

// blockSize returns the preferred block size for I/O, in bytes.
func blockSize(st *syscall.Stat_t) int64 { return int64(st.Blksize) }
