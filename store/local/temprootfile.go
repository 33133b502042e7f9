package local

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"nixbench/store"
)

// A tempRootFile is what a file of temporary roots says.
type tempRootFile struct {
	name  string // of the file, absolute
	since time.Time
	paths []store.Path
}

// pid returns the process that a file of temporary roots belongs to, 0 if its
// name does not say.
func (f tempRootFile) pid() int {
	digits, _, _ := strings.Cut(filepath.Base(f.name), "-")
	pid, _ := strconv.Atoi(digits)
	return pid
}

// readTempRoots returns the temporary roots of processes that live. Unless clear is nil, it
// deletes the files of those that do not, having called it with their names.
func (st *Store) readTempRoots(clear func(name string)) (files []tempRootFile, unread []string, err error) {
	entries, err := os.ReadDir(st.tempRootsDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	} else if err != nil {
		return nil, nil, err
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		name := filepath.Join(st.tempRootsDir(), entry.Name())
		f, err := st.readTempRootFile(name, clear)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case errors.Is(err, fs.ErrPermission):
			unread = append(unread, name+": "+err.Error())
		case err != nil:
			return nil, nil, err
		case f != nil:
			files = append(files, *f)
		}
	}
	return files, unread, nil
}

// quietly clears without a word.
func quietly(string) {}

// readTempRootFile returns nil for a file whose owner is dead.
func (st *Store) readTempRootFile(name string, clear func(name string)) (*tempRootFile, error) {
	flags := os.O_RDWR
	if clear == nil {
		flags = os.O_RDONLY
	}
	f, err := os.OpenFile(name, flags, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if free, err := tryFlock(f, lockExclusive); err != nil {
		return nil, err
	} else if free {
		if clear == nil {
			return nil, nil
		}
		clear(name)
		if os.Remove(name) == nil {
			f.WriteString("d")
		}
		return nil, nil
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	found := &tempRootFile{name: name, since: info.ModTime()}
	for {
		line, rest, ok := bytes.Cut(text, []byte{0})
		if !ok {
			return found, nil
		}
		if p, err := st.dir.ParsePath(string(line)); err == nil {
			found.paths = append(found.paths, p)
		}
		text = rest
	}
}
