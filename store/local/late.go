package local

import (
	"context"
	"sync"

	"golang.org/x/sys/unix"
	"zombiezen.com/go/sqlite"
)

// A lateDatabase is a database that may be opened only when it is needed: to open one
// and to close it takes longer than to evaluate a small expression. It is safe for
// concurrent use.
type lateDatabase struct {
	readOnly bool

	mu   sync.Mutex // mu guards the fields below
	open func() (*database, error)
	db   *database // nil while it is not opened
	err  error     // of open, or errClosed
}

// get returns the database. What could not be opened is not tried again.
func (l *lateDatabase) get() (*database, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.db == nil && l.err == nil {
		l.db, l.err = l.open()
	}
	return l.db, l.err
}

// query is [database.query].
func (l *lateDatabase) query(ctx context.Context, f func(*sqlite.Conn) error) error {
	db, err := l.get()
	if err != nil {
		return err
	}
	return db.query(ctx, f)
}

// snapshot is [database.snapshot].
func (l *lateDatabase) snapshot(ctx context.Context, f func(*sqlite.Conn) error) error {
	db, err := l.get()
	if err != nil {
		return err
	}
	return db.snapshot(ctx, f)
}

// write is [database.write].
func (l *lateDatabase) write(ctx context.Context, f func(*sqlite.Conn) error) error {
	db, err := l.get()
	if err != nil {
		return err
	}
	return db.write(ctx, f)
}

// sync is [database.sync]. What was not opened has nothing to make durable.
func (l *lateDatabase) sync() error {
	l.mu.Lock()
	db := l.db
	l.mu.Unlock()
	if db == nil {
		return nil
	}
	return db.sync()
}

// close is [database.close].
func (l *lateDatabase) close() error {
	l.mu.Lock()
	db := l.db
	l.db, l.err = nil, errClosed
	l.mu.Unlock()
	if db == nil {
		return nil
	}
	return db.close()
}

// mayWait reports whether opening the database can wait: it is there, this process has
// the rights to it, and it has the schema that it should have.
func (st *Store) mayWait() bool {
	number, err := st.schemaFile()
	if err != nil || checkSchema(number) != nil || lookAt(st.dbFile()) != nil {
		return false
	}
	mode := uint32(unix.R_OK)
	if !st.db.readOnly {
		mode |= unix.W_OK
	}
	return unix.Access(st.dbFile(), mode) == nil
}
