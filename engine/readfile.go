package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"nixbench/engine/eval"
	"nixbench/engine/heap"
)

// This file reads files, as long as somebody waits for them and there is room.

// readPiece is how many bytes are read between two looks at whether the reading
// was cancelled.
const readPiece = 4 << 20

// ReadSource appends the text that a name stands for, and returns the file that it
// is in: of a directory, its default.nix.
func ReadSource(ctx context.Context, buf []byte, name string) (file string, text []byte, err error) {
	file, err = followSource(name)
	if err == nil {
		text, err = appendFile(ctx, buf, file)
	}
	if errors.Is(err, unix.EISDIR) {
		file = filepath.Join(file, "default.nix")
		text, err = appendFile(ctx, buf, file)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENOTDIR):
		err = fmt.Errorf("path '%s' does not exist", file)
	case errors.Is(err, eval.ErrNotRegular):
		err = errors.New(eval.NoFile(file).Plain())
	case errors.Is(err, unix.ELOOP):
		err = fmt.Errorf("infinite symlink recursion in path '%s'", filepath.Dir(file))
	}
	return file, text, err
}

// followSource returns the file that symbolic links at the end of a name lead to,
// so that relative paths in it start where it is. Behaviour: resolveExprPath in
// Nix's eval.cc.
func followSource(name string) (string, error) {
	for range maxSourceLinks {
		target, err := os.Readlink(name)
		switch {
		case errors.Is(err, unix.EINVAL): // it is no link
			return name, nil
		case err != nil:
			return name, err
		case filepath.IsAbs(target):
			name = filepath.Clean(target)
		default:
			name = filepath.Join(filepath.Dir(name), target)
		}
	}
	return name, fmt.Errorf("too many symbolic links encountered while traversing the path '%s'", name)
}

// maxSourceLinks is Nix's limit of 1024, in which it counts the name itself.
const maxSourceLinks = 1024 - 1

// appendFile appends the contents of a file. An evaluation reads thousands of them,
// so it does with four system calls, where an os.File takes twice as many. As Nix, it
// reads as many bytes as the file says that it has: none in /proc.
func appendFile(ctx context.Context, buf []byte, file string) ([]byte, error) {
	fd, err := retry(func() (int, error) { return unix.Open(file, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0) })
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: file, Err: err}
	}
	defer unix.Close(fd)
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, &fs.PathError{Op: "stat", Path: file, Err: err}
	}
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFDIR:
		return nil, &fs.PathError{Op: "read", Path: file, Err: unix.EISDIR}
	default: // what it says has no end that is known
		return nil, &fs.PathError{Op: "read", Path: file, Err: eval.ErrNotRegular}
	}
	if buf, err = roomForFile(buf, file, st.Size); err != nil {
		return nil, err
	}
	for end := len(buf) + int(st.Size); len(buf) < end; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		room := buf[len(buf):min(end, len(buf)+readPiece)]
		n, err := retry(func() (int, error) { return unix.Read(fd, room) })
		if err == nil && n == 0 {
			err = io.ErrUnexpectedEOF // it has been made shorter
		}
		if err != nil {
			return nil, &fs.PathError{Op: "read", Path: file, Err: err}
		}
		buf = buf[:len(buf)+n]
	}
	return buf, nil
}

// roomForFile returns buf with room for the size bytes of a file.
func roomForFile(buf []byte, file string, size int64) ([]byte, error) {
	if size >= largeFile {
		if free, ok := heap.Room(size); !ok {
			return nil, fmt.Errorf("out of memory: file '%s' has %d MiB, and %d MiB can be had", file, size>>20, free>>20)
		}
	}
	need := len(buf) + int(size)
	if need <= cap(buf) {
		return buf, nil
	}
	if need < 1<<20 {
		// Whoever reads file after file into buf need not grow it each time.
		need = 1 << bits.Len(uint(need))
	}
	return append(make([]byte, 0, need), buf...), nil
}

// largeFile is how many bytes have to be asked for before they are read.
const largeFile = 64 << 20

// retry makes a system call again as long as signals interrupt it.
func retry(call func() (int, error)) (n int, err error) {
	for {
		if n, err = call(); err != unix.EINTR {
			return n, err
		}
	}
}
