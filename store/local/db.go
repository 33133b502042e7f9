package local

// This file owns the connections to the database: one that writes, used by one
// goroutine at a time, and as many that read as there are readers at once.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"nixbench/store"
)

// ErrCorrupt reports that the database of a store is damaged.
var ErrCorrupt = errors.New("the database is corrupt")

// errClosed reports that a store is used after Close.
var errClosed = errors.New("the store is closed")

// maxIdle is how many reading connections are kept open for the next reader.
const maxIdle = 4

// A database is the connections to db.sqlite. It is safe for concurrent use.
type database struct {
	file   string // db.sqlite
	writer chan *sqlite.Conn
	closed chan struct{}

	readOnly bool
	syncMode SyncMode
	unlogged bool        // there is no write-ahead log to keep
	unsynced atomic.Bool // something was committed that a crash of the machine may undo

	renewing sync.Mutex // by one at a time: see renew

	mu sync.Mutex // mu guards the fields below
	// immutable means that SQLite takes the file for one that nobody writes:
	// the only way to read without rights to the directory when the files of
	// the write-ahead log are missing.
	immutable bool
	stamp     stamp // when it was found to be so
	idle      []*sqlite.Conn
	// using has the connections for reading that are in use: false for those that
	// are not to be used again.
	using map[*sqlite.Conn]bool
}

// openDatabase opens file, for writing unless readOnly. It must exist unless
// create.
func openDatabase(file string, create, readOnly bool, mode SyncMode) (*database, error) {
	db := &database{file: file, readOnly: readOnly, syncMode: mode, writer: make(chan *sqlite.Conn, 1), closed: make(chan struct{}), using: make(map[*sqlite.Conn]bool)}
	if !create {
		if err := lookAt(file); err != nil {
			return nil, err
		}
	}
	if readOnly {
		return db, db.probe()
	}
	flags, access := sqlite.OpenReadWrite|sqlite.OpenURI, "rw"
	if create {
		flags, access = flags|sqlite.OpenCreate, "rwc"
	}
	c, err := sqlite.OpenConn(db.uri(access), flags)
	if err != nil {
		return nil, db.explain(err)
	}
	if err := db.prepareWriter(c); err != nil {
		c.Close()
		return nil, db.explain(err)
	}
	db.writer <- c
	return db, nil
}

// lookAt returns an error if there is no database in the file, where there has
// been one: opened, it would become a new one.
func lookAt(file string) error {
	switch info, err := os.Stat(file); {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: %w (the file is missing)", file, ErrCorrupt)
	case err == nil && info.Size() == 0:
		return fmt.Errorf("%s: %w (the file is empty)", file, ErrCorrupt)
	}
	return nil
}

// prepareWriter sets what a connection needs before it may write.
func (db *database) prepareWriter(c *sqlite.Conn) error {
	synchronous := "pragma synchronous = normal"
	if db.syncMode == SyncNone {
		synchronous = "pragma synchronous = off"
	}
	for _, pragma := range []string{
		"pragma foreign_keys = 1",
		synchronous,
		"pragma main.journal_mode = wal",
		"pragma main.journal_size_limit = 1099511627776",
		"pragma wal_autocheckpoint = 40000",
	} {
		if err := sqlitex.ExecuteTransient(c, pragma, nil); err != nil {
			return err
		}
	}
	return nil
}

// uri returns the name of the file for SQLite.
func (db *database) uri(mode string) string {
	query := "mode=" + mode
	if db.immutable {
		query = "immutable=1"
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: db.file, RawQuery: query}
	return u.String()
}

// reader takes a connection for reading.
func (db *database) reader() (*sqlite.Conn, error) {
	db.mu.Lock()
	defer db.mu.Unlock()
	select {
	case <-db.closed:
		return nil, errClosed
	default:
	}
	if n := len(db.idle); n > 0 {
		c := db.idle[n-1]
		db.idle = db.idle[:n-1]
		db.using[c] = true
		return c, nil
	}
	// Even for reading, the memory that connections share must be writable.
	flags := sqlite.OpenReadWrite | sqlite.OpenURI
	mode := "rw"
	if db.readOnly {
		flags, mode = sqlite.OpenReadOnly|sqlite.OpenURI, "ro"
	}
	c, err := sqlite.OpenConn(db.uri(mode), flags)
	if err == nil {
		db.using[c] = true
	}
	return c, err
}

// giveBack returns a connection that reader gave.
func (db *database) giveBack(c *sqlite.Conn) {
	db.mu.Lock()
	defer db.mu.Unlock()
	mayStay := db.using[c]
	delete(db.using, c)
	select {
	case <-db.closed:
	default:
		if mayStay && len(db.idle) < maxIdle {
			db.idle = append(db.idle, c)
			return
		}
	}
	c.Close()
}

