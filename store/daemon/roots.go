package daemon

import (
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"time"

	"nixbench/store"
)

// TempRoots keep paths from being collected until they are released. They last
// as long as the connection that they were made on, so each has its own; one
// that breaks is replaced, with all the roots made anew. They are safe for
// concurrent use.
type TempRoots struct {
	st *Store

	busy chan struct{} // held by who uses the fields below
	c    *conn         // nil until the first root
	held map[store.Path]bool
}

// NewTempRoots returns an empty set of temporary roots, which must be released
// in the end.
func (st *Store) NewTempRoots() *TempRoots {
	return &TempRoots{st: st, busy: make(chan struct{}, 1), held: make(map[store.Path]bool)}
}

// Add keeps paths, valid or not, from being collected.
func (t *TempRoots) Add(ctx context.Context, paths ...store.Path) error {
	if err := t.add(ctx, paths); err != nil {
		return fmt.Errorf("add temporary root: %w", err)
	}
	return nil
}

func (t *TempRoots) add(ctx context.Context, paths []store.Path) error {
	select {
	case t.busy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-t.busy }()
	todo := slices.DeleteFunc(slices.Clone(paths), func(p store.Path) bool { return t.held[p] })
	if t.c != nil && (t.c.broken || t.c.gone()) {
		t.c.nc.Close()
		t.c = nil
		for p := range t.held {
			todo = append(todo, p)
		}
	}
	if len(todo) == 0 {
		return nil
	}
	if t.c == nil {
		c, err := t.st.dial(ctx)
		if err != nil {
			return err
		}
		t.c = c
	}
	err := t.st.use(ctx, t.c, func(c *conn) error {
		return c.pipeline(len(todo), func(i int, e *encoder) { e.number(opAddTempRoot).path(todo[i]) },
			func(d *decoder, _ *Error) { d.number() }, nil, t.st.opts.Report, t.st.quick())
	})
	if t.c.broken {
		t.c.nc.Close()
	}
	if err != nil {
		return err
	}
	for _, p := range todo {
		t.held[p] = true
	}
	return nil
}

// Release lets go of the roots. More can be added afterwards.
func (t *TempRoots) Release() error {
	t.busy <- struct{}{}
	defer func() { <-t.busy }()
	if t.c != nil {
		hangUp(t.c.nc)
	}
	t.c = nil
	clear(t.held)
	return nil
}

// hangUpTime is how long a daemon has to notice that a connection ended.
const hangUpTime = time.Second

// hangUp closes a connection once the process of the daemon that served it has ended:
// until then it holds the roots, and a collection begun at once would find them.
func hangUp(nc net.Conn) {
	defer nc.Close()
	half, ok := nc.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil || nc.SetReadDeadline(time.Now().Add(hangUpTime)) != nil {
		return
	}
	io.Copy(io.Discard, nc)
}

// AddTempRoot keeps a path, valid or not, from being collected until
// [Store.ReleaseTempRoots] or Close.
func (st *Store) AddTempRoot(ctx context.Context, p store.Path) error { return st.roots.Add(ctx, p) }

// ReleaseTempRoots lets go of all that [Store.AddTempRoot] keeps, and what was
// added.
func (st *Store) ReleaseTempRoots() error {
	st.drvs.Forget()
	return st.roots.Release()
}

// AddIndirectRoot makes link, the absolute name of a link into the store, a root
// for as long as it is one.
func (st *Store) AddIndirectRoot(ctx context.Context, link string) error {
	if !filepath.IsAbs(link) {
		return fmt.Errorf("add root %s: it is not an absolute name", link)
	}
	return st.ask(ctx, "add root "+link, op(opAddIndirectRoot).text(filepath.Clean(link)), func(d *decoder) { d.number() })
}

// A Root is what a daemon says keeps a path.
type Root struct {
	// Link is a file: the link, a file below /proc; or "{temp:PID}", or
	// "{censored}" if the daemon does not trust us to know.
	Link string
	Path store.Path // need not be valid
}

// FindRoots returns all roots.
func (st *Store) FindRoots(ctx context.Context) (roots []Root, err error) {
	err = st.with(ctx, func(c *conn) error {
		if err := c.request(op(opFindRoots), st.opts.Report, st.long()); err != nil {
			return err
		}
		c.dec.list("a list of roots", maxList, func() {
			roots = append(roots, Root{Link: c.dec.text("a root", maxPath), Path: c.dec.path()})
		})
		return c.dec.err
	})
	if err != nil {
		return nil, fmt.Errorf("find roots: %w", err)
	}
	return roots, nil
}
