package nar

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Filter says of a file system object below the dumped one whether it is to be
// dumped. Path is the dumped file's path joined with names below it; typ is
// "regular", "directory", "symlink" or "unknown".
type Filter = func(path, typ string) (bool, error)

// Dump writes the archive of the file system object at file to w. Links are
// not followed. A nil filter dumps all; its errors are wrapped. Sockets,
// devices and pipes that the filter does not leave out are a [*TypeError], what is
// too deep is a [*DepthError], and a file that becomes shorter meanwhile is an error.
func Dump(w io.Writer, file string, filter Filter) error {
	d := &dumper{enc: newEncoder(w), filter: filter}
	defer d.enc.release()
	d.enc.strings(magic)
	info, err := os.Lstat(file)
	if err == nil {
		err = d.object(file, info.Mode().Type(), 1)
	}
	if err == nil {
		d.enc.flush()
		err = d.enc.err
	}
	if err != nil {
		return fmt.Errorf("dump %s: %w", file, err)
	}
	return nil
}

// DumpContents writes the archive of a regular file that is not executable.
func DumpContents(w io.Writer, contents []byte) error {
	enc := newEncoder(w)
	defer enc.release()
	enc.strings(magic)
	enc.header(&Header{Type: Regular, Size: int64(len(contents))})
	enc.write(contents)
	enc.pad(int64(len(contents)))
	enc.strings(")")
	enc.flush()
	return enc.err
}

type dumper struct {
	enc    *encoder
	filter Filter
}

// object dumps what is at file. The depth of the root is 1; at most MaxDepth
// calls nest.
func (d *dumper) object(file string, mode fs.FileMode, depth int) error {
	if depth > MaxDepth {
		return &DepthError{file}
	}
	switch {
	case mode.IsRegular():
		return d.regular(file)
	case mode == fs.ModeSymlink:
		target, err := os.Readlink(file)
		if err != nil {
			return err
		}
		if err := checkTarget(target); err != nil {
			return fmt.Errorf("%s: %v", file, err)
		}
		d.enc.header(&Header{Type: Symlink, Target: target})
		return d.enc.err
	case mode == fs.ModeDir:
		return d.directory(file, depth)
	}
	return &TypeError{file}
}

// A TypeError says that a file is neither regular, nor a directory, nor a
// symbolic link.
type TypeError struct{ File string }

func (e *TypeError) Error() string { return e.File + " has an unsupported type" }

// A DepthError says that a file is deeper in what is dumped than an archive may be.
type DepthError struct{ File string }

func (e *DepthError) Error() string {
	return fmt.Sprintf("%s: directories nest deeper than %d", e.File, MaxDepth)
}

// Message says so in Nix's words.
func (e *DepthError) Message() string {
	return fmt.Sprintf("path '%s' exceeds maximum NAR directory depth of %d", e.File, MaxDepth)
}

func (d *dumper) directory(file string, depth int) error {
	entries, err := os.ReadDir(file) // sorted by name
	if err != nil {
		return err
	}
	d.enc.header(&Header{Type: Directory})
	for _, entry := range entries {
		child := join(file, entry.Name())
		if d.filter != nil {
			ok, err := d.filter(child, typeName(entry.Type()))
			if err != nil {
				return fmt.Errorf("filter %s: %w", child, err)
			}
			if !ok {
				continue
			}
		}
		d.enc.entry(entry.Name())
		if err := d.object(child, entry.Type(), depth+1); err != nil {
			return err
		}
		d.enc.strings(")")
	}
	d.enc.strings(")")
	return d.enc.err
}

// regular dumps a file through a descriptor of its own: package os would ask
// the kernel twice as much for each.
func (d *dumper) regular(file string) error {
	// O_NONBLOCK is for the file that has become a pipe since it was listed.
	fd, err := openRetry(file, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC|unix.O_NONBLOCK)
	if err != nil {
		return &fs.PathError{Op: "open", Path: file, Err: err}
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return &fs.PathError{Op: "stat", Path: file, Err: err}
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return fmt.Errorf("%s has changed its type", file)
	}
	d.enc.header(&Header{Type: Regular, Size: st.Size, Executable: st.Mode&unix.S_IXUSR != 0})
	d.enc.read(fdReader(fd), st.Size)
	if errors.Is(d.enc.err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%s became shorter", file)
	}
	d.enc.pad(st.Size)
	d.enc.strings(")")
	if d.enc.err != nil {
		return fmt.Errorf("%s: %w", file, d.enc.err)
	}
	return nil
}

// join is path.Join for a name that is clean.
func join(dir, name string) string {
	if dir == "/" {
		return dir + name
	}
	return dir + "/" + name
}

func typeName(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return string(Regular)
	case mode == fs.ModeDir:
		return string(Directory)
	case mode == fs.ModeSymlink:
		return string(Symlink)
	}
	return "unknown"
}

// fdReader reads from a file descriptor.
type fdReader int

func (fd fdReader) Read(b []byte) (int, error) {
	for {
		n, err := unix.Read(int(fd), b)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return 0, err
		case n == 0 && len(b) > 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

func openRetry(file string, flags int) (fd int, err error) {
	for {
		fd, err = unix.Open(file, flags, 0)
		if err != unix.EINTR {
			return fd, err
		}
	}
}
