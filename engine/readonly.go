package engine

import (
	"context"
	"slices"

	"nixbench/engine/build"
	"nixbench/store"
)

// This file says what an evaluation may have built that writes nothing to the store.

// refuseSubstitution returns an error if something that targets need, and that is not
// valid, might be substituted: that is what Nix tries first, and refuses where nothing is
// written, whether there is a substituter or not. What may only be built is built.
//
// Behaviour: Nix, derivation-goal.cc and substitution-goal.cc.
func (e *Engine) refuseSubstitution(ctx context.Context, targets []store.DerivedPath) error {
	if e.daemon != nil || !e.Settings().Substitute {
		return nil
	}
	plan, err := e.PlanRealise(ctx, targets)
	if err != nil {
		return err
	}
	for _, planned := range slices.Backward(plan.Build) { // what needs others before those
		may, err := e.maySubstitute(ctx, planned.DrvPath)
		if err != nil {
			return err
		}
		if p := wantedPath(planned, targets); may && p != "" {
			return &NoSubstituteError{&UnknownError{Path: p}}
		}
	}
	for _, p := range plan.Substitute {
		return &NoSubstituteError{&UnknownError{Path: p}}
	}
	return nil
}

// maySubstitute reports whether the outputs of a derivation may come from elsewhere. What
// is wrong with what it says of that is told when it is built.
func (e *Engine) maySubstitute(ctx context.Context, drvPath store.Path) (bool, error) {
	d, err := e.ReadDerivation(ctx, drvPath)
	if err != nil {
		return false, err
	}
	options, err := d.Options()
	return err == nil && (options.AllowSubstitutes || e.Settings().AlwaysSubstitute), nil
}

// wantedPath returns the path of an output of what is to be built, of those that are among
// targets if one is; "" if no path is known yet.
func wantedPath(planned *build.PlannedBuild, targets []store.DerivedPath) store.Path {
	wanted := planned.Outputs
	for _, target := range targets {
		if target.Path == planned.DrvPath && len(target.Outputs) > 0 {
			wanted = slices.DeleteFunc(slices.Clone(wanted), func(o build.Output) bool {
				return !slices.Contains(target.Outputs, o.Name) && !slices.Contains(target.Outputs, store.AllOutputs)
			})
		}
	}
	for _, o := range wanted {
		return o.Path
	}
	return ""
}
