package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/daemon"
	"nixbench/store/drv"
	"nixbench/store/local"
)

// A daemonStore is a store that a daemon writes. Its files are read here, and its
// database too if this process has the rights to: that is quicker. What is asked
// of the database falls back on the daemon if it cannot be read.
type daemonStore struct {
	*daemon.Store
	direct           *local.Store // nil if the database is not read here
	stateDir, logDir string
	uri              string // what messages call it
	modulo           *drv.Modulo
}

var _ backend = (*daemonStore)(nil)

// openDaemon returns the store of a daemon, which is not connected to yet.
func openDaemon(ctx context.Context, loc Location, set *settings.Settings, warn func(string)) (*daemonStore, error) {
	opts, err := loc.Build.Resolve()
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", loc.Daemon.URI, err)
	}
	st := &daemonStore{stateDir: opts.StateDir, logDir: opts.LogDir}
	st.Store = daemon.New(daemon.Options{
		URI: loc.Daemon.URI, Dir: opts.Dir, RealDir: opts.RealDir, Socket: loc.Daemon.Socket,
		Settings: daemonSettings(set), MaxConnections: loc.Daemon.MaxConnections, Report: warnings(warn),
	})
	st.uri, _, _ = strings.Cut(loc.Daemon.URI, "?")
	st.modulo = &drv.Modulo{Dir: opts.Dir, Load: func(p store.Path) (*drv.Derivation, error) {
		return st.ReadDerivation(context.WithoutCancel(ctx), p)
	}}
	if loc.Daemon.Direct {
		// Without the rights to read it, or if it is damaged, the daemon is asked.
		opts.ReadOnly, opts.Late = true, loc.Build.Late
		if direct, err := local.Open(ctx, opts); err == nil {
			st.direct = direct
		}
	}
	return st, nil
}

// warnings returns what passes a daemon's warnings on, and not what else it says
// of what it does.
func warnings(warn func(string)) func(*daemon.Message) {
	return func(m *daemon.Message) {
		if m.Kind != daemon.Line || warn == nil {
			return
		}
		if text, ok := strings.CutPrefix(daemon.Plain(m.Text), "warning: "); ok {
			warn(text)
		}
	}
}

// usualVerbosity is that of a command without -v.
const usualVerbosity = 3

// toldDaemon are the settings that a daemon knows.
var toldDaemon = strings.Fields(`timeout max-build-log-size log-lines keep-build-log compress-build-log build-poll-interval
	sandbox sandbox-paths sandbox-build-dir sandbox-dev-shm-size filter-syscalls system extra-platforms system-features
	substituters trusted-public-keys require-sigs hashed-mirrors max-substitution-jobs http-connections connect-timeout
	netrc-file ssl-cert-file keep-outputs keep-derivations min-free max-free auto-optimise-store fsync-metadata
	fsync-store-paths sync-before-registering ignored-acls builders`)

// daemonSettings are what is told a daemon: what the user has set, as Nix does,
// since the machine's nix.conf is the daemon's too.
func daemonSettings(set *settings.Settings) daemon.Settings {
	s := daemon.Settings{
		KeepFailed: set.KeepFailed, KeepGoing: set.KeepGoing, Fallback: set.Fallback, Verbosity: usualVerbosity,
		MaxJobs: uint64(set.MaxJobs), MaxSilent: uint64(set.MaxSilent), Cores: uint64(set.Cores), Substitute: set.Substitute,
		Overrides: make(map[string]string),
	}
	users := set.Users()
	for _, name := range toldDaemon {
		if value, given := users[name]; given {
			s.Overrides[name] = value
		}
	}
	return s
}

// Close lets go of the daemon and the database.
func (st *daemonStore) Close() error {
	err := st.Store.Close()
	if st.direct != nil {
		err = errors.Join(err, st.direct.Close())
	}
	return err
}

// StateDir returns the directory that the roots and the profiles are in.
func (st *daemonStore) StateDir() string { return st.stateDir }

// ReadOnly reports false: the daemon writes.
func (*daemonStore) ReadOnly() bool { return false }

// Writable returns nil: the daemon writes.
func (*daemonStore) Writable() error { return nil }

