package builtins

import (
	"os"
	"path/filepath"

	"nixbench/engine/archive"
)

// An unpacked is an archive that was unpacked to a temporary directory.
type unpacked struct {
	dir    string // what is in it: if that is a single directory, that directory
	newest int64  // time of the newest file, in seconds since 1970
	remove func() // tidies up
}

// unpack unpacks an archive.
func unpack(data []byte) (*unpacked, error) {
	top, err := os.MkdirTemp("", "nixbench-tarball-")
	if err != nil {
		return nil, err
	}
	u := &unpacked{dir: top, remove: func() { os.RemoveAll(top) }}
	u.newest, err = archive.Unpack(data, top)
	var entries []os.DirEntry
	if err == nil {
		entries, err = os.ReadDir(top)
	}
	if err != nil {
		u.remove()
		return nil, err
	}
	if len(entries) == 1 && entries[0].IsDir() {
		u.dir = filepath.Join(top, entries[0].Name())
	}
	return u, nil
}
