package local

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"nixbench/store"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// OptimiseOptions say what Optimise tells.
type OptimiseOptions struct {
	// Progress, if not nil, is called before each path.
	Progress func(p store.Path, done, total int)
	// Warn, if not nil, is told of files that are left alone although they should not be.
	Warn func(string)
}

// An Optimisation is what optimising a store has come to.
type Optimisation struct {
	Linked int   // files that are hard links to others now
	Freed  int64 // bytes that those had
}

// Optimise makes files with the same contents, in all valid paths, hard links to one
// file, whose name in .links is its hash: files that are executable and such that are not
// stay apart, and symbolic links are files, too. Each file is replaced in one step, so
// that nobody sees a path without it; cancelling leaves a valid store. A file that has as
// many links as can be shares its blocks with others, where the file system can do so.
//
// Behaviour: Nix, optimise-store.cc.
func (st *Store) Optimise(ctx context.Context, opts OptimiseOptions) (done Optimisation, err error) {
	if err := st.optimise(ctx, opts, &done); err != nil {
		return done, fmt.Errorf("optimise store: %w", err)
	}
	return done, nil
}

func (st *Store) optimise(ctx context.Context, opts OptimiseOptions, done *Optimisation) error {
	if err := st.Writable(); err != nil {
		return err
	}
	lock, err := st.lockOutGC(ctx)
	if err != nil {
		return err
	}
	defer lock.Close()
	paths, err := st.AllPaths(ctx)
	if err != nil {
		return err
	}
	o := &optimiser{st: st, done: done, warn: opts.Warn}
	if err := o.open(); err != nil {
		return err
	}
	defer o.close()
	if err := o.readLinks(); err != nil {
		return err
	}
	for i, p := range paths {
		if opts.Progress != nil {
			opts.Progress(p, i, len(paths))
		}
		if err := o.file(ctx, o.root, p.Base(), st.realDir, 1); err != nil && !errors.Is(err, unix.ENOENT) {
			return err
		}
	}
	return nil
}

// optimiseNew links the files of an object that is in place and not yet valid, if the
// store is one that does so. What cannot be linked stays as it is.
func (st *Store) optimiseNew(ctx context.Context, p store.Path) {
	if !st.autoOptimise {
		return
	}
	o := &optimiser{st: st, done: new(Optimisation), known: make(map[uint64]bool)}
	if o.open() == nil {
		_ = o.file(ctx, o.root, p.Base(), st.realDir, 1) // it is as well without
		o.close()
	}
}

// An optimiser links the files of one path after the other.
type optimiser struct {
	st    *Store
	done  *Optimisation
	warn  func(string)
	root  int             // the store directory
	links int             // the directory .links
	known map[uint64]bool // inodes that have a name in .links
	full  bool            // .links takes no more names
}

// open opens the directories.
func (o *optimiser) open() (err error) {
	o.links = -1
	const flags = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_CLOEXEC
	if o.root, err = unix.Open(o.st.realDir, flags, 0); err != nil {
		return &os.PathError{Op: "open", Path: o.st.realDir, Err: err}
	}
	if o.links, err = unix.Openat(o.root, linksName, flags|unix.O_NOFOLLOW, 0); err != nil {
		o.close()
		return &os.PathError{Op: "open", Path: filepath.Join(o.st.realDir, linksName), Err: err}
	}
	return nil
}

// readLinks reads which files are linked already, so that they need not be hashed.
func (o *optimiser) readLinks() error {
	names, err := readNames(o.links)
	if err != nil {
		return err
	}
	o.known = make(map[uint64]bool, len(names))
	for _, name := range names {
		var info unix.Stat_t
		if unix.Fstatat(o.links, name, &info, unix.AT_SYMLINK_NOFOLLOW) == nil {
			o.known[info.Ino] = true
		}
	}
	return nil
}

