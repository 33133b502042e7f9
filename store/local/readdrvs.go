package local

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"nixbench/store"
	"nixbench/store/cores"
	"nixbench/store/drv"
)

// This file reads many derivations at once, as a plan of a hundred thousand does: the
// database is asked about all of them together, and the files are read by as many
// goroutines as there are processors, into buffers that are used again.

// ReadDerivations calls use with the position and the derivation of each of paths, nil for
// one that is not valid: from several goroutines, in no order. A derivation is good until
// use returns, and what is kept of it has to be copied. The error is that of use, or of
// any derivation that cannot be read.
func (st *Store) ReadDerivations(ctx context.Context, paths []store.Path, use func(i int, d *drv.Derivation) error) error {
	valid, err := st.QueryValid(ctx, paths)
	if err != nil {
		return err
	}
	dir, err := unix.Open(st.realDir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("read derivations: %w", &os.PathError{Op: "open", Path: st.realDir, Err: err})
	}
	defer unix.Close(dir)
	const portion = 64 // of paths that a goroutine takes at a time
	var next atomic.Int64
	var failed atomic.Pointer[error]
	read := func() {
		r := &drvReader{st: st, dir: dir}
		at := 0 // where in valid the next one is, if paths are sorted
		for failed.Load() == nil {
			end := int(next.Add(portion))
			for i := end - portion; i < min(end, len(paths)); i++ {
				var d *drv.Derivation
				var err error
				isValid := at < len(valid) && valid[at] == paths[i]
				if !isValid {
					at, isValid = slices.BinarySearch(valid, paths[i])
				}
				if isValid {
					at++
					d, err = r.read(ctx, paths[i])
				}
				if err == nil {
					err = use(i, d)
				}
				if err != nil {
					failed.CompareAndSwap(nil, &err)
					return
				}
			}
			if end >= len(paths) {
				return
			}
		}
	}
	var others sync.WaitGroup
	for range min(cores.Usable(), (len(paths)+portion-1)/portion) - 1 {
		others.Go(read)
	}
	read()
	others.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// A drvReader reads the derivations of a directory one after the other.
type drvReader struct {
	st   *Store
	dir  int
	text bytes.Buffer
	drvs drv.Reader
}

// read is loadDerivation of what is good until the next call.
func (r *drvReader) read(ctx context.Context, p store.Path) (*drv.Derivation, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if d, found := r.st.drvs.Get(p); found {
		return d.Drv, nil
	}
	r.text.Reset()
	if op, err := readAt(r.dir, p.Base(), &r.text); err != nil {
		return nil, fmt.Errorf("read %s: %w", p, &os.PathError{Op: op, Path: r.st.RealPath(p), Err: err})
	}
	d, err := r.drvs.ReadChecked(p, r.text.Bytes())
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p, err)
	}
	return d, nil
}

// readAt appends what a file holds to buf. It does without an [os.File], which costs
// more than to read a small one. The error is an errno, and op what failed.
func readAt(dir int, name string, buf *bytes.Buffer) (op string, err error) {
	fd, err := retry(func() (int, error) { return unix.Openat(dir, name, unix.O_RDONLY|unix.O_CLOEXEC, 0) })
	if err != nil {
		return "open", err
	}
	defer unix.Close(fd)
	for {
		if buf.Available() == 0 {
			buf.Grow(8192)
		}
		room := buf.AvailableBuffer()[:buf.Available()]
		n, err := retry(func() (int, error) { return unix.Read(fd, room) })
		if err != nil || n == 0 {
			return "read", err
		}
		buf.Write(room[:n])
		if n < len(room) { // a file of a store does not grow
			return "", nil
		}
		var info unix.Stat_t
		if err := unix.Fstat(fd, &info); err != nil {
			return "stat", err
		}
		buf.Grow(max(int(info.Size)-buf.Len(), 0) + 1)
	}
}

// retry calls f again for as long as a signal comes in between.
func retry(f func() (int, error)) (int, error) {
	for {
		if n, err := f(); err != unix.EINTR {
			return n, err
		}
	}
}
