package engine

import (
	"context"
	"fmt"
	"strings"

	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/local"
)

// This file has the stores of an engine, as the interfaces see them.

// A Store is what interfaces ask of a store.
type Store interface {
	store.Reader
	AllPaths(ctx context.Context) ([]store.Path, error)
	store.Snapshotter
	PathFromHashPart(ctx context.Context, digest string) (store.Path, error)
	Derivers(ctx context.Context, p store.Path) ([]store.Path, error)
	DerivationOutputs(ctx context.Context, drvPath store.Path) (map[store.OutputName]store.Path, error)
	ReadDerivation(ctx context.Context, p store.Path) (*drv.Derivation, error)
	Verify(ctx context.Context, opts local.VerifyOptions, report func(local.Finding)) error
	ReadOnly() bool
	RealDir() string
	StateDir() string
}

// Store returns the store that is built into.
func (e *Engine) Store() Store { return e.store }

// Machine returns the machine's store, which is only read, or nil if Store is
// the only one.
func (e *Engine) Machine() Store {
	if e.machine == nil {
		return nil
	}
	return e.machine
}

// stores returns Store and, if there is one, Machine.
func (e *Engine) stores() []backend {
	stores := []backend{e.store}
	if e.machine != nil {
		stores = append(stores, e.machine)
	}
	if e.evalsIn != nil {
		stores = append(stores, e.evalsIn.stores()...)
	}
	return stores
}

// MachineErr says why the machine's store is not read although there is one;
// it is nil if it is read or there is none.
func (e *Engine) MachineErr() error { return e.unread }

// StoreOf returns the store that has p: Store, or else Machine.
// If neither has, the error is one for which
// errors.Is(err, [store.ErrInvalidPath]).
func (e *Engine) StoreOf(ctx context.Context, p store.Path) (Store, error) {
	for _, st := range e.stores() {
		switch valid, err := st.IsValid(ctx, p); {
		case err != nil:
			return nil, err
		case valid:
			return st, nil
		}
	}
	return nil, invalidPathError(p)
}

// invalidPathError reports, in Nix's words, that no store has a path. It is one
// for which errors.Is(err, [store.ErrInvalidPath]).
type invalidPathError store.Path

func (p invalidPathError) Error() string { return fmt.Sprintf("path '%s' is not valid", string(p)) }

func (p invalidPathError) Unwrap() error { return store.ErrInvalidPath }

// InvalidPath returns the path; see [eval.State.TryRealise].
func (p invalidPathError) InvalidPath() store.Path { return store.Path(p) }

// ReadDerivation returns a derivation of the stores. Its error is one for which
// errors.Is(err, [store.ErrInvalidPath]) if no store has it.
func (e *Engine) ReadDerivation(ctx context.Context, p store.Path) (*drv.Derivation, error) {
	st, err := e.StoreOf(ctx, p)
	if err != nil {
		return nil, err
	}
	return st.ReadDerivation(ctx, p)
}

// StoreName names the stores in a few words, for a header.
func (e *Engine) StoreName() string {
	name := string(e.store.Dir())
	if real := e.store.RealDir(); real != name {
		name = strings.TrimSuffix(real, string(e.store.Dir()))
	}
	if e.machine != nil {
		return name + ", reading " + string(e.machine.Dir())
	}
	switch {
	case e.daemon != nil:
		return name + " (through the daemon)"
	case e.store.ReadOnly():
		return name + " (read-only)"
	}
	return name
}
