package doctor

import (
	"cmp"
	"fmt"

	"nixbench/engine"
)

// disk is what is known of the file system of a directory.
type disk struct {
	dir         string // which directory it was asked of
	use         string // what for: "store"
	total, free int64  // bytes
	files, left int64  // inodes; 0 if the file system has no bound
	readOnly    bool
	noExec      bool
}

// lookAtDisks looks at the file systems of the store, of its database and of
// where builds work.
func lookAtDisks(eng *engine.Engine) []Finding {
	st, set := eng.Store(), eng.Settings()
	var found []Finding
	seen := make(map[[2]int64]bool)
	for _, place := range []disk{
		{dir: st.RealDir(), use: "the store"}, {dir: st.StateDir(), use: "the database"},
		{dir: cmp.Or(set.BuildDir, st.StateDir()), use: "builds"},
	} {
		d, err := readDisk(place.dir)
		if err != nil {
			found = append(found, Finding{"disk", Warning, fmt.Sprintf("%s, for %s, cannot be looked at: %v", place.dir, place.use, err), "make the directory, or name another"})
			continue
		}
		d.dir, d.use = place.dir, place.use
		key := [2]int64{d.total, d.free}
		complaints := judge(d, set.MinFree)
		if len(complaints) == 0 && !seen[key] {
			complaints = []Finding{{Area: "disk", What: fmt.Sprintf("%d of %d MiB are free for %s", d.free>>20, d.total>>20, d.use)}}
		}
		seen[key] = true
		found = append(found, complaints...)
	}
	return found
}

// Bounds below which there is too little room.
const (
	littleFree  = 1 << 30 // bytes
	littleShare = 20      // a twentieth of the disk
)

// judge says what is wrong with a disk.
func judge(d disk, minFree int64) []Finding {
	var found []Finding
	add := func(level Level, what, remedy string) {
		found = append(found, Finding{"disk", level, what, remedy})
	}
	if d.readOnly {
		add(Problem, fmt.Sprintf("the file system of %s, for %s, is mounted read-only", d.dir, d.use), "mount it for writing, and see dmesg for why it is not")
	}
	if d.noExec {
		add(Problem, fmt.Sprintf("the file system of %s, for %s, is mounted noexec: no program runs there", d.dir, d.use), "mount it without noexec, or name another directory")
	}
	switch remedy := "nixbench gc shows what to remove, nixbench store optimise makes equal files one"; {
	case d.free < littleFree && d.free < d.total/2:
		add(Problem, fmt.Sprintf("only %d MiB are free for %s", d.free>>20, d.use), remedy)
	case d.free < d.total/littleShare:
		add(Warning, fmt.Sprintf("%d of %d MiB are free for %s", d.free>>20, d.total>>20, d.use), remedy)
	case minFree > 0 && d.free < minFree:
		add(Warning, fmt.Sprintf("%d MiB are free for %s, less than min-free, so builds begin with a collection", d.free>>20, d.use), remedy)
	}
	if d.files > 0 && d.left < d.files/littleShare {
		add(Warning, fmt.Sprintf("%d of %d inodes are free for %s", d.left, d.files, d.use), "files that are many and small take them: nixbench gc")
	}
	return found
}
