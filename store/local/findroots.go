package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"nixbench/store"
	"nixbench/store/gc"
)

// Roots returns all roots: links below gcroots and profiles and what they lead
// to elsewhere, what processes use, and temporary roots. Unread describes each
// place that may hold roots but cannot be read. It changes nothing; dangling
// links stay.
//
// Behaviour: Nix 2.34, gc.cc, but that it says what it cannot read.
func (st *Store) Roots(ctx context.Context) (roots []gc.Root, unread []string, err error) {
	f := &rootFinder{st: st, known: make(map[store.Path]bool), seen: make(map[string]bool)}
	f.isValid = func(p store.Path) (bool, error) { return st.IsValid(ctx, p) }
	for _, name := range []string{"gcroots", "profiles"} {
		if err = f.walk(ctx, filepath.Join(st.stateDir, name)); err != nil {
			return nil, nil, fmt.Errorf("find roots: %w", err)
		}
	}
	if err = f.processes(ctx); err != nil {
		return nil, nil, fmt.Errorf("find roots: %w", err)
	}
	if err = f.temporary(); err != nil {
		return nil, nil, fmt.Errorf("find roots: %w", err)
	}
	return f.roots, f.unread, nil
}

// A rootFinder collects roots for one call of Roots.
type rootFinder struct {
	st      *Store
	isValid func(store.Path) (bool, error) // fails if the call is cancelled
	roots   []gc.Root
	unread  []string
	known   map[store.Path]bool // what isValid said
	seen    map[string]bool     // links; a generation is also reached by its auto root
}

// valid reports whether p is.
func (f *rootFinder) valid(p store.Path) (bool, error) {
	valid, known := f.known[p]
	if known {
		return valid, nil
	}
	valid, err := f.isValid(p)
	if err != nil {
		return false, err
	}
	f.known[p] = valid
	return valid, nil
}

// walk looks at what is called name, and if it is a directory at all below.
func (f *rootFinder) walk(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	info, err := os.Lstat(name)
	if err == nil {
		switch {
		case info.IsDir():
			var entries []os.DirEntry
			if entries, err = os.ReadDir(name); err == nil {
				for _, entry := range entries {
					if err := f.walk(ctx, filepath.Join(name, entry.Name())); err != nil {
						return err
					}
				}
			}
		case info.Mode()&fs.ModeSymlink != 0:
			err = f.link(name, info)
		case info.Mode().IsRegular():
			// Its name is the root, as some tools leave them.
			if p, err := f.st.dir.Join(filepath.Base(name)); err == nil {
				return f.add(gc.Root{Link: name, Path: p, Since: info.ModTime()})
			}
		}
	}
	if errors.Is(err, fs.ErrPermission) {
		f.unread = append(f.unread, err.Error())
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// link looks at a symbolic link: into the store, or to a link into the store.
func (f *rootFinder) link(name string, info fs.FileInfo) error {
	target, err := os.Readlink(name)
	if err != nil {
		return err
	}
	if f.st.dir.Contains(target) {
		return f.addLink(name, target, info)
	}
	target = beside(name, target)
	there, err := os.Lstat(target)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		auto := strings.HasPrefix(name, f.st.autoRootsDir()+"/")
		if auto && errors.Is(err, fs.ErrNotExist) {
			return f.add(gc.Root{Link: target, Since: info.ModTime(), Kind: gc.KindOfLink(target, auto), Dangling: true, Auto: name})
		}
		return err
	} else if err != nil {
		return err
	}
	if there.Mode()&fs.ModeSymlink == 0 {
		return nil
	}
	final, err := os.Readlink(target)
	if err != nil {
		return err
	}
	if f.st.dir.Contains(final) {
		return f.addLink(target, final, there)
	}
	return nil
}

// beside returns the absolute name of what the link name leads to if target is what it
// says.
func beside(name, target string) string {
	if filepath.IsAbs(target) {
		return target
	}
	return filepath.Join(filepath.Dir(name), target)
}

// isGone reports whether there is nothing of that name.
func isGone(name string) bool {
	_, err := os.Lstat(name)
	return errors.Is(err, fs.ErrNotExist)
}

// addLink adds a link that leads into the store.
func (f *rootFinder) addLink(link, target string, info fs.FileInfo) error {
	p, _, err := f.st.dir.PathOf(target)
	if err != nil {
		return nil
	}
	inside := strings.HasPrefix(link, filepath.Join(f.st.stateDir, "gcroots")+"/")
	root := gc.Root{Link: link, Path: p, Kind: gc.KindOfLink(link, !inside), Since: info.ModTime(), Note: gc.NoteOfLink(link), Target: target}
	return f.add(root)
}

// add adds a root once.
func (f *rootFinder) add(root gc.Root) error {
	if f.seen[root.Link] {
		return nil
	}
	f.seen[root.Link] = true
	if !root.Dangling {
		valid, err := f.valid(root.Path)
		if err != nil {
			return err
		}
		root.Dangling = !valid
	}
	f.roots = append(f.roots, root)
	return nil
}

// temporary adds the temporary roots of processes that live.
func (f *rootFinder) temporary() error {
	files, unread, err := f.st.readTempRoots(nil)
	if err != nil {
		return err
	}
	f.unread = append(f.unread, unread...)
	for _, file := range files {
		note := processName(file.pid())
		for _, p := range file.paths {
			valid, err := f.valid(p)
			if err != nil {
				return err
			}
			kind := gc.KindTemp
			if isLocked(f.st.RealPath(p) + ".lock") {
				kind = gc.KindBuild
			}
			f.roots = append(f.roots, gc.Root{
				Link: file.name, Path: p, Kind: kind, Since: file.since, Note: note, Dangling: !valid,
			})
		}
	}
	return nil
}
