package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"nixbench/store/disk"
)

// schemaNumber is what the file db/schema says. Changes since are migrations,
// which have names.
const schemaNumber = 10

// migrations are applied in order, each once.
func migrations() []struct{ name, sql string } {
	return []struct{ name, sql string }{
		{"20260309-drop-redundant-indexreferrer", sqlDropIndexReferrer},
	}
}

// schemaFile returns the number that db/schema says, 0 if it says none: there
// is no database, or the machine crashed as the file was written.
func (st *Store) schemaFile() (int, error) {
	name := filepath.Join(st.stateDir, "db", "schema")
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	} else if err != nil {
		return 0, accessError("opening file", name, err)
	}
	trimmed := strings.TrimSpace(string(text))
	if trimmed == "" {
		return 0, nil
	}
	number, err := strconv.Atoi(trimmed)
	if err != nil || number < 1 {
		return 0, fmt.Errorf("read %s: got %q, want a number", name, trimmed)
	}
	return number, nil
}

func checkSchema(number int) error {
	switch {
	case number > schemaNumber:
		return fmt.Errorf("the database has schema %d, made by a newer Nix; this program knows %d", number, schemaNumber)
	case number < schemaNumber:
		return fmt.Errorf("the database has schema %d; open it once with Nix 2 to bring it to %d", number, schemaNumber)
	default:
		return nil
	}
}

// openSchema opens the database, which it creates or migrates if need be. The
// big lock is held shared before and after.
func (st *Store) openSchema(ctx context.Context) (*database, error) {
	number, err := st.schemaFile()
	if err != nil {
		return nil, err
	}
	if number == 0 {
		return st.createSchema(ctx)
	}
	if err := checkSchema(number); err != nil {
		return nil, err
	}
	db, err := openDatabase(st.dbFile(), false, false, st.syncMode)
	if err != nil {
		return nil, err
	}
	if err := st.migrate(ctx, db); err != nil {
		return nil, errors.Join(err, db.close())
	}
	return db, nil
}

func (st *Store) dbFile() string { return filepath.Join(st.stateDir, "db", "db.sqlite") }

// createSchema makes a new database, or the rest of one, unless another process
// does so meanwhile.
func (st *Store) createSchema(ctx context.Context) (*database, error) {
	for {
		locked, err := st.tryLockSchema()
		if err != nil {
			return nil, err
		}
		number, err := st.schemaFile()
		if err == nil && number == 0 && locked {
			db, err := st.createLocked(ctx)
			return db, errors.Join(err, st.shareSchema(ctx))
		}
		if err == nil && number == 0 {
			err = pause(ctx)
		}
		if shareErr := st.shareSchema(ctx); err != nil || shareErr != nil {
			return nil, errors.Join(err, shareErr)
		}
		if number != 0 {
			return st.openSchema(ctx)
		}
	}
}

// createLocked makes the database. The big lock is held exclusively.
func (st *Store) createLocked(ctx context.Context) (*database, error) {
	db, err := openDatabase(st.dbFile(), true, false, st.syncMode)
	if err != nil {
		return nil, err
	}
	err = db.write(ctx, func(c *sqlite.Conn) error {
		if err := sqlitex.ExecuteScript(c, sqlSchema, nil); err != nil {
			return err
		}
		return applyMigrations(c)
	})
	if err == nil {
		err = db.sync()
	}
	if err == nil {
		err = st.writeSchemaFile()
	}
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	return db, nil
}

// tryLockSchema changes the big lock from shared to exclusive, unless others
// hold it: then it is not held at all, so that two who do this do not wait for
// each other.
func (st *Store) tryLockSchema() (ok bool, err error) {
	if ok, err = tryFlock(st.bigLock, lockExclusive); err != nil || ok {
		return ok, err
	}
	_, err = tryFlock(st.bigLock, lockNone)
	return false, err
}

// shareSchema takes the big lock shared again.
func (st *Store) shareSchema(ctx context.Context) error {
	return flock(context.WithoutCancel(ctx), st.bigLock, lockShared)
}

// writeSchemaFile writes the schema's number so that it is whole or missing
// after a crash.
func (st *Store) writeSchemaFile() error {
	name := filepath.Join(st.stateDir, "db", "schema")
	temp := name + ".tmp"
	if err := os.WriteFile(temp, []byte(strconv.Itoa(schemaNumber)), 0o644); err != nil {
		return err
	}
	if err := disk.Sync(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, name); err != nil {
		return err
	}
	return disk.Sync(filepath.Dir(name))
}

// migrate applies the migrations that the database lacks, if no other process
// uses the store now. None of them matters to what we do, so they can wait.
func (st *Store) migrate(ctx context.Context, db *database) error {
	var lacking bool
	err := db.query(ctx, func(c *sqlite.Conn) (err error) {
		lacking, err = lacksMigration(c)
		return err
	})
	if err != nil || !lacking {
		return err
	}
	locked, err := st.tryLockSchema()
	if err == nil && locked {
		err = db.write(ctx, applyMigrations)
	}
	return errors.Join(err, st.shareSchema(ctx))
}

func lacksMigration(c *sqlite.Conn) (bool, error) {
	found, err := exists(c, sqlHasMigrations, nil)
	if err != nil || !found {
		return true, err
	}
	for _, m := range migrations() {
		found, err := migrationApplied(c, m.name)
		if err != nil || !found {
			return true, err
		}
	}
	return false, nil
}

func migrationApplied(c *sqlite.Conn, name string) (bool, error) {
	return exists(c, sqlMigrationApplied, func(stmt *sqlite.Stmt) { stmt.SetText(":migration", name) })
}

// applyMigrations looks again, under the lock, at what is lacking.
func applyMigrations(c *sqlite.Conn) error {
	if err := sqlitex.ExecuteScript(c, sqlMigrations, nil); err != nil {
		return err
	}
	for _, m := range migrations() {
		found, err := migrationApplied(c, m.name)
		if err != nil {
			return err
		}
		if found {
			continue
		}
		if err := sqlitex.ExecuteScript(c, m.sql, nil); err != nil {
			return err
		}
		if err := each(c, sqlInsertMigration, func(stmt *sqlite.Stmt) { stmt.SetText(":migration", m.name) }, nil); err != nil {
			return err
		}
	}
	return nil
}

// openReadOnly opens the database of a store that is not ours to write.
func (st *Store) openReadOnly(context.Context) (*database, error) {
	number, err := st.schemaFile()
	if err != nil {
		return nil, err
	}
	if number == 0 {
		return nil, fmt.Errorf("database does not exist, and cannot be created in read-only mode: %w", fs.ErrNotExist)
	}
	if err := checkSchema(number); err != nil {
		return nil, err
	}
	return openDatabase(st.dbFile(), false, true, st.syncMode)
}
