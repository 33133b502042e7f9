package engine

import (
	"context"
	"fmt"
	"os"

	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/local"
)

// A scratchStore lasts as long as it is open. It is in a temporary directory, since what
// is added has to be read again as files; what Nix's store in memory cannot do it does
// not do either.
//
// Behaviour: Nix, dummy-store.cc, with read-only=false.
type scratchStore struct {
	*local.Store
	root string
}

var _ backend = scratchStore{}

func openScratch(ctx context.Context, dir store.Dir) (st scratchStore, err error) {
	if st.root, err = os.MkdirTemp("", "nixbench-dummy-"); err != nil {
		return st, err
	}
	st.Store, err = local.Open(ctx, local.Options{Root: st.root, Dir: dir, SyncMode: local.SyncNone})
	if err != nil {
		os.RemoveAll(st.root)
		return st, fmt.Errorf("open dummy store: %w", err)
	}
	return st, nil
}

// Close deletes the store.
func (st scratchStore) Close() error {
	err := st.Store.Close()
	ctx := context.Background() //nolint:forbidigo // what is temporary goes, also where the command is cancelled
	if _, removed := local.DeleteTree(ctx, st.root); err == nil {
		err = removed
	}
	return err
}

func (scratchStore) AllPaths(context.Context) ([]store.Path, error) {
	return nil, unsupported("queryAllValidPaths")
}

func (scratchStore) DeleteRealisations(context.Context, []store.DrvOutput) error { return errDummyGC }

func (scratchStore) LockGC(context.Context) (gc.Collection, error) { return nil, errDummyGC }

func (scratchStore) AddPermRoot(context.Context, store.Path, string) error {
	return unsupported("addPermRoot")
}

func (scratchStore) AddSignatures(context.Context, store.Path, []string) (int, error) {
	return 0, unsupported("addSignatures")
}

func (scratchStore) Verify(context.Context, local.VerifyOptions, func(local.Finding)) error {
	return nil
}

func (scratchStore) Optimise(context.Context, local.OptimiseOptions) (local.Optimisation, error) {
	return local.Optimisation{}, unsupported("optimiseStore")
}