func (o *optimiser) close() {
	for _, fd := range []int{o.root, o.links} {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}

// file links what is called name in the directory dir, whose name is in.
func (o *optimiser) file(ctx context.Context, dir int, name, in string, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	file := filepath.Join(in, name)
	if depth > nar.MaxDepth {
		return fmt.Errorf("%s: directories are nested too deep", file)
	}
	var info unix.Stat_t
	if err := unix.Fstatat(dir, name, &info, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return &os.PathError{Op: "stat", Path: file, Err: err}
	}
	switch kind := info.Mode & unix.S_IFMT; {
	case kind == unix.S_IFDIR:
		return o.dir(ctx, dir, name, file, depth)
	case kind != unix.S_IFREG && kind != unix.S_IFLNK, o.known[info.Ino]:
		return nil
	case kind == unix.S_IFREG && info.Mode&unix.S_IWUSR != 0:
		o.tell("skipping suspicious writable file '" + store.QuoteFile(file) + "'") // twice, as Nix has it
		return nil
	}
	h := nixhash.New(nixhash.SHA256)
	if err := nar.Dump(store.StopWriter(ctx, h), file, nil); err != nil {
		return err
	}
	return o.link(dir, name, file, h.Sum().Nix32(), &info, depth == 1)
}

func (o *optimiser) dir(ctx context.Context, parent int, name, file string, depth int) error {
	fd, err := unix.Openat(parent, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return &os.PathError{Op: "open", Path: file, Err: err}
	}
	defer unix.Close(fd)
	names, err := readNames(fd)
	if err != nil {
		return &os.PathError{Op: "read", Path: file, Err: err}
	}
	for _, inside := range names {
		if err := o.file(ctx, fd, inside, file, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (o *optimiser) tell(msg string) {
	if o.warn != nil {
		o.warn(msg)
	}
}

// link makes a file, whose whole name is file, the one of its hash, or a hard link to it.
func (o *optimiser) link(dir int, name, file, hash string, info *unix.Stat_t, top bool) error {
	for {
		var linked unix.Stat_t
		err := unix.Fstatat(o.links, hash, &linked, unix.AT_SYMLINK_NOFOLLOW)
		switch {
		case errors.Is(err, unix.ENOENT):
			if o.full {
				return nil
			}
			err := unix.Linkat(dir, name, o.links, hash, 0)
			switch {
			case errors.Is(err, unix.EEXIST):
				continue // another process has done it
			case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EMLINK):
				// Of ext4 it means that the directory is full: what is not in it yet
				// stays as it is.
				o.full = errors.Is(err, unix.ENOSPC)
				return nil
			case err != nil:
				return o.linkError(hash, file, err)
			}
			o.known[info.Ino] = true
			return nil
		case err != nil:
			return err
		case linked.Size != info.Size:
			o.tell("removing corrupted link '" + filepath.Join(o.st.realDir, linksName, hash) + "'; see what else is: nixbench store verify --check-contents")
			if err := unix.Unlinkat(o.links, hash, 0); err != nil && !errors.Is(err, unix.ENOENT) {
				return err
			}
		case linked.Ino == info.Ino:
			o.known[info.Ino] = true
			return nil
		default:
			if err := o.replace(dir, name, hash, info, top); err != nil {
				return o.linkError(hash, file, err)
			}
			return nil
		}
	}
}

func (o *optimiser) linkError(hash, file string, err error) error {
	return &LinkError{Link: filepath.Join(o.st.realDir, linksName, hash), File: file, Err: sysError{err}}
}

// A LinkError says that a file could not be made a hard link to another.
type LinkError struct {
	Link, File string
	Err        error
}

func (e *LinkError) Error() string {
	return fmt.Sprintf("creating hard link from %s to %s: %v", store.QuoteFile(e.Link), store.QuoteFile(e.File), e.Err)
}

func (e *LinkError) Unwrap() error { return e.Err }

// replace puts a hard link to the file of a hash in the place of a file. It is made in
// the store directory, so that no path ever has a file too many.
func (o *optimiser) replace(dir int, name, hash string, info *unix.Stat_t, top bool) (err error) {
	temp := ".tmp-link-" + strconv.Itoa(os.Getpid()) + "-" + strconv.FormatUint(rand.Uint64(), 36)
	err = unix.Linkat(o.links, hash, o.root, temp, 0)
	switch {
	case errors.Is(err, unix.EMLINK): // there are as many as can be, as of empty files
		if info.Mode&unix.S_IFMT == unix.S_IFREG {
			_ = share(dir, name, o.links, hash, info.Size) // it is as well without
		}
		return nil
	case errors.Is(err, unix.ENOENT): // it was just collected
		return nil
	case err != nil:
		return err
	}
	if !top {
		restore, err := makeWritable(dir)
		if err != nil {
			return errors.Join(err, unix.Unlinkat(o.root, temp, 0))
		}
		defer func() { err = errors.Join(err, restore()) }()
	}
	if err := unix.Renameat(o.root, temp, dir, name); err != nil {
		err = errors.Join(err, unix.Unlinkat(o.root, temp, 0))
		if errors.Is(err, unix.EMLINK) {
			return nil
		}
		return err
	}
	o.done.Linked++
	o.done.Freed += info.Size
	return nil
}

// makeWritable lets the owner write to a directory of a store object until restore, which
// gives it the permissions and times of store objects.
func makeWritable(dir int) (restore func() error, err error) {
	if err := unix.Fchmod(dir, 0o755); err != nil {
		return nil, err
	}
	return func() error {
		second := unix.Timeval{Sec: 1}
		return errors.Join(unix.Fchmod(dir, 0o555), unix.Futimes(dir, []unix.Timeval{second, second}))
	}, nil
}
