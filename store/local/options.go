package local

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"nixbench/store"
)

// Options say which store to open and how.
type Options struct {
	// Root is the directory that /nix/store, /nix/var/nix and /nix/var/log/nix lie in.
	// The default is the root of the file system.
	Root string
	// Dir is the logical store directory, by default [store.DefaultDir].
	Dir store.Dir
	// RealDir, StateDir and LogDir are where the objects, the database with
	// roots and locks, and the logs are. The defaults are /nix/store, /nix/var/nix and
	// /nix/var/log/nix below Root, but without Root the objects are in Dir.
	RealDir, StateDir, LogDir string
	// ReadOnly opens a store that is not ours to write. Whatever would change
	// it returns an error for which errors.Is(err, syscall.EROFS).
	ReadOnly bool
	// AutoOptimise makes files of what is added hard links to such with the same contents.
	AutoOptimise bool
	// AutoGC says when the store collects garbage of itself; by default never.
	AutoGC AutoGC
	// Repair looks at the files of what is added and is valid already, and writes
	// those that are damaged or gone anew.
	Repair bool
	// Late opens the database when it is needed, and not at all if it is not.
	Late bool
	// SyncMode says how much a crash of the machine may lose.
	SyncMode SyncMode
}

// SyncMode says how much a crash of the machine may lose.
type SyncMode uint8

// The sync modes.
const (
	SyncAll  SyncMode = iota // what is valid is on disk first; the default
	SyncNone                 // the operating system decides: for stores that are thrown away
)

// Resolve returns the options with the defaults filled in, and all names absolute.
func (o Options) Resolve() (Options, error) {
	root := o.Root
	if root != "" {
		var err error
		if root, err = filepath.Abs(root); err != nil {
			return o, err
		}
		if real, err := filepath.EvalSymlinks(root); err == nil {
			root = real
		}
	}
	if o.Dir == "" {
		o.Dir = store.DefaultDir
	}
	if _, err := store.ParseDir(string(o.Dir)); err != nil {
		return o, err
	}
	base, objects := root, filepath.Join(root, "nix", "store")
	if base == "" {
		base, objects = string(filepath.Separator), string(o.Dir)
	}
	for _, d := range []struct {
		dir      *string
		fallback string
	}{
		{&o.RealDir, objects},
		{&o.StateDir, filepath.Join(base, "nix", "var", "nix")},
		{&o.LogDir, filepath.Join(base, "nix", "var", "log", "nix")},
	} {
		if *d.dir == "" {
			*d.dir = d.fallback
		}
		abs, err := filepath.Abs(*d.dir)
		if err != nil {
			return o, err
		}
		*d.dir = abs
	}
	return o, nil
}

// Access reports whether the store that opts describe exists, and whether this
// process has the rights to add to it.
func Access(opts Options) (exists, writable bool) {
	o, err := opts.Resolve()
	if err != nil {
		return false, false
	}
	if _, err := os.Stat(filepath.Join(o.StateDir, "db", "db.sqlite")); err != nil {
		return false, false
	}
	for _, dir := range []string{o.RealDir, o.StateDir, filepath.Join(o.StateDir, "db"), filepath.Join(o.StateDir, "temproots")} {
		if unix.Access(dir, unix.W_OK) != nil {
			return true, false
		}
	}
	return true, unix.Access(filepath.Join(o.StateDir, "db", "db.sqlite"), unix.W_OK) == nil
}

// makeDirs creates the directories of a store, in the order in which Nix does.
func (o Options) makeDirs() error {
	for _, dir := range []string{
		o.RealDir,
		filepath.Join(o.RealDir, linksName),
		filepath.Join(o.StateDir, "profiles"),
		filepath.Join(o.StateDir, "temproots"),
		filepath.Join(o.StateDir, "db"),
		filepath.Join(o.StateDir, "gcroots"),
		filepath.Join(o.StateDir, "profiles", "per-user"),
		filepath.Join(o.StateDir, "gcroots", "per-user"),
	} {
		if err := makeDir(dir); err != nil {
			return err
		}
	}
	real, err := filepath.EvalSymlinks(o.RealDir)
	if err != nil {
		return err
	}
	if real != o.RealDir {
		return fmt.Errorf("%s: a store directory and its parents must not be symbolic links", o.RealDir)
	}
	return nil
}
