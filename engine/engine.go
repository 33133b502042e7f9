// Package engine is what the interfaces talk to: a store, an evaluator over it,
// builds, collections and profiles, behind one type.
//
// An [Engine] owns the stores and the running builds. Evaluators are made by
// [Engine.NewEvaluator] and belong to who asked for them. What happens in the
// engine is told by activities: see [Engine.Events].
package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"nixbench/engine/build"
	"nixbench/engine/event"
	"nixbench/engine/filecache"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/local"
)

// Options say what an engine works on. The zero value works on the stores that
// "auto" finds, with the settings of this user and machine.
type Options struct {
	// StoreURI is what --store says; see [Locate].
	StoreURI string
	// EvalStoreURI is what --eval-store says: the store that evaluations write to; ""
	// is the same.
	EvalStoreURI string
	// Location, if not nil, says where the stores are instead of StoreURI.
	Location *Location
	// Settings default to those that nix.conf and the environment give.
	Settings *settings.Settings
	// Getenv reads the environment, HOME as [FindHome] has it; the default is that of the process.
	Getenv func(string) string
	// Environment is what expressions and builders see of the environment; the default is
	// Getenv, and that of the process where that is nil.
	Environment func(string) string
	// Warn gets warnings about the configuration, and about what a profile that is
	// made leaves out; the default drops them.
	Warn func(string)
	// CacheDir is the directory of what is kept to be quicker the next time, see
	// [CacheDir]; "" keeps nothing.
	CacheDir string
	// Debug is told what is of interest only if something is wrong; the default
	// drops it.
	Debug func(string)
	// Late opens the databases of the stores when they are needed.
	Late bool
	// Repair writes anew what is added to the store and damaged there.
	Repair bool
	// Throwaway opens the store without waiting for the disk.
	Throwaway bool
	// RefuseUnwritable makes it an error that a store is not ours to write, as Nix has
	// it, where it would be opened for reading only.
	RefuseUnwritable bool
}

// An Engine is a whole Nix over one store. It is safe for concurrent use.
type Engine struct {
	store    backend
	daemon   *daemonStore       // nil, or the store if a daemon writes it
	url      string             // of the store
	machine  *local.Store       // nil, or the machine's store, for reading
	unread   error              // why the machine's store is not read, or nil
	ours     pathSet            // what need not be copied from there
	settings *settings.Settings // from the start
	getenv   func(string) string
	environ  func(string) string
	warn     func(string) // nil if nobody wants warnings
	hub      *event.Hub
	started  time.Time
	builders atomic.Pointer[builders]
	changing sync.Mutex // held while they are changed
	subs     substituters
	logs     liveLogs
	built    built
	work     work
	files    *filecache.Cache // nil if nothing is kept of files
	// evalsIn is the engine of the store that evaluations write to, and buildsIn, in that
	// engine, the one that builds; nil for itself.
	evalsIn, buildsIn *Engine
}

// Open opens the stores and makes an engine over them.
func Open(ctx context.Context, opts Options) (*Engine, error) {
	e := &Engine{hub: &event.Hub{}, started: time.Now()}
	if err := e.configure(opts); err != nil {
		return nil, err
	}
	if err := e.openStores(ctx, opts); err != nil {
		return nil, err
	}
	if err := e.openEvalStore(ctx, opts); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	if e.settings.EvalFileCache && opts.CacheDir != "" {
		e.files = filecache.New(filepath.Join(opts.CacheDir, "files"), opts.Debug)
	}
	return e, nil
}

// configure reads the settings, unless opts have them.
func (e *Engine) configure(opts Options) (err error) {
	e.settings, e.getenv, e.environ, e.warn = opts.Settings, opts.Getenv, opts.Environment, opts.Warn
	if e.getenv == nil {
		e.getenv, e.environ = FindHome(os.Getenv).Getenv(os.Getenv), os.Getenv
	}
	if e.environ == nil {
		e.environ = e.getenv
	}
	if e.settings == nil {
		e.settings, err = LoadSettings(e.getenv, opts.Warn)
	}
	return err
}

