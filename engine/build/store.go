package build

import (
	"context"

	"nixbench/store"
	"nixbench/store/drv"
)

// A Reader is what planning needs of a store.
type Reader interface {
	store.Reader
	// QueryValid returns those of paths that are valid, sorted without duplicates.
	QueryValid(ctx context.Context, paths []store.Path) ([]store.Path, error)
	// ReadDerivation returns the derivation at a valid path. The caller must not
	// modify it.
	ReadDerivation(ctx context.Context, p store.Path) (*drv.Derivation, error)
	// ReadDerivations calls use with the position and the derivation of each of paths,
	// nil for one that is not valid: from several goroutines, in no order. A derivation
	// is good until use returns, and what is kept of it has to be copied.
	ReadDerivations(ctx context.Context, paths []store.Path, use func(i int, d *drv.Derivation) error) error
	// Realisation returns what an output of a derivation, which need not be
	// valid, came to be; ok is false if that is not known or not valid.
	Realisation(ctx context.Context, drvPath store.Path, output store.OutputName) (r store.Realisation, ok bool, err error)
}

// A Store is what building needs of a store. It is on this machine: builders
// see its files. Its methods are safe for concurrent use.
type Store interface {
	Reader
	// RealDir and StateDir are where the objects and the state are on disk.
	RealDir() string
	StateDir() string

	// AddTempRoot keeps a path, valid or not, from being collected for as long
	// as the store is open.
	AddTempRoot(ctx context.Context, p store.Path) error
	// LockPaths waits for the locks of paths and holds them until unlock.
	// TryLockPaths does not wait; ok says whether it holds them.
	LockPaths(ctx context.Context, paths []store.Path) (unlock func(), err error)
	TryLockPaths(ctx context.Context, paths []store.Path) (unlock func(), ok bool, err error)

	// TempDir makes a directory in the store that nobody else can reach.
	TempDir(ctx context.Context) (dir string, remove func() error, err error)
	// Canonicalise gives a tree the permissions and times of store objects.
	Canonicalise(ctx context.Context, file string) error
	// DeleteTree deletes a file or a tree, whatever its permissions.
	DeleteTree(ctx context.Context, file string) (freed int64, err error)
	// Install moves objects from where files says they are into the store and
	// registers them, all or none. The caller holds their locks.
	Install(ctx context.Context, infos []*store.PathInfo, files map[store.Path]string) error

	// Replace puts an object in the place of a valid one that is damaged; Register
	// notes what is known of valid ones. The caller holds their locks.
	Replace(ctx context.Context, info *store.PathInfo, file string) error
	Register(ctx context.Context, infos []*store.PathInfo) error

	// AddDerivation adds a store derivation. The caller must not modify it.
	AddDerivation(ctx context.Context, d *drv.Derivation) (store.Path, error)
	// RegisterRealisations notes what outputs came to be, with signatures by sign; nil
	// makes none.
	RegisterRealisations(ctx context.Context, rs []store.Realisation, sign store.Signer) error

	// LogPath is where the log of a derivation is written while it is built.
	LogPath(drvPath store.Path) string
	// FinishLog compresses it.
	FinishLog(drvPath store.Path) error
}