// read asks the database, if it is read here, and otherwise the daemon.
func read[T any](ctx context.Context, st *daemonStore, direct func(*local.Store) (T, error), asked func() (T, error)) (T, error) {
	if st.direct != nil {
		v, err := direct(st.direct)
		if err == nil || errors.Is(err, store.ErrInvalidPath) || ctx.Err() != nil {
			return v, err
		}
	}
	return asked()
}

// readAll is read with all that is pending sent before.
func readAll[T any](ctx context.Context, st *daemonStore, direct func(*local.Store) (T, error), asked func() (T, error)) (T, error) {
	if err := st.Flush(ctx); err != nil {
		var none T
		return none, err
	}
	return read(ctx, st, direct, asked)
}

// IsValid reports whether the store has p.
func (st *daemonStore) IsValid(ctx context.Context, p store.Path) (bool, error) {
	if st.Pending(p) {
		return true, nil
	}
	return read(ctx, st, func(d *local.Store) (bool, error) { return d.IsValid(ctx, p) },
		func() (bool, error) { return st.Store.IsValid(ctx, p) })
}

// QueryValid returns those of paths that are valid, sorted without duplicates.
func (st *daemonStore) QueryValid(ctx context.Context, paths []store.Path) ([]store.Path, error) {
	if slices.ContainsFunc(paths, st.Pending) {
		return st.Store.QueryValid(ctx, paths)
	}
	return read(ctx, st, func(d *local.Store) ([]store.Path, error) { return d.QueryValid(ctx, paths) },
		func() ([]store.Path, error) { return st.Store.QueryValid(ctx, paths) })
}

// ReadDerivations calls use with the derivation at each of paths; see
// [local.Store.ReadDerivations].
func (st *daemonStore) ReadDerivations(ctx context.Context, paths []store.Path, use func(i int, d *drv.Derivation) error) error {
	if slices.ContainsFunc(paths, st.Pending) {
		return st.Store.ReadDerivations(ctx, paths, use)
	}
	used := make([]bool, len(paths))
	once := func(i int, d *drv.Derivation) (err error) {
		if !used[i] { // directly, before it came to a file that cannot be read
			err = use(i, d)
			used[i] = err == nil
		}
		return err
	}
	_, err := read(ctx, st, func(d *local.Store) (none struct{}, err error) { return none, d.ReadDerivations(ctx, paths, once) },
		func() (none struct{}, err error) { return none, st.Store.ReadDerivations(ctx, paths, once) })
	return err
}

// PathInfo returns what is known about p.
func (st *daemonStore) PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	if st.Pending(p) {
		return st.Store.PathInfo(ctx, p)
	}
	return read(ctx, st, func(d *local.Store) (*store.PathInfo, error) { return d.PathInfo(ctx, p) },
		func() (*store.PathInfo, error) { return st.Store.PathInfo(ctx, p) })
}

// Referrers returns the valid paths that refer to p, sorted.
func (st *daemonStore) Referrers(ctx context.Context, p store.Path) ([]store.Path, error) {
	return readAll(ctx, st, func(d *local.Store) ([]store.Path, error) { return d.Referrers(ctx, p) },
		func() ([]store.Path, error) { return st.Store.Referrers(ctx, p) })
}

// Derivers returns the valid derivations that p is an output of, sorted.
func (st *daemonStore) Derivers(ctx context.Context, p store.Path) ([]store.Path, error) {
	return readAll(ctx, st, func(d *local.Store) ([]store.Path, error) { return d.Derivers(ctx, p) },
		func() ([]store.Path, error) { return st.Store.Derivers(ctx, p) })
}

// AllPaths returns all valid paths, sorted.
func (st *daemonStore) AllPaths(ctx context.Context) ([]store.Path, error) {
	return readAll(ctx, st, func(d *local.Store) ([]store.Path, error) { return d.AllPaths(ctx) },
		func() ([]store.Path, error) { return st.Store.AllPaths(ctx) })
}

// Graph returns a snapshot of all valid paths.
func (st *daemonStore) Graph(ctx context.Context) (*store.Graph, error) {
	return readAll(ctx, st, func(d *local.Store) (*store.Graph, error) { return d.Graph(ctx) },
		func() (*store.Graph, error) { return st.Store.Graph(ctx) })
}

// GraphCost returns how many paths can be looked up in the time that Graph takes.
func (st *daemonStore) GraphCost(ctx context.Context) (int, error) {
	return readAll(ctx, st, func(d *local.Store) (int, error) { return d.GraphCost(ctx) },
		func() (int, error) { return 2000, nil }) // all are asked for, many at once
}

