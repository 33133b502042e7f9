// Package files tells what takes the space inside a store path.
package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Kind says what a file system object is.
type Kind uint8

// The kinds of objects that a store has.
const (
	Regular Kind = iota + 1
	Executable
	Directory
	Link
)

// String returns the kind in a word.
func (k Kind) String() string {
	switch k {
	case Regular:
		return "regular"
	case Executable:
		return "executable"
	case Directory:
		return "directory"
	case Link:
		return "symlink"
	}
	return ""
}

// Entry is an object in a path, by its position in [Tree.Entries].
type Entry int32

// None is no entry.
const None Entry = -1

// Object is what is known of an entry.
type Object struct {
	// Name is relative to the path, slash-separated; "" is the path itself.
	Name string
	Kind Kind
	// Size is that of a file's contents, in bytes, and of a directory the sum of
	// what is below it. Links have none.
	Size int64
	// Files is how many files and links a directory has below it; 1 for others.
	Files  int
	Target string // of a link
	Parent Entry  // None for the path itself
}

// Tree is all that is in a path. It never changes, and is safe for concurrent
// use.
type Tree struct {
	// Entries are in the order of a walk by name, each directory before what is
	// in it; the first is the path itself. The caller must not modify it.
	Entries  []Object
	children [][]Entry // by entry, largest first
}

// Read reads what is at root, a path's files where they really are, see
// [store.Reader.RealPath]. Contents are not read. An object that cannot be read
// is an error.
func Read(ctx context.Context, root string) (*Tree, error) {
	t := &Tree{}
	if err := t.read(ctx, root, "", None); err != nil {
		return nil, fmt.Errorf("list files of %s: %w", root, inside(root, err))
	}
	return New(t.Entries), nil
}

// inside returns an error as it is to follow the name of root: with the names of files
// from there.
func inside(root string, err error) error {
	file, ok := errors.AsType[*fs.PathError](err)
	if !ok {
		return err
	}
	if file.Path == root {
		return file.Err
	}
	below, ok := strings.CutPrefix(file.Path, root+"/")
	if !ok {
		return err
	}
	return &fs.PathError{Op: file.Op, Path: below, Err: file.Err}
}

// New returns the tree of objects in the order of [Tree.Entries], at least one, of
// which directories have neither size nor files yet. It takes the slice over.
func New(entries []Object) *Tree {
	t := &Tree{Entries: entries, children: make([][]Entry, len(entries))}
	for i := len(t.Entries) - 1; i > 0; i-- {
		e := &t.Entries[i]
		above := &t.Entries[e.Parent]
		above.Size += e.Size
		above.Files += e.Files
		t.children[e.Parent] = append(t.children[e.Parent], Entry(i))
	}
	for _, list := range t.children {
		t.Sort(list)
	}
	return t
}

// read adds the object at file, and what is below it.
func (t *Tree) read(ctx context.Context, file, name string, parent Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	info, err := os.Lstat(file)
	if err != nil {
		return err
	}
	o := Object{Name: name, Parent: parent, Files: 1}
	self := Entry(len(t.Entries))
	switch mode := info.Mode(); {
	case mode.IsDir():
		o.Kind, o.Files = Directory, 0
	case mode&fs.ModeSymlink != 0:
		o.Kind = Link
		if o.Target, err = os.Readlink(file); err != nil {
			return err
		}
	case mode&0o111 != 0:
		o.Kind, o.Size = Executable, info.Size()
	default:
		o.Kind, o.Size = Regular, info.Size()
	}
	t.Entries = append(t.Entries, o)
	if o.Kind != Directory {
		return nil
	}
	entries, err := os.ReadDir(file)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		below := entry.Name()
		if name != "" {
			below = name + "/" + below
		}
		if err := t.read(ctx, filepath.Join(file, entry.Name()), below, self); err != nil {
			return err
		}
	}
	return nil
}

// Sort sorts entries, largest first, then by name.
func (t *Tree) Sort(list []Entry) {
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(t.Entries[b].Size, t.Entries[a].Size), cmp.Compare(a, b))
	})
}

// Children returns what is in a directory, largest first, then by name. The
// caller must not modify it.
func (t *Tree) Children(e Entry) []Entry { return t.children[e] }

// Largest returns all files and links, largest first, then by name.
func (t *Tree) Largest() []Entry {
	var list []Entry
	for i := range t.Entries {
		if t.Entries[i].Kind != Directory {
			list = append(list, Entry(i))
		}
	}
	t.Sort(list)
	return list
}