// locate returns where the stores are.
func (e *Engine) locate(opts Options) (loc Location, err error) {
	if opts.Location != nil {
		loc = *opts.Location
	} else if loc, err = Locate(cmp.Or(opts.StoreURI, e.settings.Store), e.getenv); err != nil {
		return loc, err
	}
	for _, warning := range loc.Warnings {
		if opts.Warn != nil {
			opts.Warn(warning)
		}
	}
	loc.Build.Late, loc.Build.AutoOptimise, loc.Build.Repair = opts.Late, e.settings.AutoOptimise, opts.Repair
	loc.Build.AutoGC = local.AutoGC{
		MinFree: e.settings.MinFree, MaxFree: e.settings.MaxFree, Interval: time.Duration(e.settings.MinFreeInterval) * time.Second,
		KeepOutputs: e.settings.KeepOutputs, KeepDerivations: e.settings.KeepDerivations, Collect: e.autoCollect,
	}
	if loc.BuildDir != "" {
		e.settings = e.settings.Clone()
		e.settings.BuildDir = loc.BuildDir
	}
	if asked, ok := loc.Params["require-sigs"]; ok {
		e.settings = e.settings.Clone()
		e.settings.RequireSigs = asked == "true"
	}
	if opts.Throwaway || !e.settings.FsyncMetadata && !e.settings.FsyncStorePaths {
		loc.Build.SyncMode = local.SyncNone
	}
	return loc, nil
}

// openStores opens the store that is built into, and the machine's.
func (e *Engine) openStores(ctx context.Context, opts Options) error {
	loc, err := e.locate(opts)
	if err != nil {
		return err
	}
	e.url = loc.render()
	switch {
	case loc.Daemon != nil:
		st, err := openDaemon(ctx, loc, e.settings, opts.Warn)
		if err != nil {
			return err
		}
		e.store, e.daemon = st, st
		e.newDaemonBuilders(st, e.settings)
		return nil
	case loc.Scratch || loc.Dummy || loc.Cache != "":
		if e.store, err = openUnbuilt(ctx, loc); err != nil {
			return err
		}
		e.useBuilders(e.settings, noBuilder{e}, noBuilder{e})
		return nil
	}
	own, err := openOwn(ctx, loc.Build, opts.RefuseUnwritable)
	if err != nil {
		return err
	}
	e.store = own
	e.newBuilders(own, e.settings)
	if loc.Machine != nil {
		e.openMachine(ctx, *loc.Machine, opts)
	}
	return nil
}

// openUnbuilt opens a store that nothing is built for.
func openUnbuilt(ctx context.Context, loc Location) (backend, error) {
	dir := cmp.Or(loc.Build.Dir, store.DefaultDir)
	switch {
	case loc.Scratch:
		st, err := openScratch(ctx, loc.Build.Dir)
		if err != nil {
			return nil, err
		}
		return st, nil
	case loc.Cache != "":
		c, err := loc.openCache(dir)
		if err != nil {
			return nil, err
		}
		return &cacheStore{dummyStore: dummyStore{dir}, cache: c}, nil
	}
	return dummyStore{dir}, nil
}

// openMachine opens the machine's store for reading. Without the rights to that it stays
// out of sight.
func (e *Engine) openMachine(ctx context.Context, machine local.Options, opts Options) {
	machine.ReadOnly, machine.Late = true, opts.Late
	st, err := local.Open(ctx, machine)
	if err == nil {
		e.machine = st
		return
	}
	if cause := errors.Unwrap(err); cause != nil {
		err = cause // without what is said here
	}
	e.unread = fmt.Errorf("the store of this machine cannot be read: %w", err)
	if opts.Warn != nil {
		opts.Warn(e.unread.Error())
	}
}

// AccessError reports what of a store could not be written; see [local.AccessError].
type AccessError = local.AccessError