// PathFromHashPart returns the valid path with the given digest, or "".
func (st *daemonStore) PathFromHashPart(ctx context.Context, digest string) (store.Path, error) {
	return readAll(ctx, st, func(d *local.Store) (store.Path, error) { return d.PathFromHashPart(ctx, digest) },
		func() (store.Path, error) { return st.Store.PathFromHashPart(ctx, digest) })
}

// OpenLog opens the log that the daemon has written.
func (st *daemonStore) OpenLog(drvPath store.Path) (io.ReadCloser, error) {
	return local.OpenLog(st.logDir, drvPath)
}

// LogSize is the function of that name.
func (st *daemonStore) LogSize(drvPath store.Path) int64 { return local.LogSize(st.logDir, drvPath) }

// LockFile waits for the lock of a file and holds it until unlock is called.
func (st *daemonStore) LockFile(ctx context.Context, file string) (unlock func(), err error) {
	return local.LockFile(ctx, file)
}

// Sync returns once all that is valid now stays so over a crash of the machine.
func (st *daemonStore) Sync(context.Context) error {
	if err := local.SyncFileSystem(st.RealDir()); err != nil {
		return err
	}
	if _, err := os.Stat(st.stateDir); err != nil {
		return nil // it is not ours to look at, and on the file system of the store
	}
	return local.SyncFileSystem(st.stateDir)
}

// AddPermRoot makes link, an absolute name outside the store, lead to p, and a
// root for as long as it does. The link is made here, with the user's rights.
//
// Behaviour: Nix, indirect-root-store.cc.
func (st *daemonStore) AddPermRoot(ctx context.Context, p store.Path, link string) error {
	err := st.Flush(ctx)
	if err == nil {
		err = st.AddTempRoot(ctx, p)
	}
	if err == nil {
		err = local.MakeRootLink(st.Dir(), st.RealDir(), p, link)
	}
	if err != nil {
		return fmt.Errorf("add root %s: %w", link, err)
	}
	return st.AddIndirectRoot(ctx, filepath.Clean(link))
}

// ReleaseTempRoots lets go of all that was added, and of what [daemon.Store.AddTempRoot]
// keeps.
func (st *daemonStore) ReleaseTempRoots() error { return st.ReleaseConnections() }

// Optimise has the daemon make files with the same contents hard links to one.
func (st *daemonStore) Optimise(ctx context.Context, opts local.OptimiseOptions) (local.Optimisation, error) {
	linked, freed, err := st.Store.Optimise(ctx, warnings(opts.Warn))
	return local.Optimisation{Linked: linked, Freed: freed}, err
}

// Verify has the daemon check the store, and repair it if opts does. What is wrong is what
// it says; what was repaired is known, and reported, at the end.
func (st *daemonStore) Verify(ctx context.Context, opts local.VerifyOptions, report func(local.Finding)) error {
	var findings []local.Finding
	told := 0
	found, err := st.Store.Verify(ctx, opts.CheckContents, opts.Repair != nil, func(m *daemon.Message) {
		if m.Kind != daemon.Line {
			return
		}
		text := daemon.Plain(m.Text)
		if strings.HasPrefix(text, "checking ") || strings.HasPrefix(text, "reading ") {
			if opts.Stage != nil {
				opts.Stage(text)
			}
			return
		}
		told++
		f := local.Finding{Path: st.pathIn(text), Err: &daemon.Error{Message: text}, Forgotten: strings.Contains(text, forgets)}
		if opts.Repair == nil {
			report(f)
		} else {
			findings = append(findings, f)
		}
	})
	for _, f := range findings {
		f.Repaired = err == nil && !found
		report(f)
	}
	if err == nil && found && told == 0 {
		report(local.Finding{Err: errors.New("the daemon found errors")})
	}
	return err
}

// forgets is what a daemon says of paths whose files are gone.
const forgets = "disappeared, removing from database"

// pathIn returns the first store path in a message, "" if there is none.
func (st *daemonStore) pathIn(text string) store.Path {
	at := strings.Index(text, string(st.Dir())+"/")
	if at < 0 {
		return ""
	}
	end := strings.IndexAny(text[at:], "'\",:; \n")
	if end < 0 {
		end = len(text) - at
	}
	p, _, _ := st.Dir().PathOf(text[at : at+end])
	return p
}
