package repl

import (
	"context"
	"crypto/sha256"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long a file must be left alone before it is looked at: editors
// write in several steps.
const settle = 100 * time.Millisecond

// A watcher tells which of the files that evaluation has read have changed. It
// watches their directories, because editors rename over files, and compares
// contents. It is safe for concurrent use.
type watcher struct {
	notify *fsnotify.Watcher // nil if the system has none to give

	mu      sync.Mutex // mu guards the fields below
	read    map[string]*watched
	dirs    map[string]bool
	touched map[string]bool // files of read that are yet to be looked at
}

// watched is a file that was read.
type watched struct {
	sum     [sha256.Size]byte
	changed bool
	told    bool
}

func newWatcher() *watcher {
	w := &watcher{read: make(map[string]*watched), dirs: make(map[string]bool), touched: make(map[string]bool)}
	// Without a watcher nothing is told; :scope and :r still work.
	w.notify, _ = fsnotify.NewWatcher()
	return w
}

func (w *watcher) close() error {
	if w.notify == nil {
		return nil
	}
	return w.notify.Close()
}

// maxWatched bounds the files and directories that are watched: nixpkgs has
// more files than anyone edits at once, and a watch costs the system memory.
const maxWatched = 2000

// add starts watching a file that is being read.
func (w *watcher) add(file string) {
	if w.notify == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.read[file]; ok || len(w.read) >= maxWatched {
		return
	}
	sum, err := sumFile(file)
	if err != nil {
		return
	}
	w.read[file] = &watched{sum: sum}
	if dir := filepath.Dir(file); !w.dirs[dir] {
		w.dirs[dir] = true
		_ = w.notify.Add(dir) // a directory that cannot be watched is not
	}
}

func sumFile(file string) (sum [sha256.Size]byte, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return sum, err
	}
	return sha256.Sum256(data), nil
}

// reset forgets what was read: it is about to be read again.
func (w *watcher) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.read)
	clear(w.touched)
}

// wait returns the names of files that have changed, sorted, each once for a change.
func (w *watcher) wait(ctx context.Context) ([]string, error) {
	if w.notify == nil {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	var quiet <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case event, ok := <-w.notify.Events:
			if !ok {
				return nil, fsnotify.ErrClosed
			}
			if w.touch(event.Name) { // others in the directory may be written all the time
				quiet = time.After(settle)
			}
		case _, ok := <-w.notify.Errors:
			if !ok {
				return nil, fsnotify.ErrClosed
			}
		case <-quiet:
			if names := w.changed(); names != nil {
				return names, nil
			}
		}
	}
}

// touch notes that a file is to be looked at, if it was read.
func (w *watcher) touch(file string) (isRead bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, isRead = w.read[file]
	if isRead {
		w.touched[file] = true
	}
	return isRead
}

// changed looks at the files that were touched, and returns those that have changed.
func (w *watcher) changed() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var names []string
	for file := range w.touched {
		if w.look(file) {
			names = append(names, file)
		}
	}
	clear(w.touched)
	slices.Sort(names)
	return names
}

// look compares a file with what was read, and reports whether it differs now
// and that was not told before. The lock is held.
func (w *watcher) look(file string) bool {
	it, ok := w.read[file]
	if !ok {
		return false
	}
	sum, err := sumFile(file)
	it.changed = err != nil || sum != it.sum
	news := it.changed && !it.told
	it.told = it.changed
	return news
}

// files lists the files that were read, changed ones first.
func (w *watcher) files() []LoadedFile {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []LoadedFile
	for name, it := range w.read {
		out = append(out, LoadedFile{Name: name, Changed: it.changed})
	}
	slices.SortFunc(out, func(a, b LoadedFile) int {
		switch {
		case a.Changed == b.Changed && a.Name < b.Name, a.Changed && !b.Changed:
			return -1
		}
		return 1
	})
	return out
}

// WaitChange waits until files that evaluation has read change, and returns their names,
// sorted: of several that change at once, all.
func (s *Session) WaitChange(ctx context.Context) ([]string, error) { return s.watch.wait(ctx) }
