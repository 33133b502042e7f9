package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"nixbench/store"
)

// ErrInUse reports that other processes have a store open.
var ErrInUse = errors.New("the store is in use by another process")

// A Rebuild is a plan to make the database of a store anew, where it is lost or
// damaged, and does so. What is valid it takes from the journal and from what can
// still be read of the database; what it takes it compares with the files.
type Rebuild struct {
	// Valid are the paths that get rows, references before referrers.
	Valid []*store.PathInfo
	// Lost are paths that were valid and cannot be any more, with the reason.
	Lost []Finding
	// Unknown are the entries of the store directory that nothing tells of, sorted. They
	// stay, as garbage.
	Unknown []string
	// Damage says why the database could not be read; nil if it could, or there was none.
	Damage error

	trace trace
	st    *Store // without a database
}

// PlanRebuild reads all that there is of a store, and hashes it. Progress, which may be
// nil, is called before each path is checked. The caller closes the plan.
func PlanRebuild(ctx context.Context, opts Options, progress func(p store.Path, done, total int)) (*Rebuild, error) {
	r, err := newRebuild(ctx, opts)
	if err == nil {
		if err = r.plan(ctx, progress); err != nil {
			r.Close()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("rebuild the database: %w", err)
	}
	return r, nil
}

// newRebuild opens the store as far as that is possible without a database, and keeps
// other processes from it.
func newRebuild(ctx context.Context, opts Options) (*Rebuild, error) {
	o, err := opts.Resolve()
	if err != nil {
		return nil, err
	}
	if o.ReadOnly {
		return nil, fmt.Errorf("store %s can only be read: %w", o.RealDir, syscall.EROFS)
	}
	if err := o.makeDirs(); err != nil {
		return nil, err
	}
	st := newStore(o)
	st.journal.file = st.journalFile()
	if err := st.openBigLock(); err != nil {
		return nil, err
	}
	ok, err := tryFlock(st.bigLock, lockExclusive)
	if err == nil && !ok {
		err = ErrInUse
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		st.bigLock.Close()
		return nil, err
	}
	return &Rebuild{trace: make(trace), st: st}, nil
}

// Close lets go of the store.
func (r *Rebuild) Close() error { return r.st.bigLock.Close() }

func (r *Rebuild) plan(ctx context.Context, progress func(store.Path, int, int)) error {
	known, err := r.known(ctx)
	if err != nil {
		return err
	}
	order, err := store.TopoSort(ctx, slices.Sorted(maps.Keys(known)), func(_ context.Context, p store.Path) ([]store.Path, error) {
		return known[p].References, nil
	})
	if err != nil {
		return err
	}
	valid := make(map[store.Path]bool, len(order))
	for i, p := range order {
		info := known[p]
		if err := ctx.Err(); err != nil {
			return err
		}
		if progress != nil {
			progress(p, i, len(order))
		}
		if err := r.check(ctx, info, valid); ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil {
			r.Lost = append(r.Lost, Finding{Path: p, Err: err})
			continue
		}
		valid[p] = true
		r.Valid = append(r.Valid, info)
	}
	return r.findUnknown(known)
}

// known returns what the journal and the database tell of paths that were valid, and notes
// what they tell of what outputs came to be.
func (r *Rebuild) known(ctx context.Context) (map[store.Path]*store.PathInfo, error) {
	known := make(map[store.Path]*store.PathInfo)
	file, err := os.Open(r.st.journal.file)
	switch {
	case err == nil:
		defer file.Close()
		for entry, err := range readJournal(r.st.dir, file) {
			if err != nil {
				return nil, err
			}
			switch info, built := entry.Info, entry.Built; {
			case built != nil && entry.Gone:
				delete(r.trace, store.DrvOutput{DrvPath: built.DrvPath, Output: built.Output})
			case built != nil:
				r.trace.add(*built)
			case entry.Gone:
				delete(known, info.Path)
			default:
				known[info.Path] = &info
			}
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	infos, realisations, err := r.salvage(ctx)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if !errors.Is(err, fs.ErrNotExist) {
		r.Damage = err
	}
	for _, info := range infos {
		known[info.Path] = info
	}
	for _, realisation := range realisations {
		r.trace.add(realisation)
	}
	return known, nil
}

// salvage returns what can be read of the database.
func (r *Rebuild) salvage(ctx context.Context) (infos []*store.PathInfo, realisations []store.Realisation, err error) {
	if _, err := os.Stat(r.st.dbFile()); err != nil {
		return nil, nil, err
	}
	db, err := openDatabase(r.st.dbFile(), false, true, r.st.syncMode)
	if err != nil {
		return nil, nil, err
	}
	err = db.snapshot(ctx, func(c *sqlite.Conn) (err error) {
		if infos, err = readInfos(c); err != nil {
			infos = nil // perhaps without their references
			return err
		}
		realisations, err = r.st.readTrace(c)
		return err
	})
	return infos, realisations, errors.Join(err, db.close())
}

// check compares a path with its files. Its references have been checked.
func (r *Rebuild) check(ctx context.Context, info *store.PathInfo, valid map[store.Path]bool) error {
	for _, ref := range info.References {
		if ref != info.Path && !valid[ref] {
			return fmt.Errorf("%s: its reference %s is lost: %w", info.Path, ref, store.ErrInvalidPath)
		}
	}
	if err := r.st.checkContents(ctx, info); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: its files are gone: %w", info.Path, fs.ErrNotExist)
		}
		return err
	}
	if err := checkInfos(ctx, []*store.PathInfo{info}); err != nil {
		return err
	}
	if info.Path.IsDerivation() {
		_, err := r.st.checkDerivation(info.Path)
		return err
	}
	return nil
}

// findUnknown finds the entries that nothing tells of.
func (r *Rebuild) findUnknown(known map[store.Path]*store.PathInfo) error {
	names, err := r.st.entries()
	if err != nil {
		return err
	}
	for _, name := range names {
		if p, err := r.st.dir.ParsePath(string(r.st.dir) + "/" + name); err != nil || known[p] == nil {
			if !r.st.InUse(name) && !strings.HasPrefix(name, tempPrefix) {
				r.Unknown = append(r.Unknown, name)
			}
		}
	}
	slices.Sort(r.Unknown)
	return nil
}

// Execute writes the new database beside the old one and puts it in its place, with a
// journal of what is valid. It returns the name that the old database has now, "" if
// there was none. After a crash the store has the old one or the new one; if the old one
// is damaged perhaps none, and then it stands beside and this can be done again.
func (r *Rebuild) Execute(ctx context.Context) (kept string, err error) {
	if kept, err = r.execute(ctx); err != nil {
		return kept, fmt.Errorf("rebuild the database: %w", err)
	}
	return kept, nil
}

func (r *Rebuild) execute(ctx context.Context) (kept string, err error) {
	temp := r.st.dbFile() + ".new"
	if err := removeDatabase(temp); err != nil {
		return "", err
	}
	if err := r.write(ctx, temp); err != nil {
		return "", errors.Join(err, removeDatabase(temp))
	}
	if err := r.writeJournal(ctx); err != nil {
		return "", errors.Join(err, removeDatabase(temp))
	}
	// From here on it is a matter of renaming.
	if kept, err = r.keep(); err != nil {
		// The log goes first: beside the new database it would be taken for the new one's.
		kept, err = r.putAside()
	}
	if err == nil {
		err = os.Rename(temp, r.st.dbFile())
	}
	if err == nil {
		err = r.st.writeSchemaFile() // and makes the renames durable
	}
	return kept, err
}

// write makes the new database, in a file without a log.
func (r *Rebuild) write(ctx context.Context, file string) error {
	db, err := openDatabase(file, true, false, r.st.syncMode)
	if err != nil {
		return err
	}
	writer := &Store{dir: r.st.dir, realDir: r.st.realDir, syncMode: r.st.syncMode}
	writer.modulo = r.st.modulo
	writer.db.db = db
	err = db.write(ctx, func(c *sqlite.Conn) error {
		if err := sqlitex.ExecuteScript(c, sqlSchema, nil); err != nil {
			return err
		}
		return applyMigrations(c)
	})
	if err == nil {
		err = writer.register(ctx, r.Valid, nil)
	}
	if err == nil && len(r.trace) > 0 {
		err = db.write(ctx, func(c *sqlite.Conn) error { return writer.putRealisations(c, r.trace.sorted(), nil) })
	}
	if err == nil {
		err = db.unlog()
	}
	if err = errors.Join(err, db.close()); err != nil {
		return err
	}
	return r.st.syncTrees(filepath.Dir(file), file)
}

// writeJournal replaces the journal by one of what is valid.
func (r *Rebuild) writeJournal(ctx context.Context) error {
	name := r.st.journal.file
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	var b strings.Builder
	for _, info := range r.Valid {
		line(&b, validFields(info, time.Now().Unix())...)
	}
	for _, realisation := range r.trace.sorted() {
		line(&b, builtFields(realisation)...)
	}
	return r.st.replaceJournal(ctx, b.String())
}

// keep gives the old database another name beside its own, which is only possible if it is
// sound: its log becomes part of it, so that it can be replaced in one step.
func (r *Rebuild) keep() (kept string, err error) {
	if r.Damage != nil {
		return "", r.Damage
	}
	file := r.st.dbFile()
	db, err := openDatabase(file, false, false, r.st.syncMode)
	if err != nil {
		return "", err
	}
	if err := errors.Join(db.unlog(), db.close()); err != nil {
		return "", err
	}
	kept = r.keptName()
	return kept, os.Link(file, kept)
}

// putAside renames the old database, if there is one.
func (r *Rebuild) putAside() (kept string, err error) {
	file := r.st.dbFile()
	if _, err := os.Lstat(file); errors.Is(err, fs.ErrNotExist) {
		return "", removeDatabase(file)
	}
	kept = r.keptName()
	for _, suffix := range []string{"-shm", "-wal", ""} {
		if err := os.Rename(file+suffix, kept+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return kept, nil
}

// keptName returns a name for the old database that there is not yet.
func (r *Rebuild) keptName() string {
	file := r.st.dbFile()
	kept := file + time.Now().UTC().Format(".lost-20060102-150405")
	for i := 2; ; i++ {
		if _, err := os.Lstat(kept); err != nil {
			break
		}
		kept = fmt.Sprintf("%s-%d", kept, i)
	}
	return kept
}

// removeDatabase removes a database with what belongs to it, if it is there.
func removeDatabase(file string) error {
	var errs []error
	for _, suffix := range []string{"-shm", "-wal", "-journal", ""} {
		if err := os.Remove(file + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
