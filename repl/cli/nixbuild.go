package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/store"
)

// runNixBuild is `nixbench nix-build`, with the flags and the exit statuses of
// nix-build.
func runNixBuild(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	targets, err := inv.legacyTargets(ctx, eng)
	if err != nil {
		return err
	}
	result, err := inv.realise(ctx, eng, targets)
	if err != nil || inv.dryRun {
		return err
	}
	return inv.reportLegacy(ctx, eng, result)
}

// legacyTargets returns an output for each derivation of the arguments: those that are
// store derivations themselves come first, then files and expressions.
func (inv *invocation) legacyTargets(ctx context.Context, eng *engine.Engine) ([]store.DerivedPath, error) {
	e, err := inv.evaluate(ctx, eng, false)
	if err != nil {
		return nil, err
	}
	targets, pkgs, err := e.legacyBuilds(ctx)
	if err != nil {
		return nil, err
	}
	drvs, err := e.withOutputNames(ctx, pkgs)
	if err != nil {
		return nil, err
	}
	for _, d := range drvs {
		targets = append(targets, store.DerivedPath{Path: d.DrvPath, Outputs: []store.OutputName{d.OutputName}})
	}
	return targets, nil
}

// legacyBuilds returns the arguments that are store derivations, and the packages that
// the others stand for.
func (e *evaluation) legacyBuilds(ctx context.Context) (targets []store.DerivedPath, pkgs []*engine.Package, err error) {
	var roots []eval.Value // of the others: all are read before one is evaluated
	for _, arg := range e.inv.legacyArgs() {
		target, ok, err := e.inv.drvArgument(ctx, e.eng, arg)
		switch {
		case err != nil:
			return nil, nil, err
		case ok:
			targets = append(targets, target)
		default:
			root, err := e.legacyRead(ctx, arg)
			if err != nil {
				return nil, nil, err
			}
			roots = append(roots, root)
		}
	}
	for _, root := range roots {
		found, err := e.legacyPackages(ctx, root)
		if err != nil {
			return nil, nil, err
		}
		pkgs = append(pkgs, found...)
	}
	return targets, pkgs, nil
}

// drvArgument parses "/nix/store/….drv", which stands for the output "out", and
// "/nix/store/….drv!dev". What leads to one by links is one, too.
//
// Behaviour: PackageInfo in Nix's get-drvs.cc.
func (inv *invocation) drvArgument(ctx context.Context, eng *engine.Engine, arg string) (target store.DerivedPath, ok bool, err error) {
	if inv.hasExpr {
		return store.DerivedPath{}, false, nil
	}
	name := inv.abs(arg)
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	if !strings.HasPrefix(name, string(eng.Store().Dir())+"/") {
		return store.DerivedPath{}, false, nil
	}
	target, err = eng.Store().Dir().ParseDerivedPath(name)
	if err != nil || !target.Path.IsDerivation() {
		return store.DerivedPath{}, false, nil //nolint:nilerr // it is a file
	}
	switch len(target.Outputs) {
	case 0:
		target.Outputs = []store.OutputName{"out"}
	case 1:
	default:
		return store.DerivedPath{}, false, fmt.Errorf("building more than one derivation output is not supported, in '%s'", arg)
	}
	d, err := eng.ObtainDerivation(ctx, target.Path)
	if err != nil {
		return store.DerivedPath{}, false, err
	}
	if _, has := d.Outputs[target.Outputs[0]]; !has && target.Outputs[0] != store.AllOutputs {
		return store.DerivedPath{}, false, fmt.Errorf("derivation '%s' does not have output '%s'", target.Path, target.Outputs[0])
	}
	return target, true, nil
}

// reportLegacy links the outputs, unless told not to, and prints them. The
// links of the second derivation are result-2, result-2-dev and so on.
func (inv *invocation) reportLegacy(ctx context.Context, eng *engine.Engine, result *engine.Result) error {
	number := make(map[store.Path]int) // of a derivation, 0 for the first, then 2, 3, …
	var paths []store.Path
	for _, outcome := range result.Outcomes {
		n, seen := number[outcome.DrvPath]
		if !seen {
			if n = len(number); n > 0 {
				n++
			}
			number[outcome.DrvPath] = n
		}
		for output, p := range outcome.Outputs {
			if err := inv.link(ctx, eng, p, n, output); err != nil {
				return err
			}
			paths = append(paths, p)
		}
	}
	for _, p := range paths {
		if _, err := fmt.Fprintln(inv.env.Stdout, p); err != nil {
			return err
		}
	}
	return nil
}