// openOwn opens the store that is built into; one that is there, but not ours to
// write, is opened for reading, unless that is refused.
func openOwn(ctx context.Context, opts local.Options, refuse bool) (*local.Store, error) {
	st, err := local.Open(ctx, opts)
	if refuse || opts.ReadOnly || !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.EROFS) {
		return st, err
	}
	opts.ReadOnly = true
	st, readErr := local.Open(ctx, opts)
	if readErr != nil {
		return nil, err // what is in the way of writing
	}
	return st, nil
}

// ErrCorrupt reports that the database of a store is damaged.
var ErrCorrupt = local.ErrCorrupt

// Writable returns nil if the store that is built into can be written, and
// otherwise an error that says which cannot.
func (e *Engine) Writable() error { return e.store.Writable() }

// HasDaemon reports whether a daemon writes the store, and builds in it.
func (e *Engine) HasDaemon() bool { return e.daemon != nil }

// LoadSettings reads nix.conf and the environment. Warn may be nil.
func LoadSettings(getenv func(string) string, warn func(string)) (*settings.Settings, error) {
	lookup := func(name string) (string, bool) {
		value := getenv(name)
		return value, value != ""
	}
	set, warnings, err := settings.Load(lookup)
	for _, w := range warnings {
		if warn != nil {
			warn(w)
		}
	}
	if err != nil {
		return nil, err
	}
	return set, nil
}

// Close cancels what runs, waits for it and lets go of the stores.
func (e *Engine) Close() error {
	e.work.stop()
	if e.files != nil {
		e.files.Close()
	}
	err := errors.Join(e.ReleaseBuilt(), e.store.Close(), e.logs.remove())
	if e.machine != nil {
		err = errors.Join(err, e.machine.Close())
	}
	if e.evalsIn != nil {
		err = errors.Join(err, e.evalsIn.Close())
	}
	return err
}

// Settings returns the configuration as [Engine.ChangeSetting] has left it. The caller
// must not modify it.
func (e *Engine) Settings() *settings.Settings { return e.builders.Load().settings }

// Events returns where activities are told.
func (e *Engine) Events() *event.Hub { return e.hub }

// Getenv returns a variable of the environment that the engine was opened in.
func (e *Engine) Getenv(name string) string { return e.getenv(name) }

// Log opens the build log of a derivation, or of the derivation that made p.
// If there is none, the error is one for which
// errors.Is(err, [fs.ErrNotExist]).
func (e *Engine) Log(ctx context.Context, p store.Path) (io.ReadCloser, error) {
	drvPaths := []store.Path{p}
	if !p.IsDerivation() {
		st, err := e.StoreOf(ctx, p)
		if err != nil {
			return nil, err
		}
		if drvPaths, err = st.Derivers(ctx, p); err != nil {
			return nil, err
		}
		if info, err := st.PathInfo(ctx, p); err == nil && info.Deriver != "" {
			drvPaths = append(drvPaths, info.Deriver)
		}
	}
	log, err := e.openLogs(drvPaths)
	if !errors.Is(err, fs.ErrNotExist) {
		return log, err
	}
	var resolved []store.Path
	for _, drvPath := range drvPaths {
		to, err := build.ResolvedPath(ctx, e.planReader(), e.Settings(), drvPath)
		if err == nil && to != drvPath {
			resolved = append(resolved, to)
		}
	}
	if log, err = e.openLogs(resolved); errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("build log of '%s' is not available: %w", p, fs.ErrNotExist)
	}
	return log, err
}

// openLogs opens the first log that there is of some derivations; if there is none, the
// error is an [fs.ErrNotExist].
func (e *Engine) openLogs(drvPaths []store.Path) (io.ReadCloser, error) {
	for _, drvPath := range drvPaths {
		// One that is kept may be of a later build.
		if file, found := e.logs.get(drvPath); found && (e.daemon != nil || !e.Settings().KeepLog) {
			if log, err := os.Open(file); err == nil {
				return log, nil
			}
		}
		for _, st := range e.stores() {
			if log, err := st.OpenLog(drvPath); !errors.Is(err, fs.ErrNotExist) {
				return log, err
			}
		}
	}
	return nil, fs.ErrNotExist
}

// openRegular opens a file that has to be a regular one.
func openRegular(file string) (*os.File, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("open %s: not a regular file", file)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