// query calls f with a connection that reads. Each statement of f may see
// another state. See [database.look].
func (db *database) query(ctx context.Context, f func(*sqlite.Conn) error) error {
	return db.look(ctx, func() error { return db.queryOnce(f) })
}

// look calls read, which reads, until what it reads counts: what was read of a database
// that is taken for one that nobody writes, while somebody did, does not. So read may be
// called again, and only what it does last counts.
func (db *database) look(ctx context.Context, read func() error) error {
	for {
		before, err := db.renew()
		if err != nil {
			return err
		}
		err = read()
		isSame, stampErr := db.isStill(before)
		if isSame || stampErr != nil {
			return cmp.Or(stampErr, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func (db *database) queryOnce(f func(*sqlite.Conn) error) error {
	c, err := db.reader()
	if err != nil {
		return db.explain(err)
	}
	defer db.giveBack(c)
	return db.explain(f(c))
}

// snapshot calls f with a connection that reads one state of the database,
// and stops reading when ctx is done. See [database.look].
func (db *database) snapshot(ctx context.Context, f func(*sqlite.Conn) error) error {
	return db.look(ctx, func() error { return db.snapshotOnce(ctx, f) })
}

func (db *database) snapshotOnce(ctx context.Context, f func(*sqlite.Conn) error) error {
	return db.queryOnce(func(c *sqlite.Conn) error {
		c.SetInterrupt(ctx.Done())
		defer c.SetInterrupt(nil)
		err := execute(c, "begin")
		if err == nil {
			err = f(c)
		}
		c.SetInterrupt(nil)
		if !c.AutocommitEnabled() {
			err = errors.Join(err, execute(c, "rollback"))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	})
}

// forget closes the connections for reading, those in use when they are given back.
func (db *database) forget() {
	db.mu.Lock()
	defer db.mu.Unlock()
	for _, c := range db.idle {
		c.Close()
	}
	db.idle = nil
	for c := range db.using {
		db.using[c] = false
	}
}

// write calls f in a transaction, which it commits if f returns nil. Waiting
// for other writers and f end when ctx is done; committing does not.
func (db *database) write(ctx context.Context, f func(*sqlite.Conn) error) error {
	if db.readOnly {
		return fmt.Errorf("write %s: %w", db.file, syscall.EROFS)
	}
	var c *sqlite.Conn
	select {
	case c = <-db.writer:
	case <-db.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { db.writer <- c }()
	c.SetInterrupt(ctx.Done())
	err := execute(c, "begin immediate")
	if err == nil {
		err = f(c)
	}
	c.SetInterrupt(nil)
	if err == nil {
		err = execute(c, "commit")
	}
	if err == nil {
		db.unsynced.Store(true)
		return nil
	}
	if !c.AutocommitEnabled() {
		err = errors.Join(err, execute(c, "rollback"))
	}
	if ctx.Err() != nil && sqlite.ErrCode(err).ToPrimary() == sqlite.ResultInterrupt {
		return ctx.Err()
	}
	return db.explain(err)
}

// sync makes all that was committed durable.
func (db *database) sync() error {
	if db.syncMode == SyncNone || !db.unsynced.Swap(false) {
		return nil
	}
	err := db.syncLog()
	if err != nil {
		db.unsynced.Store(true)
	}
	return err
}

func (db *database) syncLog() error {
	f, err := os.Open(db.file + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// unlog puts what is in the write-ahead log into the database and does without one from
// then on. Nothing else may use the database.
func (db *database) unlog() error {
	c := <-db.writer
	defer func() { db.writer <- c }()
	db.forget()
	db.unlogged = true
	return db.explain(sqlitex.ExecuteTransient(c, "pragma main.journal_mode = delete", nil))
}

// close closes all connections. Those in use are waited for if they write and
// closed by giveBack if they read.
func (db *database) close() error {
	keeper := db.keepLog()
	var err error
	if !db.readOnly {
		c := <-db.writer
		err = c.Close()
	}
	db.mu.Lock()
	close(db.closed)
	db.mu.Unlock()
	db.forget()
	if keeper != nil {
		err = errors.Join(err, keeper.Close())
	}
	return err
}

// explain turns SQLite's errors into ones that callers know.
func (db *database) explain(err error) error {
	switch code := sqlite.ErrCode(err); code.ToPrimary() {
	case sqlite.ResultCorrupt, sqlite.ResultNotADB:
		return fmt.Errorf("%s: %w (%v)", db.file, ErrCorrupt, code)
	case sqlite.ResultFull:
		return fmt.Errorf("write %s: %w", db.file, syscall.ENOSPC)
	case sqlite.ResultCantOpen:
		return &AccessError{What: "cannot open SQLite database " + store.QuoteFile(db.file), Err: errors.New("unable to open database file")}
	case sqlite.ResultIOErr, sqlite.ResultReadOnly:
		return fmt.Errorf("use %s: %w", db.file, err)
	default:
		return err
	}
}
