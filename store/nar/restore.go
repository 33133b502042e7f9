package nar

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// RestoreOptions bounds a Restore. The zero value sets no bounds.
type RestoreOptions struct {
	// MaxSize is the most bytes of archive that are read, 0 for any number.
	// A store that was promised a size sets it, so that a lie fills no disk.
	MaxSize int64
	// OwnModes leaves the permissions, times and access control lists that new
	// files have: for a copy that is to be worked with.
	OwnModes bool
}

// Restore creates the file system object at dest from the archive in r, which
// is read as by [NewReader]. Dest must not exist, and its directory must.
//
// The new object has the metadata that all objects in a store have: mode 0444
// or, for directories and executable files, 0555; modification time one second
// after the epoch; no access control lists.
//
// Nothing outside dest is touched, whatever r holds and whoever else writes
// below dest: each object is made by its name in its directory, which is held
// open, and never follows a link. If it fails, what has been made stays.
func Restore(r io.Reader, dest string, opts RestoreOptions) error {
	if err := restore(r, dest, opts); err != nil {
		return fmt.Errorf("restore %s: %w", dest, err)
	}
	return nil
}

func restore(r io.Reader, dest string, opts RestoreOptions) (err error) {
	dest = filepath.Clean(dest)
	fd, err := openRetry(filepath.Dir(dest), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC)
	if err != nil {
		return &fs.PathError{Op: "open", Path: filepath.Dir(dest), Err: err}
	}
	rs := &restorer{
		r:        NewReader(r),
		own:      opts.OwnModes,
		dirs:     []restoreDir{{fd: fd}},
		inherits: inheritsACL(fd),
	}
	defer func() {
		for _, d := range rs.dirs {
			unix.Close(d.fd)
		}
	}()
	for {
		h, err := rs.r.Next()
		if err == io.EOF {
			return rs.leaveTo(1)
		}
		if err != nil {
			return err
		}
		depth, name := 1, filepath.Base(dest)
		if h.Path != "" {
			depth = 2 + strings.Count(h.Path, "/")
			name = h.Path[strings.LastIndexByte(h.Path, '/')+1:]
		}
		if err := rs.leaveTo(depth); err != nil {
			return err
		}
		if opts.MaxSize > 0 && h.Size > opts.MaxSize-rs.r.Offset() {
			return fmt.Errorf("archive is longer than %d bytes", opts.MaxSize)
		}
		if err := rs.create(name, h); err != nil {
			return &CreateError{File: filepath.Join(dest, h.Path), Type: h.Type, Target: h.Target, Err: err}
		}
		if opts.MaxSize > 0 && rs.r.Offset() > opts.MaxSize {
			return fmt.Errorf("archive is longer than %d bytes", opts.MaxSize)
		}
	}
}

// A CreateError reports that an object of an archive could not be made.
type CreateError struct {
	File   string
	Type   Type
	Target string // of a symbolic link
	Err    error
}

func (e *CreateError) Error() string { return fmt.Sprintf("create %s: %v", e.File, e.Err) }

// Unwrap returns what the system said.
func (e *CreateError) Unwrap() error { return e.Err }

// restoreDir is a directory whose entries are being made. The first is the one
// that dest is in, which is not ours.
type restoreDir struct {
	fd   int
	name string // in the directory before
}

type restorer struct {
	r        *Reader
	dirs     []restoreDir
	own      bool // see RestoreOptions.OwnModes
	inherits bool // new files come with access control lists
	buf      []byte
}

// leaveTo finishes directories until n are open.
func (rs *restorer) leaveTo(n int) error {
	for len(rs.dirs) > n {
		top := rs.dirs[len(rs.dirs)-1]
		rs.dirs = rs.dirs[:len(rs.dirs)-1]
		err := rs.finish(top.fd, 0o555, top.name)
		unix.Close(top.fd)
		if err != nil {
			return &fs.PathError{Op: "finish", Path: top.name, Err: err}
		}
	}
	return nil
}

// parent returns the directory that objects are made in.
func (rs *restorer) parent() int { return rs.dirs[len(rs.dirs)-1].fd }

func (rs *restorer) create(name string, h *Header) error {
	dir := rs.parent()
	switch h.Type {
	case Regular:
		return rs.regular(name, h)
	case Symlink:
		if err := unix.Symlinkat(h.Target, dir, name); err != nil {
			return err
		}
		if rs.own {
			return nil
		}
		return setTime(dir, name)
	case Directory:
		mode := uint32(0o700)
		if rs.own {
			mode = 0o777
		}
		if err := unix.Mkdirat(dir, name, mode); err != nil {
			return err
		}
		fd, err := unix.Openat(dir, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		rs.dirs = append(rs.dirs, restoreDir{fd, name})
		return nil
	}
	return fmt.Errorf("unknown file type %q", h.Type)
}

func (rs *restorer) regular(name string, h *Header) (err error) {
	fd, err := unix.Openat(rs.parent(), name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, rs.newMode(h.Executable))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unix.Close(fd)) }()
	if int64(len(rs.buf)) < min(largeBuffer, h.Size) {
		rs.buf = make([]byte, min(largeBuffer, max(smallBuffer, h.Size)))
	}
	for left := h.Size; left > 0; {
		n, err := rs.r.Read(rs.buf[:min(left, int64(len(rs.buf)))])
		if err != nil {
			return err
		}
		if err := writeAll(fd, rs.buf[:n]); err != nil {
			return err
		}
		left -= int64(n)
	}
	mode := uint32(0o444)
	if h.Executable {
		mode = 0o555
	}
	return rs.finish(fd, mode, name)
}

// newMode returns the permissions that a file is made with.
func (rs *restorer) newMode(executable bool) uint32 {
	switch {
	case !rs.own:
		return 0o600
	case executable:
		return 0o777
	}
	return 0o666
}

// finish gives the file or directory fd, named name in the parent, its
// metadata.
func (rs *restorer) finish(fd int, mode uint32, name string) error {
	if rs.own {
		return nil
	}
	if rs.inherits {
		if err := removeACL(fd); err != nil {
			return err
		}
	}
	if err := unix.Fchmod(fd, mode); err != nil {
		return err
	}
	return setTime(rs.parent(), name)
}

func writeAll(fd int, b []byte) error {
	for len(b) > 0 {
		n, err := unix.Write(fd, b)
		if err != nil && err != unix.EINTR {
			return err
		}
		b = b[max(0, n):]
	}
	return nil
}
