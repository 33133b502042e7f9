package daemon

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"time"

	"nixbench/store"
	"nixbench/store/pending"
)

// Options say which daemon serves a store and how to use it.
type Options struct {
	// URI is what the store is called in errors: "daemon", "unix:///run/nix.sock".
	URI string
	// Dir is the logical store directory, by default [store.DefaultDir].
	Dir store.Dir
	// RealDir is where the objects are on this machine; the default is Dir.
	RealDir string
	// Socket is where the daemon listens. Dial, if not nil, connects instead.
	Socket string
	Dial   func(ctx context.Context) (net.Conn, error)
	// Settings are told to the daemon.
	Settings Settings
	// MaxConnections is how many connections serve short requests at once, by
	// default 4. Builds and roots have their own.
	MaxConnections int
	// Patience is how long a daemon may be silent in the middle of an answer,
	// and before the answer to what takes no time; the default is two minutes.
	// What takes time is waited for until it is cancelled.
	Patience time.Duration
	// Report, if not nil, is told what the daemon says during short requests.
	// It is called from several goroutines.
	Report func(*Message)
}

// Settings are those of nix.conf that a daemon takes from its clients. A daemon
// that does not trust us passes over most Overrides, and says so.
type Settings struct {
	KeepFailed, KeepGoing, Fallback bool
	Verbosity                       uint64 // 3 is usual, 0 only errors
	MaxJobs, MaxSilent, Cores       uint64
	Substitute                      bool
	Overrides                       map[string]string
}

// A Store is the store that a daemon serves. It is safe for concurrent use.
type Store struct {
	opts  Options
	slots chan struct{} // one for each connection in use
	drvs  pending.Batch
	roots *TempRoots

	mu     sync.Mutex // mu guards the fields below
	idle   []*conn
	closed bool
}

// New returns the store that a daemon serves. It does not connect yet.
func New(opts Options) *Store {
	opts.Dir = cmp.Or(opts.Dir, store.DefaultDir)
	opts.RealDir = cmp.Or(opts.RealDir, string(opts.Dir))
	opts.MaxConnections = max(cmp.Or(opts.MaxConnections, 4), 1)
	opts.Patience = cmp.Or(opts.Patience, 2*time.Minute)
	opts.URI = cmp.Or(opts.URI, "unix://"+opts.Socket)
	if opts.Dial == nil {
		opts.Dial = func(ctx context.Context) (net.Conn, error) { return dial(ctx, opts.Socket) }
	}
	st := &Store{opts: opts, slots: make(chan struct{}, opts.MaxConnections)}
	st.roots = st.NewTempRoots()
	return st
}

// Connect returns what the daemon says about itself, and an error if there is
// none that can be used.
func (st *Store) Connect(ctx context.Context) (info Info, err error) {
	err = st.with(ctx, func(c *conn) error {
		info = c.info
		return nil
	})
	return info, err
}

// Close lets go of the daemon. Derivations that were not flushed are lost.
func (st *Store) Close() error {
	st.mu.Lock()
	st.closed = true
	st.mu.Unlock()
	return st.ReleaseConnections()
}

// ReleaseConnections closes the connections that are not in use, and with them
// ends what the daemon keeps for them: temporary roots, also those of paths that
// were added.
func (st *Store) ReleaseConnections() error {
	st.mu.Lock()
	idle := st.idle
	st.idle = nil
	st.mu.Unlock()
	for _, c := range idle {
		c.nc.Close()
	}
	return st.ReleaseTempRoots()
}

// Dir returns the store directory that all paths begin with.
func (st *Store) Dir() store.Dir { return st.opts.Dir }

// RealDir returns the directory that the objects are in.
func (st *Store) RealDir() string { return st.opts.RealDir }

// RealPath returns where the files of p are, for reading them. It does not look
// whether p is valid. For a derivation that was added, see [Store.Flush].
func (st *Store) RealPath(p store.Path) string { return filepath.Join(st.opts.RealDir, p.Base()) }

// quick is the patience with what takes no time, long that with what does.
func (st *Store) quick() patience {
	return patience{part: st.opts.Patience, answer: st.opts.Patience}
}

func (st *Store) long() patience { return patience{part: st.opts.Patience} }

// with calls f with a connection that nobody else uses, and which goes on to
// the next user if f leaves it where a request can begin: if it returns nil or
// the daemon's error. If ctx ends, f fails at once.
func (st *Store) with(ctx context.Context, f func(*conn) error) error {
	select {
	case st.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-st.slots }()
	c, err := st.take(ctx)
	if err != nil {
		return err
	}
	err = st.use(ctx, c, f)
	st.give(c)
	return err
}

// use calls f with a connection.
func (st *Store) use(ctx context.Context, c *conn, f func(*conn) error) error {
	release := c.guard(ctx)
	err := f(c)
	if ended := release(); ended != nil {
		return ended
	}
	var failure *Error
	if err == nil {
		err = c.dec.err
	}
	if err != nil && !errors.As(err, &failure) {
		c.broken = true
		return explain(err)
	}
	return err
}

// take returns an idle connection or a new one.
func (st *Store) take(ctx context.Context) (*conn, error) {
	for {
		c, err := st.takeIdle()
		switch {
		case err != nil:
			return nil, err
		case c == nil:
			return st.dial(ctx)
		case !c.gone():
			return c, nil
		}
		c.nc.Close()
	}
}

// takeIdle returns an idle connection, which the daemon may have closed; nil if there is none.
func (st *Store) takeIdle() (*conn, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.closed {
		return nil, errUsed
	}
	n := len(st.idle)
	if n == 0 {
		return nil, nil
	}
	c := st.idle[n-1]
	st.idle = st.idle[:n-1]
	return c, nil
}

// give keeps a connection for the next who needs one.
func (st *Store) give(c *conn) {
	st.mu.Lock()
	isKept := !c.broken && !st.closed
	if isKept {
		st.idle = append(st.idle, c)
	}
	st.mu.Unlock()
	if !isKept {
		c.nc.Close()
	}
}

// ask makes a short request and reads its result.
func (st *Store) ask(ctx context.Context, what string, e *encoder, result func(*decoder)) error {
	err := st.with(ctx, func(c *conn) error {
		if err := c.request(e, st.opts.Report, st.quick()); err != nil {
			return err
		}
		result(&c.dec)
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// setOptions is the request that tells the daemon settings.
func (st *Store) setOptions(s Settings) *encoder {
	e := op(opSetOptions).flag(s.KeepFailed).flag(s.KeepGoing).flag(s.Fallback).number(s.Verbosity).
		number(s.MaxJobs).number(s.MaxSilent).number(1).
		number(levelVomit). // whose builds print their logs as they are: nobody's, they come as results
		number(0).number(0).number(s.Cores).flag(s.Substitute)
	e.number(uint64(len(s.Overrides)))
	for _, name := range sortedKeys(s.Overrides) {
		e.text(name).text(s.Overrides[name])
	}
	return e
}
