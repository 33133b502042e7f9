package local

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"nixbench/store"
	"nixbench/store/drv"
)

// This file reads many derivations at once, as a plan of a hundred thousand does: the
// database is asked about all of them together, and the files are read by as many
// goroutines as there are processors, into buffers that are used again.

// ReadDerivations returns the derivations at paths, in that order; nil stands for one
// that is not valid. Of several that cannot be read it tells of any one.
func (st *Store) ReadDerivations(ctx context.Context, paths []store.Path) ([]*drv.Derivation, error) {
	valid, err := st.QueryValid(ctx, paths)
	if err != nil {
		return nil, err
	}
	dir, err := unix.Open(st.realDir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("read derivations: %w", &os.PathError{Op: "open", Path: st.realDir, Err: err})
	}
	defer unix.Close(dir)
	const portion = 64 // of paths that a goroutine takes at a time
	drvs := make([]*drv.Derivation, len(paths))
	var next atomic.Int64
	var failed atomic.Pointer[error]
	read := func() {
		var buf bytes.Buffer
		for failed.Load() == nil {
			end := int(next.Add(portion))
			for i := end - portion; i < min(end, len(paths)); i++ {
				if _, ok := slices.BinarySearch(valid, paths[i]); !ok {
					continue
				}
				d, err := st.derivationIn(ctx, dir, paths[i], &buf)
				if err != nil {
					failed.CompareAndSwap(nil, &err)
					return
				}
				drvs[i] = d
			}
			if end >= len(paths) {
				return
			}
		}
	}
	var others sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (len(paths)+portion-1)/portion) - 1 {
		others.Go(read)
	}
	read()
	others.Wait()
	if err := failed.Load(); err != nil {
		return nil, *err
	}
	return drvs, nil
}

// derivationIn is loadDerivation of what is in the directory dir. Buf is for it to
// use.
func (st *Store) derivationIn(ctx context.Context, dir int, p store.Path, buf *bytes.Buffer) (*drv.Derivation, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if d, found := st.drvs.Get(p); found {
		return d.Drv, nil
	}
	buf.Reset()
	if op, err := readAt(dir, p.Base(), buf); err != nil {
		return nil, fmt.Errorf("read %s: %w", p, &os.PathError{Op: op, Path: st.RealPath(p), Err: err})
	}
	d, err := drv.ParseChecked(p, buf.Bytes())
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
		buf.Grow(4096)
		n, err := retry(func() (int, error) { return unix.Read(fd, buf.AvailableBuffer()[:buf.Available()]) })
		if err != nil || n == 0 {
			return "read", err
		}
		buf.Write(buf.AvailableBuffer()[:n])
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
