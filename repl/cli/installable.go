package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/engine/eval"
	"nixbench/repl/text"
	"nixbench/store"
)

// This file turns the arguments of commands into what can be built or looked at.

// An installable is what one argument stands for, or a part of it: outputs of a
// derivation, or a store path.
type installable struct {
	name   string // as the user wrote it
	target store.DerivedPath
}

// openForInstallables opens the engine as open does, and returns what the arguments
// stand for.
func (inv *invocation) openForInstallables(ctx context.Context) (*engine.Engine, []installable, error) {
	return openFor(ctx, inv, func(ctx context.Context, eng *engine.Engine) ([]installable, error) {
		return inv.installables(ctx, eng, inv.installableArgs())
	})
}

// installables returns what the arguments stand for: store paths, "drv^out"
// and, if there is an expression, attribute paths in it with or without
// "^out,dev".
func (inv *invocation) installables(ctx context.Context, eng *engine.Engine, args []string) ([]installable, error) {
	var out []installable
	var e *evaluation
	var root eval.Value
	for _, arg := range args {
		if inst, ok, err := inv.storePath(eng, arg); err != nil {
			return nil, err
		} else if ok {
			out = append(out, inst)
			continue
		}
		if e == nil {
			var err error
			if e, err = inv.evaluate(ctx, eng, false); err != nil {
				return nil, err
			}
			if root, err = e.root(ctx, arg); err != nil {
				return nil, err
			}
		}
		found, err := e.installables(ctx, root, arg)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// storePath parses an argument that names something in the store: a path in
// it, a link to one, or "drv^out". Links are only looked for where there is no
// expression that the argument could be an attribute of, and for nix it is one then
// whatever it looks like.
func (inv *invocation) storePath(eng *engine.Engine, arg string) (installable, bool, error) {
	ofExpr := inv.file != "" || inv.hasExpr
	if ofExpr && inv.env.nixName() == "nix" {
		return installable{}, false, nil
	}
	dir := eng.Store().Dir()
	if strings.HasPrefix(arg, string(dir)+"/") {
		if strings.ContainsAny(arg, "^!") {
			target, err := dir.ParseDerivedPath(arg)
			return installable{arg, target}, true, err
		}
		p, _, err := dir.PathOf(arg)
		return installable{string(p), store.DerivedPath{Path: p}}, true, err
	}
	if ofExpr || arg == "" {
		return installable{}, false, nil
	}
	p, err := eng.ResolveLink(inv.abs(arg), arg)
	if err != nil {
		return installable{}, false, nil //nolint:nilerr // an attribute, of an expression that is not there
	}
	return installable{string(p), store.DerivedPath{Path: p}}, true, nil
}

// called returns what Nix calls an argument: the store path that it stands for, or the
// attribute path without the outputs.
func (inv *invocation) called(eng *engine.Engine, arg string) string {
	if inst, ok, err := inv.storePath(eng, arg); ok && err == nil {
		return inst.target.String()
	}
	attrPath, _, err := cutOutputs(arg)
	if err != nil {
		return arg
	}
	return attrPath
}

// cutOutputs divides an attribute path from the outputs that it names, nil for none.
// Behaviour: ExtendedOutputsSpec::parse in Nix's outputs-spec.cc.
func cutOutputs(arg string) (attrPath string, outputs []store.OutputName, err error) {
	i := strings.LastIndexByte(arg, '^')
	if i < 0 {
		return arg, nil, nil
	}
	if outputs, err = store.ParseOutputs(arg[i+1:]); err != nil {
		return "", nil, fmt.Errorf("invalid extended outputs specifier '%s'", text.Sanitise(arg))
	}
	return arg[:i], outputs, nil
}

// cutAttrPath is cutOutputs where "." is the whole expression.
// Behaviour: InstallableAttrPath::parse in Nix's installable-attr-path.cc.
func cutAttrPath(arg string) (attrPath string, outputs []store.OutputName, err error) {
	if attrPath, outputs, err = cutOutputs(arg); attrPath == "." {
		attrPath = ""
	}
	return attrPath, outputs, err
}

// installables returns what an attribute path stands for: what its derivations
// are, one for each, by path; or the one store path that it evaluates to.
// Behaviour: InstallableAttrPath in Nix's installable-attr-path.cc.
func (e *evaluation) installables(ctx context.Context, root eval.Value, arg string) ([]installable, error) {
	attrPath, asked, err := cutAttrPath(arg)
	if err != nil {
		return nil, err
	}
	v, pos, err := e.selectAttr(ctx, root, attrPath)
	if err != nil {
		return nil, err
	}
	if target, ok, err := e.eng.SingleTarget(ctx, e.ev, v, attrPath, pos); ok || err != nil {
		return []installable{{arg, target}}, e.traced(err)
	}
	pkgs, err := e.packages(ctx, v)
	if err != nil {
		return nil, err
	}
	var facts engine.Facts
	if asked == nil {
		facts = engine.FactOutputs
	}
	drvs, err := e.instantiate(ctx, pkgs, facts)
	switch {
	case errors.Is(err, engine.ErrNoDrvPath):
		return nil, fmt.Errorf("'%s' is not a derivation", text.Sanitise(attrPath))
	case err != nil:
		return nil, err
	}
	var out []installable
	for _, d := range drvs {
		target := d.Target()
		if asked != nil {
			target.Outputs = asked
		}
		i := slices.IndexFunc(out, func(inst installable) bool { return inst.target.Path == target.Path })
		if i < 0 {
			out = append(out, installable{arg, target})
		} else {
			out[i].target.Outputs = union(out[i].target.Outputs, target.Outputs)
		}
	}
	slices.SortFunc(out, func(a, b installable) int { return cmp.Compare(a.target.Path, b.target.Path) })
	return out, nil
}

// targetsOf returns what has to be realised for installables.
func targetsOf(insts []installable) []store.DerivedPath {
	targets := make([]store.DerivedPath, len(insts))
	for i, inst := range insts {
		targets[i] = inst.target
	}
	return targets
}

// packages returns the packages of a value, and warns if there are none.
func (e *evaluation) packages(ctx context.Context, v eval.Value) ([]*engine.Package, error) {
	var pkgs []*engine.Package
	err := e.ev.Do(ctx, func(s *eval.State) { pkgs = engine.Packages(s, v, engine.WalkOptions{Args: &e.args}) })
	if err != nil {
		return nil, e.traced(err)
	}
	if len(pkgs) == 0 && e.inv.env.nixName() == "" {
		e.inv.warn("there is no derivation in " + e.ev.Snapshot(v).Text)
	}
	return pkgs, nil
}

// instantiate returns the derivations of packages; after an error, those before it.
// Unless only paths are asked for, it is an error if they could not be written.
func (e *evaluation) instantiate(ctx context.Context, pkgs []*engine.Package, facts engine.Facts) ([]engine.Derivation, error) {
	drvs, err := e.eng.Instantiate(ctx, e.ev, pkgs, facts)
	readOnly := e.eng.Writable()
	if readOnly == nil || e.inv.readOnly {
		return drvs, e.traced(err)
	}
	for i, d := range drvs {
		if _, err := e.eng.StoreOf(ctx, d.DrvPath); err != nil {
			return drvs[:i], fmt.Errorf("write '%s': %w", d.DrvPath, readOnly)
		}
	}
	return drvs, e.traced(err)
}

// union returns the names of both lists, sorted.
func union(a, b []store.OutputName) []store.OutputName {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// outputPaths returns the paths that a target stands for, by the names of the
// outputs; a store path stands for itself.
func outputPaths(ctx context.Context, eng *engine.Engine, target store.DerivedPath) ([]store.Path, error) {
	if target.Outputs == nil {
		return []store.Path{target.Path}, nil
	}
	outputs, err := wantedOutputs(ctx, eng, target)
	if err != nil {
		return nil, err
	}
	var paths []store.Path
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		paths = append(paths, outputs[name])
	}
	return paths, nil
}

// wantedOutputs returns the paths of those outputs of a derivation that target
// wants. They need not be valid, but have to be known.
func wantedOutputs(ctx context.Context, eng *engine.Engine, target store.DerivedPath) (map[store.OutputName]store.Path, error) {
	outputs, err := eng.FindOutputs(ctx, target)
	if err == nil {
		err = checkBuilt(target, outputs)
	}
	if err != nil {
		return nil, err
	}
	return outputs, nil
}

// checkBuilt returns an error if there is an output of target of which it is not known
// where it is.
func checkBuilt(target store.DerivedPath, outputs map[store.OutputName]store.Path) error {
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		if outputs[name] == "" {
			return &unbuiltError{target.Path, name}
		}
	}
	if len(outputs) == 0 {
		return &unbuiltError{target.Path, target.Through[0]}
	}
	return nil
}

// An unbuiltError reports an output of which it is not known where it is before it has
// been built.
type unbuiltError struct {
	drvPath store.Path
	output  store.OutputName
}

func (e *unbuiltError) Error() string {
	return fmt.Sprintf("cannot operate on output '%s' of the unbuilt derivation '%s'", e.output, e.drvPath)
}
