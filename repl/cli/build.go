package cli

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine"
	"nixbench/repl"
	"nixbench/repl/text"
	"nixbench/store"
)

// runBuild is `nixbench build`.
func runBuild(ctx context.Context, inv *invocation) error {
	eng, insts, err := inv.openForInstallables(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	targets := targetsOf(insts)
	result, err := inv.realise(ctx, eng, targets)
	switch {
	case err != nil:
		return exitOne(err)
	case inv.dryRun:
		return inv.printPlanned(ctx, eng, targets)
	}
	if err := inv.report(ctx, eng, result); err != nil || inv.profile == "" {
		return err
	}
	return inv.setProfile(ctx, eng, result)
}

// exitOne returns the error of a command of nix, which exits with status 1 if a build
// failed, unlike nix-build.
func exitOne(err error) error {
	var failed *engine.BuildError
	if errors.As(err, &failed) {
		return &ExitError{Status: 1, Err: err}
	}
	return err
}

// setProfile makes the one path that was built the current generation of the profile
// that --profile names.
func (inv *invocation) setProfile(ctx context.Context, eng *engine.Engine, result *engine.Result) error {
	var paths []store.Path
	for _, outcome := range result.Outcomes {
		paths = slices.AppendSeq(paths, maps.Values(outcome.Outputs))
	}
	if len(paths) != 1 {
		return inv.cmd.usage("'--profile' requires that the arguments produce a single store path, but there are %d", len(paths))
	}
	return inv.setProfileTo(ctx, eng, paths[0])
}

// setProfileTo makes a path the current generation of the profile that --profile names.
func (inv *invocation) setProfileTo(ctx context.Context, eng *engine.Engine, p store.Path) error {
	name := inv.abs(inv.profile)
	if info, err := os.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink == 0 {
		return fmt.Errorf("reading symbolic link %s: Invalid argument", store.QuoteFile(name))
	}
	_, err := eng.SetProfile(ctx, name, p)
	return err
}

// realise builds what targets need, and says so on standard error: what is
// going to be built, and what happens meanwhile. Builds that fail are an
// [*engine.BuildError]. In a dry run nothing happens, and there is no result.
func (inv *invocation) realise(ctx context.Context, eng *engine.Engine, targets []store.DerivedPath) (*engine.Result, error) {
	plan, err := eng.PlanRebuild(ctx, targets, inv.mode)
	if err != nil {
		return nil, err
	}
	printPlan(inv, plan)
	if inv.why {
		if err := inv.printReasons(ctx, eng, plan); err != nil {
			return nil, err
		}
	}
	if inv.dryRun {
		return nil, nil
	}
	return inv.execute(ctx, eng, targets, plan)
}

// realiseAsked is [invocation.realise] for what a question needs: Nix does not say what that
// takes.
func (inv *invocation) realiseAsked(ctx context.Context, eng *engine.Engine, targets []store.DerivedPath) error {
	plan, err := eng.PlanRealise(ctx, targets)
	if err == nil {
		_, err = inv.execute(ctx, eng, targets, plan)
	}
	return err
}

// execute does what a plan for targets says.
func (inv *invocation) execute(ctx context.Context, eng *engine.Engine, targets []store.DerivedPath, plan *engine.Plan) (*engine.Result, error) {
	if inv.failureShell {
		plan.Shell = &engine.Shell{In: inv.env.Stdin, Out: &screenWriter{inv.env.Stderr}}
	}
	if !eng.Settings().KeepGoing {
		inv.ending.Store(&targets)
	}
	result, err := eng.ExecuteRealise(ctx, plan)
	inv.stopFollowing()
	switch {
	case err != nil:
		return nil, err
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case result.Err() != nil:
		return nil, &engine.BuildError{Result: result}
	}
	return result, nil
}

// printPlan says on standard error what is going to be built and copied.
func printPlan(inv *invocation, plan *engine.Plan) {
	for _, warning := range plan.Warnings {
		inv.warn(warning)
	}
	if inv.quiet && !(inv.dryRun && inv.cmd.name == "build" && inv.env.nixName() != "") {
		return // nix build --dry-run is there to say it
	}
	w := bufio.NewWriter(inv.env.Stderr) // since there may be very many lines
	defer w.Flush()
	builds := make([]store.Path, 0, len(plan.Build))
	var missing, copies []store.Path
	for _, b := range plan.Build {
		if !b.IsRebuild {
			builds = append(builds, b.DrvPath)
		}
	}
	for _, m := range plan.Missing {
		missing = append(missing, m.Path)
	}
	for _, info := range plan.Copy {
		copies = append(copies, info.Path)
	}
	printPaths(w, builds, "this derivation will be built:", "these %d derivations will be built:")
	fetched := fmt.Sprintf("(%s download, %s unpacked):", store.NixSize(plan.DownloadSize), store.NixSize(plan.SubstituteSize))
	substitutes := slices.Clone(plan.Substitute)
	slices.SortFunc(substitutes, func(a, b store.Path) int { return cmp.Or(cmp.Compare(a.Name(), b.Name()), cmp.Compare(a, b)) }) // as Nix does
	printPaths(w, substitutes, "this path will be fetched "+fetched, "these %d paths will be fetched "+fetched)
	lacking := "don't know how to build these paths:"
	if inv.readOnly {
		lacking = "don't know how to build these paths (may be caused by read-only store access):"
	}
	printPaths(w, missing, lacking, lacking)
	size := text.Bytes(plan.CopySize())
	printPaths(w, copies, "this path will be copied from the store of this machine ("+size+"):",
		"these %d paths will be copied from the store of this machine ("+size+"):")
}

// printPaths prints paths, if there are any, below a line for one or for many of them, in
// which %d stands for how many.
func printPaths(w *bufio.Writer, paths []store.Path, one, many string) {
	switch len(paths) {
	case 0:
		return
	case 1:
		w.WriteString(one + "\n")
	default:
		w.WriteString(strings.Replace(many, "%d", strconv.Itoa(len(paths)), 1) + "\n")
	}
	for _, p := range paths {
		w.WriteString("  ")
		w.WriteString(string(p))
		w.WriteByte('\n')
	}
}

// printReasons says on standard error why what is going to be built has to be.
func (inv *invocation) printReasons(ctx context.Context, eng *engine.Engine, plan *engine.Plan) error {
	reasons, err := repl.Explain(ctx, eng, plan)
	if err != nil {
		return err
	}
	if len(reasons) > 0 {
		fmt.Fprintln(inv.env.Stderr, "why, each after what it needs:")
	}
	for i := range reasons {
		fmt.Fprintln(inv.env.Stderr, "  "+repl.ReasonLine(&reasons[i]))
	}
	return nil
}

// report links the outputs, unless told not to, and prints them if asked.
func (inv *invocation) report(ctx context.Context, eng *engine.Engine, result *engine.Result) error {
	var built []any
	for i, outcome := range result.Outcomes {
		built = append(built, buildJSON(outcome.Target, outcome.Outputs))
		for name, p := range outcome.Outputs {
			if err := inv.link(ctx, eng, p, i, name); err != nil {
				return err
			}
		}
	}
	if inv.json {
		if err := inv.printValue(emptyIfNil(built)); err != nil {
			return err
		}
	}
	if !inv.printOutPaths {
		return nil
	}
	for _, outcome := range result.Outcomes {
		for _, name := range slices.Sorted(maps.Keys(outcome.Outputs)) {
			fmt.Fprintln(inv.env.Stdout, outcome.Outputs[name])
		}
	}
	return nil
}

// printPlanned prints, as JSON if that is asked for, what would be there.
func (inv *invocation) printPlanned(ctx context.Context, eng *engine.Engine, targets []store.DerivedPath) error {
	if !inv.json {
		return nil
	}
	planned := []any{}
	for _, target := range targets {
		var outputs map[store.OutputName]store.Path
		if target.Outputs != nil {
			var err error
			if outputs, err = findThose(ctx, eng, target); err != nil {
				return err
			}
		}
		planned = append(planned, buildJSON(target, outputs))
	}
	return inv.printValue(planned)
}

// findThose returns where those of a target's outputs are that its derivation has.
func findThose(ctx context.Context, eng *engine.Engine, target store.DerivedPath) (map[store.OutputName]store.Path, error) {
	for {
		outputs, err := eng.FindOutputs(ctx, target)
		lacks := (*engine.NoOutputError)(nil)
		if !errors.As(err, &lacks) || !slices.Contains(target.Outputs, lacks.Output) {
			return outputs, err
		}
		isLacked := func(name store.OutputName) bool { return name == lacks.Output }
		target.Outputs = slices.DeleteFunc(slices.Clone(target.Outputs), isLacked)
	}
}

// buildJSON returns what --json prints for a target: a store path as such.
func buildJSON(target store.DerivedPath, outputs map[store.OutputName]store.Path) any {
	if target.Outputs == nil {
		return target.Path
	}
	paths := make(map[store.OutputName]any, len(outputs))
	for name, p := range outputs {
		if paths[name] = p; p == "" {
			paths[name] = nil
		}
	}
	if len(paths) == 0 {
		return map[string]any{"drvPath": target.Path}
	}
	return map[string]any{"drvPath": target.Path, "outputs": paths}
}

// link makes a link to an output unless told not to: result, result-1,
// result-1-dev and so on.
func (inv *invocation) link(ctx context.Context, eng *engine.Engine, p store.Path, i int, output store.OutputName) error {
	if inv.noLink {
		return nil
	}
	name := inv.outLink
	if name == "" {
		name = "result"
	}
	if i > 0 {
		name = fmt.Sprintf("%s-%d", name, i)
	}
	if output != "out" && output != "" {
		name += "-" + output
	}
	return eng.AddRoot(ctx, p, inv.abs(name))
}

// A screenWriter passes on what a builder prints at a prompt, without what would
// move or change the terminal.
type screenWriter struct{ w io.Writer }

func (s *screenWriter) Write(p []byte) (int, error) {
	clean := bytes.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r >= ' ' && r != 0x7f && (r < 0x80 || r > 0x9f) {
			return r
		}
		return -1
	}, p)
	if _, err := s.w.Write(clean); err != nil {
		return 0, err
	}
	return len(p), nil
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
