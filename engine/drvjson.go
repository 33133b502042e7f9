package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"nixbench/engine/build"
	"nixbench/engine/instantiate"
	"nixbench/store"
	"nixbench/store/drv"
)

// This file shows store derivations as JSON, and makes them of it.

// ShowDerivations returns what store derivations are, as `nix derivation show`
// does. Other paths are passed over.
func (e *Engine) ShowDerivations(ctx context.Context, paths []store.Path) ([]byte, error) {
	drvs := make(map[store.Path]*drv.Derivation)
	for _, p := range paths {
		if !p.IsDerivation() {
			continue
		}
		d, err := e.ReadDerivation(ctx, p)
		if err != nil {
			return nil, err
		}
		drvs[p] = d
	}
	return drv.ShowJSON(drvs)
}

// A DerivationError says that a derivation that was read from JSON is wrong, though
// it has the form.
type DerivationError struct {
	Name string
	Err  error
}

func (e *DerivationError) Error() string { return e.Err.Error() }

// AddDerivationJSON adds the store derivation that a JSON text says, unless it is a
// dry run. Outputs without paths get them. The error is a *[drv.JSONError] if the
// text is not that of a derivation, or a *[DerivationError].
//
// Behaviour: parseJsonAndValidate of Nix's derivations.cc.
func (e *Engine) AddDerivationJSON(ctx context.Context, text []byte, dryRun bool) (store.Path, error) {
	d, err := drv.ReadJSON(e.store.Dir(), text, e.needFeature)
	if err != nil {
		return "", err
	}
	return e.addFilled(ctx, d, dryRun)
}

// addFilled adds a derivation, unless it is a dry run, once its outputs that have no
// paths have them.
func (e *Engine) addFilled(ctx context.Context, d *drv.Derivation, dryRun bool) (store.Path, error) {
	var missing error // an input that cannot be read
	modulo := &drv.Modulo{Dir: e.store.Dir(), Load: func(p store.Path) (*drv.Derivation, error) {
		d, err := e.ReadDerivation(ctx, p)
		if errors.Is(err, store.ErrInvalidPath) {
			missing = fmt.Errorf("store path '%s' does not exist", p)
		}
		return d, err
	}}
	if err := modulo.FillOutputs(d); err != nil {
		return "", cmp.Or(missing, instantiate.PathError(err))
	}
	if err := modulo.CheckOutputs(d); err != nil {
		return "", &DerivationError{d.Name, err}
	}
	p, err := d.Path(e.store.Dir())
	if err != nil || dryRun {
		return p, instantiate.PathError(err)
	}
	for _, ref := range d.References() {
		if _, err := e.StoreOf(ctx, ref); err != nil {
			return "", err
		}
	}
	if err := e.adopt(ctx, d.References()...); err != nil {
		return "", err
	}
	if _, err := e.store.AddDerivation(ctx, d); err != nil {
		return "", err
	}
	return p, e.Flush(ctx)
}

// needFeature returns Nix's error unless an experimental feature is on.
func (e *Engine) needFeature(name string) error {
	if e.settings.HasFeature(name) {
		return nil
	}
	return &build.FeatureError{Feature: name}
}
