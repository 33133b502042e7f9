package doctor

import (
	"cmp"
	"fmt"

	"nixbench/engine"
	"nixbench/store/disk"
)

// A place is a directory, and what is known of its file system.
type place struct {
	dir string
	use string // what for: "the store"
	disk.Space
}

// lookAtDisks looks at the file systems of the store, of its database and of
// where builds work.
func lookAtDisks(eng *engine.Engine) []Finding {
	st, set := eng.Store(), eng.Settings()
	var found []Finding
	seen := make(map[[2]int64]bool)
	for _, p := range []place{
		{dir: st.RealDir(), use: "the store"}, {dir: st.StateDir(), use: "the database"},
		{dir: cmp.Or(set.BuildDir, st.StateDir()), use: "builds"},
	} {
		var err error
		if p.Space, err = disk.Of(p.dir); err != nil {
			found = append(found, Finding{"disk", Warning, fmt.Sprintf("%s, for %s, cannot be looked at: %v", p.dir, p.use, err), "make the directory, or name another"})
			continue
		}
		key := [2]int64{p.Total, p.Free}
		complaints := judge(p, set.MinFree)
		if len(complaints) == 0 && !seen[key] {
			complaints = []Finding{{Area: "disk", What: fmt.Sprintf("%d of %d MiB are free for %s", p.Free>>20, p.Total>>20, p.use)}}
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
func judge(p place, minFree int64) []Finding {
	var found []Finding
	add := func(level Level, what, remedy string) {
		found = append(found, Finding{"disk", level, what, remedy})
	}
	if p.ReadOnly {
		add(Problem, fmt.Sprintf("the file system of %s, for %s, is mounted read-only", p.dir, p.use), "mount it for writing, and see dmesg for why it is not")
	}
	if p.NoExec {
		add(Problem, fmt.Sprintf("the file system of %s, for %s, is mounted noexec: no program runs there", p.dir, p.use), "mount it without noexec, or name another directory")
	}
	switch remedy := "nixbench gc shows what to remove, nixbench store optimise makes equal files one"; {
	case p.Free < littleFree && p.Free < p.Total/2:
		add(Problem, fmt.Sprintf("only %d MiB are free for %s", p.Free>>20, p.use), remedy)
	case p.Free < p.Total/littleShare:
		add(Warning, fmt.Sprintf("%d of %d MiB are free for %s", p.Free>>20, p.Total>>20, p.use), remedy)
	case minFree > 0 && p.Free < minFree:
		add(Warning, fmt.Sprintf("%d MiB are free for %s, less than min-free, so builds begin with a collection", p.Free>>20, p.use), remedy)
	}
	if p.Files > 0 && p.FilesLeft < p.Files/littleShare {
		add(Warning, fmt.Sprintf("%d of %d inodes are free for %s", p.FilesLeft, p.Files, p.use), "files that are many and small take them: nixbench gc")
	}
	return found
}
