package builds

import (
	"sort"
	"time"
)

// A stamp says when a log was so long. Logs hold no times; what is known of them is
// how they grew while we watched.
type stamp struct {
	size int64         // bytes that were there
	at   time.Duration // since the build began
}

// stampEvery is how far apart stamps are at least.
const stampEvery = time.Second

// stamp notes how long the log is now.
func (n *node) stamp(now time.Time) {
	if n.act.LogSize == 0 || n.act.Started.IsZero() {
		return
	}
	at := elapsed(n.act, now)
	if k := len(n.stamps); k > 0 {
		last := &n.stamps[k-1]
		if n.act.LogSize <= last.size {
			return
		}
		if k > 1 && at-n.stamps[k-2].at < stampEvery {
			*last = stamp{n.act.LogSize, at} // the time is that of the end
			return
		}
	}
	n.stamps = append(n.stamps, stamp{n.act.LogSize, at})
}

// writtenAt is how long after the build began the byte at offset was written; ok is
// false if that is not known.
func (n *node) writtenAt(offset int64) (at time.Duration, ok bool) {
	i := sort.Search(len(n.stamps), func(i int) bool { return n.stamps[i].size > offset })
	if i == len(n.stamps) {
		return 0, false
	}
	return n.stamps[i].at, true
}
