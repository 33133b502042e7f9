package desk

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"
)

// A note is what a user has said about a generation.
type note struct {
	Label  string `json:"label,omitempty"`
	Pinned bool   `json:"pinned,omitempty"`
	// Path is what the generation led to: a note does not pass to another
	// generation of the same number.
	Path string `json:"path"`
}

// notes keeps notes in a file, by the link of the generation. It is safe for
// concurrent use, also with other processes.
type notes struct {
	file string
	mu   sync.Mutex // mu guards the file
}

func newNotes(file string) *notes { return &notes{file: file} }

// read returns all notes; a file that cannot be read has none.
func (n *notes) read() map[string]note {
	var all map[string]note
	data, err := os.ReadFile(n.file)
	if err != nil || json.Unmarshal(data, &all) != nil || all == nil {
		return make(map[string]note)
	}
	return all
}

func (n *notes) get(link string) note {
	n.mu.Lock()
	defer n.mu.Unlock()
	it := n.read()[link]
	if target, err := os.Readlink(link); err != nil || target != it.Path {
		return note{}
	}
	return it
}

// set replaces a note; one that says nothing is dropped.
func (n *notes) set(link string, it note) error {
	err := n.change(func(all map[string]note) bool {
		if it.Label == "" && !it.Pinned {
			delete(all, link)
		} else {
			all[link] = it
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("write note: %w", err)
	}
	return nil
}

// prune drops the notes of generations that are gone. Those in directories
// that cannot be seen now may come back.
func (n *notes) prune() error {
	if _, err := os.Stat(n.file); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return n.change(func(all map[string]note) (changed bool) {
		for link, it := range all {
			if _, err := os.Stat(filepath.Dir(link)); err != nil {
				continue
			}
			target, err := os.Readlink(link)
			if errors.Is(err, fs.ErrNotExist) || err == nil && target != it.Path {
				delete(all, link)
				changed = true
			}
		}
		return changed
	})
}

// change lets f change the notes, and writes them if it says that it did.
func (n *notes) change(f func(all map[string]note) (changed bool)) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := os.MkdirAll(filepath.Dir(n.file), 0o755); err != nil {
		return err
	}
	lock, err := os.OpenFile(n.file+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
		return &fs.PathError{Op: "lock", Path: lock.Name(), Err: err}
	}
	all := n.read()
	if !f(all) {
		return nil
	}
	data, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	tmp := n.file + ".new"
	if err := os.WriteFile(tmp, append(data, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, n.file)
}
