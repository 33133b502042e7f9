package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"nixbench/engine/build"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/gc"
	"nixbench/store/local"
	"nixbench/store/nixhash"
)

// A dummyStore is no store at all: nothing is valid, and nothing can be done to
// it. Evaluation that writes nothing needs no more.
//
// Behaviour: Nix, dummy-store.cc.
type dummyStore struct{ dir store.Dir }

var _ backend = dummyStore{}

// unsupported is the error of what cannot be done, in Nix's words.
func unsupported(operation string) error {
	return fmt.Errorf("operation '%s' is not supported by store 'dummy://'", operation)
}

func invalid(p store.Path) error { return fmt.Errorf("query %s: %w", p, store.ErrInvalidPath) }

func (st dummyStore) Dir() store.Dir               { return st.dir }
func (st dummyStore) RealDir() string              { return string(st.dir) }
func (st dummyStore) StateDir() string             { return "/nix/var/nix" }
func (st dummyStore) RealPath(p store.Path) string { return string(p) }
func (dummyStore) ReadOnly() bool                  { return false }
func (dummyStore) Writable() error                 { return unsupported("addToStore") }
func (dummyStore) Close() error                    { return nil }

func (dummyStore) IsValid(context.Context, store.Path) (bool, error) { return false, nil }

func (dummyStore) QueryValid(context.Context, []store.Path) ([]store.Path, error) { return nil, nil }

func (dummyStore) Realisation(context.Context, store.Path, store.OutputName) (store.Realisation, bool, error) {
	return store.Realisation{}, false, nil
}

func (dummyStore) DeleteRealisations(context.Context, []store.DrvOutput) error {
	return errDummyGC
}

func (dummyStore) PathInfo(_ context.Context, p store.Path) (*store.PathInfo, error) {
	return nil, invalid(p)
}

func (dummyStore) Referrers(context.Context, store.Path) ([]store.Path, error) {
	return nil, unsupported("queryReferrers")
}

func (dummyStore) Derivers(context.Context, store.Path) ([]store.Path, error) { return nil, nil }

func (dummyStore) AllPaths(context.Context) ([]store.Path, error) {
	return nil, unsupported("queryAllValidPaths")
}

func (dummyStore) Graph(context.Context) (*store.Graph, error) {
	return store.NewGraph(nil, nil, nil), nil
}

func (dummyStore) GraphCost(context.Context) (int, error) { return 1, nil }

func (dummyStore) PathFromHashPart(context.Context, string) (store.Path, error) {
	return "", unsupported("queryPathFromHashPart")
}

func (dummyStore) DerivationOutputs(_ context.Context, p store.Path) (map[store.OutputName]store.Path, error) {
	return nil, invalid(p)
}

func (dummyStore) ReadDerivation(_ context.Context, p store.Path) (*drv.Derivation, error) {
	return nil, invalid(p)
}

func (dummyStore) ReadDerivations(_ context.Context, paths []store.Path, use func(i int, d *drv.Derivation) error) error {
	for i := range paths {
		if err := use(i, nil); err != nil {
			return err
		}
	}
	return nil
}

func (dummyStore) AddText(context.Context, string, []byte, []store.Path) (store.Path, error) {
	return "", unsupported("addToStoreFromDump")
}

func (dummyStore) AddTree(context.Context, string, string, store.IngestionMethod, nixhash.Algo, func(string, string) (bool, error)) (store.Path, error) {
	return "", unsupported("addToStoreFromDump")
}

func (dummyStore) AddSignatures(context.Context, store.Path, []string) (int, error) {
	return 0, unsupported("addSignatures")
}

func (dummyStore) AddNAR(context.Context, *store.PathInfo, io.Reader) error {
	return unsupported("addToStore")
}

func (dummyStore) AddDerivation(context.Context, *drv.Derivation) (store.Path, error) {
	return "", unsupported("writeDerivation")
}

func (dummyStore) Flush(context.Context) error                   { return nil }
func (dummyStore) AddTempRoot(context.Context, store.Path) error { return nil }
func (dummyStore) ReleaseTempRoots() error                       { return nil }

func (dummyStore) OpenLog(drvPath store.Path) (io.ReadCloser, error) {
	return nil, fmt.Errorf("open log of %s: %w", drvPath, fs.ErrNotExist)
}
func (dummyStore) AddLog(context.Context, store.Path, io.Reader) error {
	return unsupported("addBuildLog")
}
func (dummyStore) LogSize(store.Path) int64 { return -1 }

func (dummyStore) AddPermRoot(context.Context, store.Path, string) error {
	return unsupported("addPermRoot")
}

func (dummyStore) Sync(context.Context) error { return nil }

func (dummyStore) LockFile(ctx context.Context, file string) (unlock func(), err error) {
	return local.LockFile(ctx, file)
}

func (dummyStore) Roots(context.Context) (roots []gc.Root, unread []string, err error) {
	return nil, nil, nil
}

func (dummyStore) Entries(context.Context) ([]string, error) { return nil, nil }
func (dummyStore) InUse(string) bool                         { return false }

func (dummyStore) LockGC(context.Context) (gc.Collection, error) { return nil, errDummyGC }

var errDummyGC = settings.Complain("Garbage collection not supported by store 'dummy://'")

func (dummyStore) Verify(context.Context, local.VerifyOptions, func(local.Finding)) error { return nil }

func (dummyStore) Optimise(context.Context, local.OptimiseOptions) (local.Optimisation, error) {
	return local.Optimisation{}, nil
}

// A noBuilder builds nothing, and says so.
type noBuilder struct{ *Engine }

var _ builder = noBuilder{}

// Plan finds that nothing is there.
func (b noBuilder) Plan(ctx context.Context, targets []store.DerivedPath, mode build.Mode) (*build.Plan, error) {
	return build.NewPlan(ctx, bothStores(b), targets, build.PlanOptions{Settings: b.settings, Mode: mode})
}

// ErrNoBuilder reports that the store is one that nothing can be built for.
var ErrNoBuilder = errors.New("Unable to build with a primary store that isn't a local store; " + //nolint:staticcheck // Nix's words
	"either pass a different '--store' or enable remote builds.\n\n" +
	"For more information check 'man nix.conf' and search for '/machines'.")

// A NoSubstituteError says that what is missing cannot be taken from elsewhere, for the
// store is one that nothing can be added to.
type NoSubstituteError struct{ *UnknownError }

// Error returns what Nix says.
func (e *NoSubstituteError) Error() string {
	return fmt.Sprintf("cannot substitute path '%s' - no write access to the Nix store", e.Path)
}

// Unwrap returns what is missing.
func (e *NoSubstituteError) Unwrap() error { return e.UnknownError }

// Execute returns the plan's error.
func (noBuilder) Execute(_ context.Context, plan *build.Plan) (*build.Result, error) {
	for _, missing := range plan.Missing {
		return nil, &NoSubstituteError{missing}
	}
	if len(plan.Build) > 0 {
		return nil, ErrNoBuilder
	}
	return &build.Result{}, nil
}

func (noBuilder) Cancel(store.Path) {}
