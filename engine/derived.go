package engine

import (
	"context"
	"fmt"
	"slices"

	"nixbench/engine/build"
	"nixbench/engine/eval"
	"nixbench/store"
	"nixbench/store/drv"
)

// This file says where outputs are that strings and commands are about.

// derivedPath returns what an element of a context refers to.
func derivedPath(elem eval.ContextElem) store.DerivedPath {
	target := store.DerivedPath{Path: elem.Path()}
	if !elem.IsOutput() || elem.Output() == "" {
		return target
	}
	target.Outputs = []store.OutputName{elem.Output()}
	for inner, ok := elem.Inner(); ok && inner.IsOutput(); inner, ok = inner.Inner() {
		target.Through = append(target.Through, inner.Output())
	}
	slices.Reverse(target.Through)
	return target
}

// inputOf returns the one output of a target as an input of a derivation.
func inputOf(target store.DerivedPath) drv.Input {
	return drv.Input{DrvPath: target.Path, Through: target.Through, Output: target.Outputs[0]}
}

// FindOutputs returns where the outputs of a target are, valid or not, by their
// names: "" where that is not known before something is built, and none at all if
// the derivation itself is not. If that is not valid, the error is one for which
// errors.Is(err, [store.ErrInvalidPath]).
func (e *Engine) FindOutputs(ctx context.Context, target store.DerivedPath) (map[store.OutputName]store.Path, error) {
	return build.FindOutputs(ctx, bothStores{e}, e.settings, target)
}

// OutputPath returns where an output of a derivation is; "" if that is not known before it is
// built.
func (w *world) OutputPath(ctx context.Context, drvPath store.Path, output store.OutputName) (store.Path, error) {
	if err := w.e.Flush(ctx); err != nil {
		return "", err
	}
	d, err := w.e.ReadDerivation(ctx, drvPath)
	if err != nil {
		return "", err
	}
	if _, ok := d.Outputs[output]; !ok {
		return "", fmt.Errorf("derivation '%s' does not have an output named '%s'", drvPath, output)
	}
	paths, err := w.e.FindOutputs(ctx, store.DerivedPath{Path: drvPath, Outputs: []store.OutputName{output}})
	return paths[output], err
}

// BuildTrace returns what the build trace says of the outputs of a target and of what
// their derivation needs, in no order, and where the outputs are, as FindOutputs does.
func (e *Engine) BuildTrace(ctx context.Context, target store.DerivedPath) ([]store.Realisation, map[store.OutputName]store.Path, error) {
	return build.Trace(ctx, bothStores{e}, e.settings, target)
}

// Realisations returns what is known of what outputs came to be, in the store that is
// built into.
func (e *Engine) Realisations(ctx context.Context, outputs []store.DrvOutput) ([]store.Realisation, error) {
	var known []store.Realisation
	for _, o := range outputs {
		r, ok, err := e.store.Realisation(ctx, o.DrvPath, o.Output)
		if err != nil {
			return nil, err
		}
		if ok {
			known = append(known, r)
		}
	}
	return known, nil
}

// DeleteRealisations forgets what outputs came to be, all or none. What is not known
// is passed over. Daemons do not do it.
func (e *Engine) DeleteRealisations(ctx context.Context, outputs []store.DrvOutput) error {
	return e.store.DeleteRealisations(ctx, outputs)
}

// builtPaths returns where the outputs among targets are, by their placeholders.
// What was built by now res says, if it is not nil.
func (e *Engine) builtPaths(ctx context.Context, targets []store.DerivedPath, res *Result) (map[string]store.Path, error) {
	paths := make(map[string]store.Path)
	for i, target := range targets {
		if target.Outputs == nil {
			continue
		}
		var outputs map[store.OutputName]store.Path
		if res != nil {
			outputs = res.Outcomes[i].Outputs
		} else {
			var err error
			if outputs, err = e.FindOutputs(ctx, target); err != nil {
				return nil, err
			}
		}
		if p := outputs[target.Outputs[0]]; p != "" {
			paths[inputOf(target).Placeholder()] = p
		}
	}
	return paths, nil
}
