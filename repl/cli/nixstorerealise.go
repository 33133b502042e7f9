package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/store"
)

// This file is nix-store --realise.

// realise is nix-store --realise.
func (run *storeRun) realise(ctx context.Context) error {
	if err := run.only("--dry-run", "--ignore-unknown", "--check", "--repair"); err != nil {
		return err
	}
	var targets []store.DerivedPath
	for _, arg := range run.args {
		target, err := run.followedTarget(arg)
		if err != nil {
			return err
		}
		targets = append(targets, target)
	}
	run.dryRun = run.has("--dry-run")
	if run.has("--repair") {
		run.mode = engine.Repair
	} else if run.has("--check") {
		run.mode = engine.Check
	}
	if run.has("--ignore-unknown") {
		known, err := run.withoutUnknown(ctx, targets)
		if err != nil {
			return err
		}
		targets = known
	}
	if len(targets) == 0 {
		return nil
	}
	if _, err := run.invocation.realise(ctx, run.eng, allOutputs(targets)); err != nil || run.dryRun || run.has("--ignore-unknown") {
		return err
	}
	for _, target := range targets {
		links, err := run.realised(ctx, target, false)
		if err != nil {
			return err
		}
		for _, link := range links {
			if run.legacy.noOutput {
				break
			}
			if err := run.println(link); err != nil {
				return err
			}
		}
	}
	return nil
}

// followedTarget returns what an argument, "PATH" or "DRV!OUT,DEV", stands for.
func (run *storeRun) followedTarget(arg string) (store.DerivedPath, error) {
	file, spec, _ := strings.Cut(arg, "!")
	p, err := run.followed(run.eng, file)
	target := store.DerivedPath{Path: p}
	if outputs := store.ParseLegacyOutputs(spec); len(outputs) > 0 {
		target.Outputs = outputs
	}
	return target, err
}

// allOutputs names all outputs of derivations of which none are named.
func allOutputs(targets []store.DerivedPath) []store.DerivedPath {
	targets = slices.Clone(targets)
	for i := range targets {
		if targets[i].Path.IsDerivation() && targets[i].Outputs == nil {
			targets[i].Outputs = []store.OutputName{store.AllOutputs}
		}
	}
	return targets
}

// withoutUnknown returns the targets that are valid or can be built.
func (run *storeRun) withoutUnknown(ctx context.Context, targets []store.DerivedPath) ([]store.DerivedPath, error) {
	plan, err := run.eng.PlanRealise(ctx, allOutputs(targets))
	if err != nil {
		return nil, err
	}
	unknown := make(map[store.Path]bool)
	for _, missing := range plan.Missing {
		unknown[missing.Path] = true
	}
	return slices.DeleteFunc(slices.Clone(targets), func(target store.DerivedPath) bool { return unknown[target.Path] }), nil
}

// realised returns the outputs of a target, or the roots that --add-root makes of
// them, sorted; they are valid, or else made so if build is set.
func (run *storeRun) realised(ctx context.Context, target store.DerivedPath, build bool) ([]string, error) {
	if build {
		if err := run.realiseAsked(ctx, run.eng, allOutputs([]store.DerivedPath{target})); err != nil {
			return nil, err
		}
	}
	run.legacy.rooted++
	if !target.Path.IsDerivation() {
		if _, err := run.eng.StoreOf(ctx, target.Path); err != nil {
			return nil, fmt.Errorf("path '%s' does not exist and cannot be created", target.Path)
		}
		link, err := run.root(ctx, target.Path, "out")
		return []string{link}, err
	}
	outputs, err := run.outputsNamed(ctx, target)
	if err != nil {
		return nil, err
	}
	var links []string
	for name, p := range outputs {
		link, err := run.root(ctx, p, name)
		if err != nil {
			return nil, err
		}
		links = append(links, link)
	}
	slices.Sort(links)
	return slices.Compact(links), nil
}

// outputsNamed returns the outputs that a target names, all if it names none.
func (run *storeRun) outputsNamed(ctx context.Context, target store.DerivedPath) (map[store.OutputName]store.Path, error) {
	d, err := run.eng.ObtainDerivation(ctx, target.Path)
	if err != nil {
		return nil, err
	}
	known, err := run.knownOutputs(ctx, target.Path)
	if err != nil {
		return nil, err
	}
	names := target.Outputs
	if names == nil {
		names = d.OutputNames()
	}
	outputs := make(map[store.OutputName]store.Path)
	for _, name := range names {
		if !slices.Contains(d.OutputNames(), name) {
			return nil, fmt.Errorf("derivation '%s' does not have an output named '%s'", target.Path, name)
		}
		if outputs[name] = d.OutputPath(name); outputs[name] == "" {
			outputs[name] = known[name]
		}
	}
	return outputs, nil
}

// root makes the root that --add-root asks for and returns its name, or without
// one says so, and returns the path.
func (run *storeRun) root(ctx context.Context, p store.Path, output store.OutputName) (string, error) {
	if run.addRoot == "" {
		run.warnNoRoot()
		return string(p), nil
	}
	link := run.addRoot
	if run.legacy.rooted > 1 {
		link = fmt.Sprintf("%s-%d", link, run.legacy.rooted)
	}
	if output != "out" {
		link += "-" + output
	}
	return link, run.eng.AddRoot(ctx, p, link)
}

// warnNoRoot warns, once, that a result is not made a root.
func (inv *invocation) warnNoRoot() {
	if inv.noRootWarning || inv.env.nixName() == "" {
		return
	}
	inv.noRootWarning = true
	inv.warn("you did not specify '--add-root'; the result might be removed by the garbage collector")
}
