package cli

import (
	"context"
	"errors"
	"maps"
	"slices"

	"nixbench/engine"
	"nixbench/store"
)

// This file is nix copy and nix store copy-log.

// copyCommandFlags are those of nix copy.
func copyCommandFlags() []flag {
	return slices.Concat(copyFlags, []flag{
		{[]string{"--no-recursive"}, nil, "only the paths themselves, not their closures", on(func(inv *invocation) *bool { return &inv.notRecursive })},
		selectionFlags[1],
		{[]string{"--no-check-sigs"}, nil, "copy also what no trusted key has signed", on(func(inv *invocation) *bool { return &inv.noCheckSigs })},
		ignored("nothing is substituted", "--substitute-on-destination", "-s"),
		{[]string{"--out-link", "-o"}, []string{"PATH"}, "where to make a link to what was copied, in the store that it was copied to", outLink},
		{[]string{"--profile"}, []string{"PATH"}, "make what was copied the next generation of a profile", profileName},
		jobsFlag,
	})
}

// openBoth opens the stores that paths are copied from and to. The caller closes them.
func (inv *invocation) openBoth(ctx context.Context) (from, to *engine.Engine, err error) {
	if inv.copyFrom == "" && inv.copyTo == "" {
		return nil, nil, inv.cmd.usage("you must pass '--from' and/or '--to'")
	}
	if from, err = inv.openAt(ctx, inv.copyFrom); err != nil {
		return nil, nil, err
	}
	inv.follow(ctx, from)
	if to, err = inv.openAt(ctx, inv.copyTo); err != nil {
		from.Close()
		return nil, nil, err
	}
	return from, to, nil
}

// runCopy is `nixbench copy`.
//
// Behaviour: Nix 2.36, copy.cc.
func runCopy(ctx context.Context, inv *invocation) error {
	switch {
	case engine.IsCache(inv.copyFrom) && engine.IsCache(inv.copyTo):
		return errors.New("nothing here copies from one binary cache to another; copy to a store first")
	case engine.IsCache(inv.copyTo):
		return inv.copyToCache(ctx)
	case engine.IsCache(inv.copyFrom):
		return inv.copyFromCache(ctx)
	}
	from, to, err := inv.openBoth(ctx)
	if err != nil {
		return err
	}
	defer from.Close()
	defer to.Close()
	roots, paths, traced, err := inv.whatToCopy(ctx, from)
	if err != nil {
		return err
	}
	opts := inv.copyOptions(fromTo(from.HumanURI(), to.HumanURI()))
	if err := from.CopyPaths(ctx, to, paths, opts); err != nil {
		return err
	}
	if err := from.CopyBuildTrace(ctx, to, traced, opts); err != nil {
		return err
	}
	return inv.keepCopied(ctx, to, roots)
}

// fromTo says what is copied between which stores, without one that is where one would
// expect it.
//
// Behaviour: makeCopyPathMessage in Nix's store-api.cc.
func fromTo(from, to string) string {
	usual := func(uri string) bool { return uri == "local" || uri == "daemon" || uri == "unix://" }
	switch {
	case usual(from):
		return "to '" + to + "'"
	case usual(to):
		return "from '" + from + "'"
	}
	return "from '" + from + "' to '" + to + "'"
}

// copyOptions tell of what is copied, fromTo which stores.
func (inv *invocation) copyOptions(fromTo string) engine.CopyOptions {
	return engine.CopyOptions{
		Unsigned: inv.noCheckSigs,
		Begin:    func(n int) { inv.say("copying %d paths...", n) },
		Copy:     func(p store.Path) { inv.say("copying path '%s' %s...", p, fromTo) },
	}
}

// whatToCopy returns what is asked to be copied, with the closure that it is copied with and
// what the build trace says of it.
func (inv *invocation) whatToCopy(ctx context.Context, from *engine.Engine) (roots copied, paths []store.Path, traced []store.Realisation, err error) {
	roots, targets, err := inv.copyRoots(ctx, from)
	if err != nil {
		return nil, nil, nil, err
	}
	if traced, err = from.BuildTraceOf(ctx, targets); err != nil {
		return nil, nil, nil, err
	}
	paths = roots.paths()
	for _, r := range traced {
		paths = append(paths, r.OutPath)
	}
	if !inv.all && !inv.notRecursive {
		paths, err = from.Lookup().Requisites(ctx, paths...)
	}
	return roots, paths, traced, err
}

// copied are what was asked to be copied: of each argument, or path, the outputs, which
// are "" by name for a path.
type copied []map[store.OutputName]store.Path

func (c copied) paths() []store.Path {
	var all []store.Path
	for _, outputs := range c {
		all = slices.AppendSeq(all, maps.Values(outputs))
	}
	return store.SortUnique(all)
}

// copyRoots returns what is asked to be copied, built where it has to be, and what of it are
// outputs.
func (inv *invocation) copyRoots(ctx context.Context, from *engine.Engine) (roots copied, targets []store.DerivedPath, err error) {
	if inv.all || inv.wantsDerivation {
		paths, err := inv.pathsAsked(ctx, from)
		for _, p := range paths {
			roots = append(roots, map[store.OutputName]store.Path{"": p})
		}
		return roots, nil, err
	}
	insts, err := inv.installables(ctx, from, inv.installableArgs())
	if err != nil {
		return nil, nil, err
	}
	targets = targetsOf(insts)
	result, err := inv.realise(ctx, from, targets)
	if err != nil {
		return nil, nil, exitOne(err)
	}
	for _, outcome := range result.Outcomes {
		roots = append(roots, outcome.Outputs)
	}
	return roots, targets, nil
}

// keepCopied makes the links and the generation that --out-link and --profile ask for.
func (inv *invocation) keepCopied(ctx context.Context, to *engine.Engine, roots copied) error {
	if inv.profile != "" {
		paths := roots.paths()
		if len(paths) != 1 {
			return inv.cmd.usage("'--profile' requires that the arguments produce a single store path, but there are %d", len(paths))
		}
		if err := inv.setProfileTo(ctx, to, paths[0]); err != nil {
			return err
		}
	}
	if inv.outLink == "" {
		return nil
	}
	for i, outputs := range roots {
		for _, name := range slices.Sorted(maps.Keys(outputs)) {
			if err := inv.link(ctx, to, outputs[name], i, name); err != nil {
				return err
			}
		}
	}
	return nil
}

// runStoreCopyLog is `nixbench store copy-log`.
func runStoreCopyLog(ctx context.Context, inv *invocation) error {
	from, to, err := inv.openBoth(ctx)
	if err != nil {
		return err
	}
	defer from.Close()
	defer to.Close()
	insts, err := inv.installables(ctx, from, inv.installableArgs())
	if err != nil {
		return err
	}
	paths, err := inv.derivationsOf(ctx, from, insts)
	if err != nil {
		return err
	}
	for _, p := range paths {
		if err := from.CopyLog(ctx, to, p); err != nil {
			return err
		}
	}
	return nil
}
