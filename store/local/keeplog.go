package local

import (
	"database/sql/driver"

	msqlite "modernc.org/sqlite"
)

// keepLog returns a connection that, if it is the last to close, leaves the
// files of the write-ahead log, as Nix does: without them, a reader that may
// not write to the directory could not open the database. Only this driver
// has that setting. The result is nil if there is nothing to keep.
func (db *database) keepLog() driver.Conn {
	if db.readOnly || db.unlogged {
		return nil
	}
	c, err := new(msqlite.Driver).Open(db.uri("rw"))
	if err != nil {
		return nil
	}
	control, ok := c.(msqlite.FileControl)
	if ok {
		_, err = control.FileControlPersistWAL("main", 1)
	}
	if ok && err == nil {
		err = touch(c)
	}
	if !ok || err != nil {
		c.Close()
		return nil
	}
	return c
}

// touch reads from a database, which makes the connection a user of its log.
func touch(c driver.Conn) error {
	stmt, err := c.Prepare(sqlHasPaths)
	if err != nil {
		return err
	}
	defer stmt.Close()
	rows, err := stmt.Query(nil) //nolint:staticcheck // the one with a context needs a context, and Close has none
	if err != nil {
		return err
	}
	return rows.Close()
}
