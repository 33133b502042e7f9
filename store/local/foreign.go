package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
	"zombiezen.com/go/sqlite"
)

// This file reads databases that are not ours to write. SQLite reads one with its log,
// for which there have to be files that only who may write can make. Without them it
// takes a database for one that nobody writes, and reads neither what is written to it
// meanwhile nor, once there is one again, its log; so that is looked at here.

// A stamp is what changes when a database is written that is read as one that is not: the
// states of its file and its log, zero for one that there is not.
type stamp [2]struct {
	modified time.Time
	size     int64
}

func (db *database) stampNow() (stamp, error) {
	var now stamp
	for i, name := range []string{db.file, db.file + "-wal"} {
		info, err := os.Stat(name)
		if err == nil {
			now[i].modified, now[i].size = info.ModTime(), info.Size()
		} else if !errors.Is(err, fs.ErrNotExist) {
			return now, err
		}
	}
	return now, nil
}

// renew finds out anew how to read a database that was taken for one that nobody writes,
// if it has been written since. It returns what is to be the same after reading, or nil.
// Others wait meanwhile: while that is found out it is taken for what it may not be.
func (db *database) renew() (*stamp, error) {
	db.renewing.Lock()
	defer db.renewing.Unlock()
	known := db.takenFor()
	if known == nil {
		return nil, nil
	}
	now, err := db.stampNow()
	if err == nil && now != *known {
		if err = db.probe(); err == nil {
			return db.takenFor(), nil
		}
	}
	return known, err
}

// takenFor returns the stamp of a database that is taken for one that nobody writes, nil
// for any other.
func (db *database) takenFor() *stamp {
	db.mu.Lock()
	defer db.mu.Unlock()
	if !db.immutable {
		return nil
	}
	known := db.stamp
	return &known
}

// isStill reports whether what was read counts.
func (db *database) isStill(before *stamp) (bool, error) {
	if before == nil {
		return true, nil
	}
	now, err := db.stampNow()
	return now == *before, err
}

// probe finds out how a database that is not ours can be read. It is read
// with the log if that is possible, and else only if the log is empty.
func (db *database) probe() error {
	// In plainer words than SQLite's, and without closing the file, by which
	// this process would lose its locks on it.
	if err := unix.Access(db.file, unix.R_OK); err != nil {
		return &fs.PathError{Op: "open", Path: db.file, Err: err}
	}
	db.mu.Lock()
	db.immutable = false
	db.mu.Unlock()
	db.forget()
	try := func() error {
		return db.queryOnce(func(c *sqlite.Conn) error {
			_, err := exists(c, sqlHasPaths, nil)
			return err
		})
	}
	err := try()
	if code := sqlite.ErrCode(err).ToPrimary(); err == nil || (code != sqlite.ResultReadOnly && code != sqlite.ResultCantOpen) {
		return err
	}
	now, stampErr := db.stampNow()
	if stampErr != nil {
		return stampErr
	}
	if now[1].size > 0 {
		return fmt.Errorf("read %s: it was written to and its log cannot be read: %v", db.file, err)
	}
	db.mu.Lock()
	db.immutable, db.stamp = true, now
	db.mu.Unlock()
	db.forget()
	return try()
}
