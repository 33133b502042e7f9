package local

import (
	"context"
	"errors"
	"io"
	"iter"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/gc"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// Options say which store to open and how.
type Options struct {
	// Root is the directory that Dir, /nix/var/nix and /nix/var/log/nix lie in.
	// The default is the root of the file system.
	Root string
	// Dir is the logical store directory, by default store.DefaultDir.
	Dir store.Dir
	// RealDir, StateDir and LogDir are where the objects, the database with
	// roots and locks, and the logs are. The defaults are Root joined with Dir,
	// /nix/var/nix and /nix/var/log/nix.
	RealDir, StateDir, LogDir string
	// ReadOnly opens a store that is not ours to write.
	ReadOnly bool
	// SyncMode says how much a crash of the machine may lose.
	SyncMode SyncMode
}

// SyncMode says how much a crash of the machine may lose.
type SyncMode uint8

// The sync modes.
const (
	SyncAll  SyncMode = iota // what is valid is on disk first; the default
	SyncNone                 // the operating system decides: for stores that are thrown away
)

var errStub = errors.New("being written")

// Store is a store in a directory. It is safe for concurrent use.
type Store struct{}

// Open opens the store and creates what is missing, unless it is ReadOnly.
func Open(ctx context.Context, opts Options) (*Store, error) { return nil, errStub }

// Close writes what is pending and lets go of the store.
func (st *Store) Close() error { return errStub }

// Dir returns the logical store directory.
func (st *Store) Dir() store.Dir { return "" }

// RealPath returns where the files of p are.
func (st *Store) RealPath(p store.Path) string { return "" }

// RealDir returns where the store directory is.
func (st *Store) RealDir() string { return "" }

// StateDir returns where the database, the roots and the locks are.
func (st *Store) StateDir() string { return "" }

// LogDir returns where the logs are.
func (st *Store) LogDir() string { return "" }

// ReadOnly reports whether the store was opened for reading only.
func (st *Store) ReadOnly() bool { return false }

// IsValid reports whether the store has p.
func (st *Store) IsValid(ctx context.Context, p store.Path) (bool, error) { return false, errStub }

// PathInfo returns what is known about p.
func (st *Store) PathInfo(ctx context.Context, p store.Path) (*store.PathInfo, error) {
	return nil, errStub
}

// Referrers returns the valid paths that refer to p, sorted.
func (st *Store) Referrers(ctx context.Context, p store.Path) ([]store.Path, error) {
	return nil, errStub
}

// QueryValid returns those of paths that are valid, sorted.
func (st *Store) QueryValid(ctx context.Context, paths []store.Path) ([]store.Path, error) {
	return nil, errStub
}

// AllPaths returns all valid paths, sorted.
func (st *Store) AllPaths(ctx context.Context) ([]store.Path, error) { return nil, errStub }

// AllInfos yields all valid paths of one moment, in the order of registration.
func (st *Store) AllInfos(ctx context.Context) iter.Seq2[*store.PathInfo, error] { return nil }

// Graph returns a snapshot of all valid paths.
func (st *Store) Graph(ctx context.Context) (*store.Graph, error) { return nil, errStub }

// PathFromHashPart returns the valid path with this digest, "" if none.
func (st *Store) PathFromHashPart(ctx context.Context, digest string) (store.Path, error) {
	return "", errStub
}

// Derivers returns the valid derivations that p is an output of, sorted.
func (st *Store) Derivers(ctx context.Context, p store.Path) ([]store.Path, error) {
	return nil, errStub
}

// DerivationOutputs returns the outputs of a valid derivation whose paths are known.
func (st *Store) DerivationOutputs(ctx context.Context, drvPath store.Path) (map[store.OutputName]store.Path, error) {
	return nil, errStub
}

// ReadDerivation returns the valid derivation at p.
func (st *Store) ReadDerivation(ctx context.Context, p store.Path) (*drv.Derivation, error) {
	return nil, errStub
}

// AddText adds a flat file.
func (st *Store) AddText(ctx context.Context, name string, contents []byte, refs []store.Path) (store.Path, error) {
	return "", errStub
}

// AddTree adds a copy of the file system object at file.
func (st *Store) AddTree(ctx context.Context, name, file string, method store.IngestionMethod, algo nixhash.Algo, filter nar.Filter) (store.Path, error) {
	return "", errStub
}

// AddNAR adds the object that info describes from its archive.
func (st *Store) AddNAR(ctx context.Context, info *store.PathInfo, r io.Reader) error { return errStub }

// AddDerivation adds a store derivation. It is written to disk with others,
// at the latest by Flush.
func (st *Store) AddDerivation(ctx context.Context, d *drv.Derivation) (store.Path, error) {
	return "", errStub
}

// Flush writes the derivations that were added to disk and registers them.
func (st *Store) Flush(ctx context.Context) error { return errStub }

// Sync returns once all that is valid now stays so over a crash of the machine.
func (st *Store) Sync(ctx context.Context) error { return errStub }

// Register makes paths valid whose files are in place.
func (st *Store) Register(ctx context.Context, infos []*store.PathInfo) error { return errStub }

// Install moves objects into the store and registers them, in one step. Files
// says where each is. The caller holds the locks of the paths.
func (st *Store) Install(ctx context.Context, infos []*store.PathInfo, files map[store.Path]string) error {
	return errStub
}

// LockPaths waits until no other process holds the locks of paths, and holds
// them until unlock is called.
func (st *Store) LockPaths(ctx context.Context, paths []store.Path) (unlock func(), err error) {
	return nil, errStub
}

// TryLockPaths is LockPaths that does not wait; ok is false if a lock is held.
func (st *Store) TryLockPaths(ctx context.Context, paths []store.Path) (unlock func(), ok bool, err error) {
	return nil, false, errStub
}

// LockFile holds the lock file+".lock" until unlock is called.
func (st *Store) LockFile(ctx context.Context, file string) (unlock func(), err error) {
	return nil, errStub
}

// TempDir makes a directory in the store that no collection deletes before
// remove is called, which deletes it.
func (st *Store) TempDir(ctx context.Context) (dir string, remove func() error, err error) {
	return "", nil, errStub
}

// Canonicalise gives a tree the permissions and times of store objects.
func (st *Store) Canonicalise(ctx context.Context, file string) error { return errStub }

// DeleteTree deletes a file or a tree, whatever its permissions.
func (st *Store) DeleteTree(ctx context.Context, file string) (freed int64, err error) {
	return 0, errStub
}

// AddTempRoot keeps p, which need not be valid, until the store is closed.
func (st *Store) AddTempRoot(ctx context.Context, p store.Path) error { return errStub }

// ReleaseTempRoots ends what AddTempRoot and adding began.
func (st *Store) ReleaseTempRoots() error { return errStub }

// AddPermRoot makes link lead to p and be a root for as long as it does.
func (st *Store) AddPermRoot(ctx context.Context, p store.Path, link string) error { return errStub }

// AddIndirectRoot makes link, which leads into the store, a root.
func (st *Store) AddIndirectRoot(ctx context.Context, link string) error { return errStub }

// LogPath returns where the log of a derivation is written while it is built.
func (st *Store) LogPath(drvPath store.Path) string { return "" }

// OpenLog opens the log of a derivation, finished or not.
func (st *Store) OpenLog(drvPath store.Path) (io.ReadCloser, error) { return nil, errStub }

// FinishLog compresses the log of a derivation.
func (st *Store) FinishLog(drvPath store.Path) error { return errStub }

// VerifyOptions say what Verify does beside looking whether files exist.
type VerifyOptions struct {
	CheckContents bool // hash what is valid
	Repair        bool // make invalid what is gone and not referred to
}

// A Finding is something wrong that Verify found.
type Finding struct {
	Path store.Path
	Err  error
}

// Verify checks the store and calls report for each thing that is wrong.
func (st *Store) Verify(ctx context.Context, opts VerifyOptions, report func(Finding)) error {
	return errStub
}

// Roots returns all roots.
func (st *Store) Roots(ctx context.Context) (roots []gc.Root, unread []string, err error) {
	return nil, nil, errStub
}

// Entries returns the base names of what lies in the store directory.
func (st *Store) Entries(ctx context.Context) ([]string, error) { return nil, errStub }

// InUse reports whether an entry belongs to a running process.
func (st *Store) InUse(base string) bool { return false }

// LockGC waits until no other collection runs.
func (st *Store) LockGC(ctx context.Context) (gc.Collection, error) { return nil, errStub }

var (
	_ store.Reader = (*Store)(nil)
	_ store.Adder  = (*Store)(nil)
	_ gc.Store     = (*Store)(nil)
)
