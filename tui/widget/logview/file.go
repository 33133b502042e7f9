package logview

import (
	"fmt"
	"os"

	"nixbench/repl"
)

// A File is a log that can be read at any place while it grows. Its methods are
// called from commands, never while drawing; it is safe for concurrent use.
type File = repl.LogFile

// OpenFile opens a log that lies uncompressed on the disk.
func OpenFile(name string) (File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	return diskFile{f}, nil
}

type diskFile struct{ *os.File }

func (f diskFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
