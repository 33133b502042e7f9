package engine

import (
	"os"
	"path/filepath"
	"sync"

	"nixbench/store"
)

// liveLogs are the logs of builds of this engine that are followed but not kept: those
// of a daemon, whose own are compressed while they are written, and those that the
// setting keep-build-log says not to keep. The zero value is empty; it is safe for
// concurrent use.
type liveLogs struct {
	mu    sync.Mutex // mu guards the fields below
	dir   string     // "" until there is one
	files map[store.Path]string
}

// get returns the file of a derivation's log.
func (l *liveLogs) get(drvPath store.Path) (file string, found bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	file, found = l.files[drvPath]
	return file, found
}

// file returns where a derivation's log is to be written.
func (l *liveLogs) file(drvPath store.Path) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dir == "" {
		dir, err := os.MkdirTemp("", "nixbench-logs-")
		if err != nil {
			return "", err
		}
		l.dir, l.files = dir, make(map[store.Path]string)
	}
	l.files[drvPath] = filepath.Join(l.dir, drvPath.Base())
	return l.files[drvPath], nil
}

// remove deletes them all.
func (l *liveLogs) remove() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	dir := l.dir
	l.dir, l.files = "", nil
	if dir == "" {
		return nil
	}
	return os.RemoveAll(dir)
}
