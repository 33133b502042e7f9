package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/gc"
)

// linksName is the directory in the store that holds the hard links of an
// optimised store.
const linksName = ".links"

// A Store is the store in a directory. It is safe for concurrent use, also
// with other Stores and Nix processes on the same directory.
type Store struct {
	dir      store.Dir
	realDir  string
	stateDir string
	logDir   string
	syncMode SyncMode
	auto     autoCollector
	// autoOptimise links the files of what is added; see optimiseNew.
	autoOptimise bool
	// repair is [Options].Repair.
	repair bool

	db      lateDatabase
	bigLock *os.File // held shared, so that nobody changes the schema
	roots   TempRoots
	line    collectorLine
	drvs    drvBatch
	modulo  *drv.Modulo
	journal journal

	closeOnce func() error
}

// Open opens a store and creates what is missing, unless it is ReadOnly. What
// a process that was killed left behind is cleared away.
//
// If the database is damaged, errors.Is(err, ErrCorrupt); if opts.Late, whatever needs
// the database may be the first to say so. What of the store cannot be written is
// reported by an [AccessError].
func Open(ctx context.Context, opts Options) (*Store, error) {
	o, err := opts.Resolve()
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	st := newStore(o)
	if err := st.open(ctx, o); err != nil {
		if st.bigLock != nil {
			st.bigLock.Close()
		}
		return nil, fmt.Errorf("open store %s: %w", st.realDir, err)
	}
	st.closeOnce = sync.OnceValue(func() error { return st.close(context.WithoutCancel(ctx)) })
	return st, nil
}

// newStore returns the store that resolved options describe, without its locks and its
// database.
func newStore(o Options) *Store {
	st := &Store{dir: o.Dir, realDir: o.RealDir, stateDir: o.StateDir, logDir: o.LogDir, syncMode: o.SyncMode, autoOptimise: o.AutoOptimise, repair: o.Repair}
	st.auto.AutoGC = o.AutoGC
	if st.auto.Free == nil {
		st.auto.Free = st.freeSpace
	}
	if st.auto.Collect == nil {
		st.auto.Collect = collectQuietly
	}
	st.modulo = &drv.Modulo{Dir: o.Dir, Load: st.loadDerivation}
	st.roots.st = st
	return st
}

func (st *Store) open(ctx context.Context, o Options) error {
	st.db.readOnly = o.ReadOnly
	if o.ReadOnly {
		return st.openDatabase(ctx, o, st.openReadOnly)
	}
	if err := o.makeDirs(); err != nil {
		return err
	}
	st.reserve()
	if err := st.openBigLock(); err != nil {
		return err
	}
	if err := flock(ctx, st.bigLock, lockShared); err != nil {
		return err
	}
	if err := st.checkDatabaseDir(); err != nil {
		return err
	}
	if err := st.openDatabase(ctx, o, st.openSchema); err != nil {
		return err
	}
	st.journal.file = st.journalFile()
	st.recover(ctx)
	return nil
}

// openDatabase opens the database, or leaves it for later if that can wait.
func (st *Store) openDatabase(ctx context.Context, o Options, open func(context.Context) (*database, error)) (err error) {
	if o.Late && st.mayWait() {
		st.db.open = func() (*database, error) { return open(context.WithoutCancel(ctx)) }
		return nil
	}
	st.db.db, err = open(ctx)
	return err
}

// Close writes the derivations that are pending and lets go of the store.
// Nothing must be used after it; a second call returns the same.
func (st *Store) Close() error { return st.closeOnce() }

func (st *Store) close(ctx context.Context) error {
	var errs []error
	if !st.ReadOnly() {
		errs = append(errs, st.Flush(ctx), st.db.sync(), st.ReleaseTempRoots())
		st.line.hangUp()
	}
	errs = append(errs, st.db.close())
	if st.bigLock != nil {
		errs = append(errs, st.bigLock.Close())
	}
	return errors.Join(errs...)
}

// Dir returns the logical store directory, which all paths begin with.
func (st *Store) Dir() store.Dir { return st.dir }

// RealDir returns the directory that the objects are in.
func (st *Store) RealDir() string { return st.realDir }

// RealPath returns where the files of p are, for reading them. It does not look
// whether p is valid. For a derivation that was added, see [Store.Flush].
func (st *Store) RealPath(p store.Path) string {
	return filepath.Join(st.realDir, p.Base())
}

// StateDir returns the directory that the database, the roots, the profiles
// and the locks are in.
func (st *Store) StateDir() string { return st.stateDir }

// LogDir returns the directory that the logs are in.
func (st *Store) LogDir() string { return st.logDir }

// ReadOnly reports whether the store can only be read.
func (st *Store) ReadOnly() bool { return st.db.readOnly }

// reservedSize is the size in bytes of the file that is deleted before a
// collection, so that the database can be written on a full disk.
const reservedSize = 8 << 20

// reserve makes that file. On a disk that is full already there is none.
func (st *Store) reserve() {
	name := st.reservedFile()
	if info, err := os.Stat(name); err == nil && info.Size() == reservedSize {
		return
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return
	}
	if allocate(f, reservedSize) != nil {
		os.Remove(name)
	}
	f.Close()
}

func (st *Store) reservedFile() string { return filepath.Join(st.stateDir, "db", "reserved") }

var (
	_ store.Reader = (*Store)(nil)
	_ store.Adder  = (*Store)(nil)
	_ gc.Store     = (*Store)(nil)
)
