package nar

import (
	"io/fs"
	"os"
)

// ListFile says what is at file, and below it if it is a directory: all of it, or
// if not deep only the names.
func ListFile(file string, deep bool) (*Node, error) {
	info, err := os.Lstat(file)
	if err != nil {
		return nil, err
	}
	return listFile(file, info, deep, true)
}

func listFile(file string, info fs.FileInfo, deep, top bool) (*Node, error) {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return &Node{Type: Regular, Size: info.Size(), Executable: mode&0o100 != 0}, nil
	case mode&fs.ModeSymlink != 0:
		target, err := os.Readlink(file)
		return &Node{Type: Symlink, Target: target}, err
	case !mode.IsDir():
		return nil, &TypeError{File: file}
	}
	n := &Node{Type: Directory, Entries: make(map[string]*Node)}
	if !deep && !top {
		return n, nil
	}
	entries, err := os.ReadDir(file)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		if !deep {
			n.Entries[entry.Name()] = &Node{}
			continue
		}
		info, err := entry.Info()
		if err != nil {
			return nil, err
		}
		if n.Entries[entry.Name()], err = listFile(join(file, entry.Name()), info, deep, false); err != nil {
			return nil, err
		}
	}
	return n, nil
}
