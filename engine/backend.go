package engine

import (
	"context"
	"io"

	"nixbench/engine/build"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/gc"
	"nixbench/store/local"
	"nixbench/store/profile"
)

// A backend is the store that an engine writes to, whether this process does
// the writing or a daemon. Its methods are safe for concurrent use. What would
// change a store that is only read returns the error of Writable.
type backend interface {
	Store
	store.Adder
	gc.Store
	profile.Store

	// Writable returns an error that says why the store can only be read, or nil.
	Writable() error
	// QueryValid returns those of paths that are valid, sorted without duplicates.
	QueryValid(ctx context.Context, paths []store.Path) ([]store.Path, error)
	// ReadDerivations calls use with the derivation at each of paths; see
	// [local.Store.ReadDerivations].
	ReadDerivations(ctx context.Context, paths []store.Path, use func(i int, d *drv.Derivation) error) error
	// Realisation returns what an output came to be; see
	// [local.Store.Realisation].
	Realisation(ctx context.Context, drvPath store.Path, output store.OutputName) (store.Realisation, bool, error)
	// DeleteRealisations forgets what outputs came to be; see
	// [local.Store.DeleteRealisations].
	DeleteRealisations(ctx context.Context, outputs []store.DrvOutput) error
	// AddNAR adds the object that info describes from its archive in r; see
	// [local.Store.AddNAR].
	AddNAR(ctx context.Context, info *store.PathInfo, r io.Reader) error
	// AddDerivation adds a store derivation, which is valid for others after
	// Flush; see [local.Store.AddDerivation].
	AddDerivation(ctx context.Context, d *drv.Derivation) (store.Path, error)
	Flush(ctx context.Context) error
	// AddTempRoot keeps a path, valid or not, from being collected until
	// ReleaseTempRoots.
	AddTempRoot(ctx context.Context, p store.Path) error
	ReleaseTempRoots() error
	// AddSignatures adds signatures to a valid path, and returns how many are new.
	AddSignatures(ctx context.Context, p store.Path, sigs []string) (added int, err error)
	// OpenLog opens the log of a derivation; see [local.Store.OpenLog].
	OpenLog(drvPath store.Path) (io.ReadCloser, error)
	// AddLog keeps the log of a derivation, unless there is one.
	AddLog(ctx context.Context, drvPath store.Path, log io.Reader) error
	// LogSize is how large the file of that log is; see [local.LogSize].
	LogSize(drvPath store.Path) int64
	Optimise(ctx context.Context, opts local.OptimiseOptions) (local.Optimisation, error)
	// Close lets go of the store. Nothing is used after it.
	Close() error
}

// A builder realises derivations in the store of an engine. It is safe for
// concurrent use.
type builder interface {
	Plan(ctx context.Context, targets []store.DerivedPath, mode build.Mode) (*build.Plan, error)
	Execute(ctx context.Context, plan *build.Plan) (*build.Result, error)
	// Cancel cancels the build of one derivation. It does not wait.
	Cancel(drvPath store.Path)
}

var (
	_ backend = (*local.Store)(nil)
	_ builder = (*build.Builder)(nil)
)
