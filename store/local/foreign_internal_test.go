package local

import (
	"os"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
)

// TestReadAgain writes to a database while it is read as one that nobody writes: what was
// read then does not count, and it is read again.
func TestReadAgain(t *testing.T) {
	st, err := Open(t.Context(), Options{Root: t.TempDir(), SyncMode: SyncNone})
	if err != nil {
		t.Fatal(err)
	}
	file := st.dbFile()
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func(*database, func(*sqlite.Conn) error) error{
		"query":    func(db *database, f func(*sqlite.Conn) error) error { return db.query(t.Context(), f) },
		"snapshot": func(db *database, f func(*sqlite.Conn) error) error { return db.snapshot(t.Context(), f) },
	} {
		t.Run(name, func(t *testing.T) {
			db, err := openDatabase(file, false, true, SyncNone)
			if err != nil {
				t.Fatal(err)
			}
			defer db.close()
			now, err := db.stampNow()
			if err != nil {
				t.Fatal(err)
			}
			db.immutable, db.stamp = true, now
			db.forget()
			calls := 0
			err = read(db, func(c *sqlite.Conn) error {
				if calls++; calls > 1 {
					return nil
				}
				later := time.Now().Add(time.Hour)
				return os.Chtimes(file, later, later)
			})
			if err != nil || calls != 2 {
				t.Errorf("got %d calls, error %v; want 2 and none", calls, err)
			}
		})
	}
}
