package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"nixbench/store/nar"
)

// Canonicalise gives what is at file the permissions, times, owner and extended
// attributes of store objects: 0444, or 0555 for directories and what its owner
// may execute; one second after the epoch; ours; none. Nobody must be
// changing it. Devices, sockets and pipes are a [*nar.TypeError], what is too deep
// for an archive is a [*nar.DepthError].
//
// Behaviour: Nix 2.34, posix-fs-canonicalise.cc.
func (st *Store) Canonicalise(ctx context.Context, file string) error {
	parent, err := unix.Open(filepath.Dir(file), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err == nil {
		err = canonicalise(ctx, parent, filepath.Base(file), 1)
		unix.Close(parent)
	}
	return canonError(file, err)
}

// canonError returns the error of making what is at file canonical, which names the
// file below it that it is about.
func canonError(file string, err error) error {
	var inside *treeError
	if errors.As(err, &inside) {
		file, err = filepath.Join(filepath.Dir(file), inside.file), inside.err
	}
	switch err {
	case nil:
		return nil
	case errOddType:
		return &nar.TypeError{File: file}
	case errTooDeep:
		return &nar.DepthError{File: file}
	}
	return fmt.Errorf("canonicalise %s: %w", file, err)
}

var (
	errOddType = errors.New("neither a file nor a directory nor a symbolic link")
	errTooDeep = errors.New("directories are nested too deep")
)

// A treeError says what is wrong with a file in a tree.
type treeError struct {
	file string // relative to the directory that the tree is in
	err  error
}

func (e *treeError) Error() string { return e.file + ": " + e.err.Error() }
func (e *treeError) Unwrap() error { return e.err }

// within returns an error about something in a directory as one of what that is in.
func within(dir string, err error) error {
	var inside *treeError
	if errors.As(err, &inside) {
		return &treeError{dir + "/" + inside.file, inside.err}
	}
	return err
}

// canonicalise does so with what is called name in the directory parent. The
// depth of the object itself is 1.
func canonicalise(ctx context.Context, parent int, name string, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if depth > nar.MaxDepth {
		return &treeError{name, errTooDeep}
	}
	var info unix.Stat_t
	if err := unix.Fstatat(parent, name, &info, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return &treeError{name, err}
	}
	if err := stripAttributes(parent, name); err != nil {
		return &treeError{name, fmt.Errorf("extended attributes: %w", err)}
	}
	if int(info.Uid) != os.Geteuid() {
		if err := unix.Fchownat(parent, name, os.Geteuid(), os.Getegid(), unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return &treeError{name, fmt.Errorf("owner %d: %w", info.Uid, err)}
		}
		info.Mode |= unix.S_ISUID // so that the permissions are set in any case
	}
	switch info.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		mode := uint32(0o444)
		if info.Mode&unix.S_IXUSR != 0 {
			mode = 0o555
		}
		if uint32(info.Mode)&0o7777 != mode {
			if err := chmodAt(parent, name, mode); err != nil {
				return &treeError{name, err}
			}
		}
	case unix.S_IFDIR:
		if err := canonicaliseDir(ctx, parent, name, depth); err != nil {
			return err
		}
	case unix.S_IFLNK:
	default:
		return &treeError{name, errOddType}
	}
	if info.Mtim.Sec != 1 || info.Mtim.Nsec != 0 {
		if err := unix.UtimesNanoAt(parent, name, storeTimes(), unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return &treeError{name, err}
		}
	}
	return nil
}

func canonicaliseDir(ctx context.Context, parent int, name string, depth int) error {
	fd, _, err := openDirWritable(parent, name)
	if err != nil {
		return &treeError{name, err}
	}
	defer unix.Close(fd)
	if err := unix.Fchmod(fd, 0o555); err != nil {
		return &treeError{name, err}
	}
	names, err := readNames(fd)
	if err != nil {
		return &treeError{name, err}
	}
	for _, inside := range names {
		if err := canonicalise(ctx, fd, inside, depth+1); err != nil {
			return within(name, err)
		}
	}
	return nil
}
