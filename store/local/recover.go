package local

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// recover clears away what a process that was killed left: its temporary
// directories. That one was killed is told by its file of temporary roots,
// which is not locked any more, so that the store directory, which may be
// large, is read only then. What else it left, files without rows, is garbage
// that is replaced when it is needed and else collected. It is no matter if it
// cannot be cleared away.
func (st *Store) recover(ctx context.Context) {
	entries, err := os.ReadDir(st.tempRootsDir())
	if err != nil {
		return
	}
	dead := make(map[int]bool)
	for _, entry := range entries {
		// Only ours have a dash in the name.
		digits, _, ours := strings.Cut(entry.Name(), "-")
		pid, err := strconv.Atoi(digits)
		if !ours || err != nil {
			continue
		}
		f, err := st.readTempRootFile(filepath.Join(st.tempRootsDir(), entry.Name()), quietly)
		if err == nil && f == nil {
			dead[pid] = true
		}
	}
	if len(dead) == 0 {
		return
	}
	names, err := st.entries()
	if err != nil {
		return
	}
	for _, name := range names {
		rest, ok := strings.CutPrefix(name, tempPrefix)
		digits, _, ours := strings.Cut(rest, "-")
		if pid, err := strconv.Atoi(digits); ok && ours && err == nil && dead[pid] {
			clearTempDir(ctx, filepath.Join(st.realDir, name))
		}
	}
}

// clearTempDir deletes a temporary directory unless its owner lives.
func clearTempDir(ctx context.Context, dir string) (freed int64, err error) {
	lock, err := lockDir(dir)
	if err != nil {
		return 0, err
	}
	if lock == nil {
		return 0, errors.New("it is in use")
	}
	defer lock.Close()
	return deleteTree(ctx, dir)
}
