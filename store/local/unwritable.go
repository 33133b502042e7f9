package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"nixbench/store"
)

// This file says what is in the way of writing a store, in Nix's words.
// Behaviour: LocalStore::LocalStore and openDB in Nix's local-store.cc.

// An AccessError reports what of a store could not be opened, made or written.
type AccessError struct {
	What    string // that could not be done, with the file
	Err     error
	bigLock bool // whether What is to open the lock that is held as long as a store is open
}

func (e *AccessError) Error() string { return e.What + ": " + e.Err.Error() }

func (e *AccessError) Unwrap() error { return e.Err }

// While returns what may be the cause, "" for no guess.
func (e *AccessError) While() string {
	if !e.bigLock || !errors.Is(e.Err, fs.ErrPermission) {
		return ""
	}
	return "This command may have been run as non-root in a single-user Nix installation,\nor the Nix daemon may have crashed."
}

// accessError returns err, of doing something with a file, as an [AccessError].
func accessError(doing, file string, err error) *AccessError {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return &AccessError{What: doing + " " + store.QuoteFile(file), Err: sysError{err}}
}

// openBigLock opens the lock that every process has, shared, that has the store open.
func (st *Store) openBigLock() (err error) {
	st.bigLock, err = openLock(filepath.Join(st.stateDir, "db", "big-lock"))
	var denied *AccessError
	if errors.As(err, &denied) {
		denied.bigLock = true
	}
	return err
}

// checkDatabaseDir returns an error if no files can be made beside the database, as
// SQLite wants to.
func (st *Store) checkDatabaseDir() error {
	dir := filepath.Join(st.stateDir, "db")
	if err := unix.Access(dir, unix.R_OK|unix.W_OK); err != nil {
		return &AccessError{What: "Nix database directory " + store.QuoteFile(dir) + " is not writable", Err: sysError{err}}
	}
	return nil
}

// makeDir creates a directory of a store, and those that it is in.
func makeDir(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return accessError("creating directory", dir, err)
	}
	return nil
}

// Writable returns an error if the store can only be read.
func (st *Store) Writable() error {
	if st.ReadOnly() {
		return &readOnlyError{st.realDir, unix.Access(st.dbFile(), unix.W_OK)}
	}
	return nil
}

// A readOnlyError reports that a store was opened for reading. It is one for which
// errors.Is(err, [syscall.EROFS]).
type readOnlyError struct {
	realDir string
	cause   error // why the database cannot be written; nil if it could
}

func (e *readOnlyError) Error() string {
	why := "attempt to write a readonly database"
	if e.cause != nil {
		why = store.Capital(e.cause.Error())
	}
	return fmt.Sprintf("store %s can only be read: %s", e.realDir, why)
}

func (*readOnlyError) Unwrap() error { return syscall.EROFS }
