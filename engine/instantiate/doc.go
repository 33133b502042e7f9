// Package instantiate turns the attributes of a derivation into a store
// derivation: it is builtins.derivationStrict, where the language meets the
// store.
//
// An [Instantiator] belongs to one evaluator. It knows the derivations that
// the evaluator has made: their hashes, so that a derivation's output paths
// follow from those of its inputs without reading .drv files, and their
// references, so that closures can be computed even of derivations that were
// not written.
//
// Format: Nix manual, "Derivations". Behaviour: Nix 2.34, primops.cc.
package instantiate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"nixbench/store"
	"nixbench/store/drv"
)

// A Store is where store derivations are written to and read from.
// Implementations must be safe for concurrent use.
type Store interface {
	// AddDerivation makes a store derivation valid, whose path is drvPath. It
	// may put that off until the path is asked for, so that many derivations
	// are written at once; in read-only mode it does nothing. Kept reports
	// whether d is still in use.
	AddDerivation(ctx context.Context, drvPath store.Path, d *drv.Derivation) (kept bool, err error)
	// ReadDerivation returns a store derivation.
	ReadDerivation(ctx context.Context, drvPath store.Path) (*drv.Derivation, error)
	// References returns the references of a valid store path.
	References(ctx context.Context, p store.Path) ([]store.Path, error)
}

// An Instantiator makes store derivations. It is safe for concurrent use.
type Instantiator struct {
	dir    store.Dir
	store  Store
	modulo drv.Modulo

	// mu is held for moments only: a Mutex spins then, where a RWMutex would park.
	mu sync.Mutex
	// mu guards the fields below.
	known  map[store.Path]known           // made here
	names  map[string][]store.OutputName  // see shared
	loaded map[store.Path]*drv.Derivation // read from the store, for their hashes
}

// known is what is remembered of a derivation that was made here.
type known struct {
	refs    []store.Path
	outputs []store.OutputName
}

// errNoStore reports that there is no store to read from.
var errNoStore = errors.New("there is no store")

// New returns an Instantiator for store paths in dir. St may be nil, for
// evaluation that writes nothing and refers only to derivations of its own.
func New(dir store.Dir, st Store) *Instantiator {
	in := &Instantiator{dir: dir, store: st, known: make(map[store.Path]known), names: make(map[string][]store.OutputName), loaded: make(map[store.Path]*drv.Derivation)}
	in.modulo.Dir = dir
	in.modulo.Load = in.loadedDerivation
	return in
}

// loadedDerivation returns a derivation that prepare has read.
func (in *Instantiator) loadedDerivation(p store.Path) (*drv.Derivation, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if d := in.loaded[p]; d != nil {
		return d, nil
	}
	return nil, fmt.Errorf("read derivation %s: %w", p, store.ErrInvalidPath)
}

// prepare reads the inputs of d, and theirs, that were not made here and whose
// hashes are going to be needed.
func (in *Instantiator) prepare(ctx context.Context, d *drv.Derivation) error {
	todo := slices.Collect(maps.Keys(d.InputDrvs))
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		in.mu.Lock()
		_, done := in.known[p]
		done = done || in.loaded[p] != nil
		in.mu.Unlock()
		if done {
			continue
		}
		input, err := in.ReadDerivation(ctx, p)
		if err != nil {
			return err
		}
		in.mu.Lock()
		in.loaded[p] = input
		in.mu.Unlock()
		if _, fixed := input.FixedOutput(); !fixed {
			todo = slices.AppendSeq(todo, maps.Keys(input.InputDrvs))
		}
	}
	return nil
}

// ReadDerivation returns a derivation of the store.
func (in *Instantiator) ReadDerivation(ctx context.Context, p store.Path) (*drv.Derivation, error) {
	if in.store == nil {
		return nil, fmt.Errorf("read derivation %s: %w", p, errNoStore)
	}
	return in.store.ReadDerivation(ctx, p)
}

// outputs returns the output names of a derivation, sorted.
func (in *Instantiator) outputs(ctx context.Context, p store.Path) ([]store.OutputName, error) {
	in.mu.Lock()
	k, ok := in.known[p]
	in.mu.Unlock()
	if ok {
		return k.outputs, nil
	}
	d, err := in.ReadDerivation(ctx, p)
	if err != nil {
		return nil, err
	}
	return d.OutputNames(), nil
}

// references returns the references of a store path.
func (in *Instantiator) references(ctx context.Context, p store.Path) ([]store.Path, error) {
	in.mu.Lock()
	k, ok := in.known[p]
	in.mu.Unlock()
	switch {
	case ok:
		return k.refs, nil
	case in.store == nil:
		return nil, nil
	}
	return in.store.References(ctx, p)
}

// shared returns a list of the same names that all derivations with these outputs share:
// there are many derivations, and most have but one output. The caller holds in.mu.
func (in *Instantiator) shared(names []store.OutputName) []store.OutputName {
	all := strings.Join(names, "\x00")
	if was, ok := in.names[all]; ok {
		return was
	}
	in.names[all] = names
	return names
}

// write computes the path of a derivation, remembers it, and hands it to the
// store. Kept reports whether d is still in use.
func (in *Instantiator) write(ctx context.Context, d *drv.Derivation) (drvPath store.Path, kept bool, err error) {
	if err := in.prepare(ctx, d); err != nil {
		return "", false, err
	}
	drvPath, err = in.modulo.Instantiate(d)
	if err != nil {
		return "", false, err
	}
	refs, outputs := d.References(), d.OutputNames()
	in.mu.Lock()
	_, done := in.known[drvPath]
	if !done {
		in.known[drvPath] = known{refs, in.shared(outputs)}
	}
	in.mu.Unlock()
	if done || in.store == nil {
		return drvPath, false, nil
	}
	if kept, err = in.store.AddDerivation(ctx, drvPath, d); err != nil {
		in.mu.Lock()
		delete(in.known, drvPath) // the next is an error, too
		in.mu.Unlock()
	}
	return drvPath, kept, err
}
