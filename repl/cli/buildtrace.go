package cli

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/repl/text"
	"nixbench/store"
)

// This file is nix store build-trace info and delete.

// buildTraceCommands are those of the build trace, and the names that Nix 2.34 has
// for them.
func buildTraceCommands() []command {
	infoFlags := slices.Concat(selectionFlags, []flag{jsonFlag}, prettyFlags, sourceFlags)
	return []command{
		{name: "store build-trace info", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runBuildTraceInfo,
			summary: "Print what outputs came to be, and those that they were built from.", flags: infoFlags},
		{name: "store build-trace delete", args: "DRV^OUTPUT...", maxArgs: -1, run: runBuildTraceDelete,
			summary: "Forget what outputs came to be.", flags: []flag{dryRunFlag}},
		{name: "realisation info", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: deprecated(runBuildTraceInfo, "store build-trace"),
			summary: "The same as store build-trace info.", flags: infoFlags},
		{name: "realisation delete", args: "DRV^OUTPUT...", maxArgs: -1, run: deprecated(runBuildTraceDelete, "store build-trace"),
			summary: "The same as store build-trace delete.", flags: []flag{dryRunFlag}},
	}
}

// deprecated is run, which warns that a command's first word is an older name.
func deprecated(run runFunc, name string) runFunc {
	return func(ctx context.Context, inv *invocation) error {
		first, _, _ := strings.Cut(inv.cmd.name, " ")
		inv.warn("'" + first + "' is a deprecated alias for '" + name + "'")
		return run(ctx, inv)
	}
}

// openBuildTrace opens the store for commands about its build trace, which are experimental.
func (inv *invocation) openBuildTrace(ctx context.Context) (*engine.Engine, error) {
	if err := inv.needFeature("ca-derivations"); err != nil {
		return nil, err
	}
	return inv.open(ctx)
}

// runBuildTraceInfo is `nixbench store build-trace info`: a line for each output that
// the build trace knows and each path, in Nix's order.
func runBuildTraceInfo(ctx context.Context, inv *invocation) error {
	eng, err := inv.openBuildTrace(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	paths, traced, err := inv.buildTrace(ctx, eng)
	if err == nil && inv.recursive {
		paths, err = eng.Lookup().Requisites(ctx, paths...)
	}
	if err != nil {
		return err
	}
	paths = store.SortUnique(paths)
	slices.SortFunc(traced, store.Realisation.Compare)
	traced = slices.CompactFunc(traced, func(a, b store.Realisation) bool { return a.Compare(b) == 0 })
	if inv.json {
		return inv.printTraceJSON(traced, paths)
	}
	return inv.printTrace(traced, paths)
}

// buildTrace returns the paths that the arguments stand for and what the build trace
// says of them, and tells what of it is not built.
func (inv *invocation) buildTrace(ctx context.Context, eng *engine.Engine) (paths []store.Path, traced []store.Realisation, err error) {
	if inv.all {
		paths, err = inv.pathsAsked(ctx, eng)
		return paths, nil, err
	}
	insts, err := inv.installables(ctx, eng, inv.installableArgs())
	if err != nil {
		return nil, nil, err
	}
	if err := inv.printUnbuilt(ctx, eng, insts); err != nil {
		return nil, nil, err
	}
	for _, inst := range insts {
		if inst.target.Outputs == nil {
			paths = append(paths, inst.target.Path)
			continue
		}
		rs, outputs, err := eng.BuildTrace(ctx, inst.target)
		if err == nil {
			err = checkBuilt(inst.target, outputs)
		}
		if err != nil {
			return nil, nil, err
		}
		traced, paths = append(traced, rs...), slices.AppendSeq(paths, maps.Values(outputs))
	}
	return paths, traced, nil
}

func (inv *invocation) printTrace(traced []store.Realisation, paths []store.Path) error {
	for _, r := range traced {
		if err := inv.println(text.Plain(r.String()) + " " + string(r.OutPath)); err != nil {
			return err
		}
	}
	for _, p := range paths {
		if err := inv.println(string(p)); err != nil {
			return err
		}
	}
	return nil
}

func (inv *invocation) printTraceJSON(traced []store.Realisation, paths []store.Path) error {
	elems := []any{}
	for _, r := range traced {
		elems = append(elems, r)
	}
	for _, p := range paths {
		elems = append(elems, map[string]store.Path{"opaquePath": p})
	}
	out, err := json.Marshal(elems)
	if err != nil {
		return err
	}
	return inv.printJSON(out)
}

// runBuildTraceDelete is `nixbench store build-trace delete`.
func runBuildTraceDelete(ctx context.Context, inv *invocation) error {
	eng, err := inv.openBuildTrace(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	var outputs []store.DrvOutput
	for _, arg := range inv.args {
		o, err := eng.Store().Dir().ParseDrvOutput(arg)
		if err != nil {
			return err
		}
		outputs = append(outputs, o)
	}
	if !inv.dryRun {
		return eng.DeleteRealisations(ctx, outputs)
	}
	known, err := eng.Realisations(ctx, outputs)
	if err != nil {
		return err
	}
	return inv.printTrace(known, nil)
}
