package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/store"
)

// runBuild is `nixbench build`.
func runBuild(ctx context.Context, inv *invocation) error {
	return buildWith(ctx, inv, func(eng *engine.Engine) ([]installable, error) {
		attrs := append(inv.attrs, inv.args...)
		if len(attrs) == 0 {
			attrs = []string{""}
		}
		return inv.installables(ctx, eng, attrs)
	})
}

// runNixBuild is `nixbench nix-build`, with the flags and the exit statuses of
// nix-build.
func runNixBuild(ctx context.Context, inv *invocation) error {
	inv.printOutPaths = true
	err := buildWith(ctx, inv, func(eng *engine.Engine) ([]installable, error) {
		e, err := inv.evaluate(ctx, eng, false)
		if err != nil {
			return nil, err
		}
		roots, err := e.legacyRoots(ctx)
		if err != nil {
			return nil, err
		}
		attrs := inv.attrs
		if len(attrs) == 0 {
			attrs = []string{""}
		}
		var out []installable
		for _, root := range roots {
			for _, attr := range attrs {
				found, err := e.attrInstallables(ctx, root, attr)
				if err != nil {
					return nil, err
				}
				out = append(out, found...)
			}
		}
		return out, nil
	})
	var failed *buildError
	if errors.As(err, &failed) {
		return &ExitError{Status: failed.result.ExitStatus(), Err: err}
	}
	return err
}

// buildWith builds what choose returns and reports, links and prints.
func buildWith(ctx context.Context, inv *invocation, choose func(*engine.Engine) ([]installable, error)) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	insts, err := choose(eng)
	if err != nil {
		return err
	}
	targets := make([]store.DerivedPath, len(insts))
	for i, inst := range insts {
		targets[i] = inst.target
	}
	plan, err := eng.PlanRealise(ctx, targets)
	if err != nil {
		return err
	}
	printPlan(inv, plan)
	if inv.dryRun {
		return nil
	}
	result, err := realise(ctx, inv, eng, plan)
	if err != nil {
		return err
	}
	if err := inv.report(ctx, eng, insts, result); err != nil {
		return err
	}
	if result.Err() != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &buildError{result: result, logLines: eng.Settings().LogLines}
	}
	return nil
}

// printPlan says on standard error what is going to be built.
func printPlan(inv *invocation, plan *engine.Plan) {
	if inv.quiet || len(plan.Build) == 0 {
		return
	}
	if len(plan.Build) == 1 {
		fmt.Fprintln(inv.env.Stderr, "this derivation will be built:")
	} else {
		fmt.Fprintf(inv.env.Stderr, "these %d derivations will be built:\n", len(plan.Build))
	}
	for _, b := range plan.Build {
		fmt.Fprintln(inv.env.Stderr, "  "+string(b.DrvPath))
	}
}

// realise executes a plan and tells of it on standard error meanwhile.
func realise(ctx context.Context, inv *invocation, eng *engine.Engine, plan *engine.Plan) (*engine.Result, error) {
	stop := follow(ctx, eng, follower{w: inv.env.Stderr, quiet: inv.quiet, logs: inv.printLogs})
	defer stop()
	return eng.ExecuteRealise(ctx, plan)
}

// report links the outputs, unless told not to, and prints them if asked.
func (inv *invocation) report(ctx context.Context, eng *engine.Engine, insts []installable, result *engine.Result) error {
	var built []map[string]any
	links := 0
	for i, outcome := range result.Outcomes {
		if outcome.Err != nil {
			continue
		}
		outputs := map[string]string{}
		for _, name := range sortedOutputs(insts[i], outcome.Outputs) {
			p := outcome.Outputs[name]
			outputs[name] = string(p)
			if inv.printOutPaths {
				fmt.Fprintln(inv.env.Stdout, p)
			}
			if !inv.noLink {
				if err := inv.link(ctx, eng, links, name, p); err != nil {
					return err
				}
			}
		}
		links++
		built = append(built, map[string]any{"drvPath": outcome.DrvPath, "outputs": outputs})
	}
	if inv.json {
		return writeJSON(inv.env.Stdout, built)
	}
	return nil
}

// link makes result, result-2, result-dev and so on.
func (inv *invocation) link(ctx context.Context, eng *engine.Engine, i int, output string, p store.Path) error {
	name := inv.outLink
	if name == "" {
		name = "result"
	}
	if i > 0 {
		name = fmt.Sprintf("%s-%d", name, i+1)
	}
	if output != "out" && output != "" {
		name += "-" + output
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(inv.env.Dir, name)
	}
	return eng.AddRoot(ctx, p, name)
}

// sortedOutputs returns the names of outputs in the derivation's own order.
func sortedOutputs(inst installable, outputs map[store.OutputName]store.Path) []string {
	var names []string
	for _, name := range inst.drv.AllOutputs {
		if _, ok := outputs[name]; ok {
			names = append(names, name)
		}
	}
	var rest []string
	for name := range outputs {
		if !slices.Contains(names, name) {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	return append(names, rest...)
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// A buildError says which builds failed and why.
type buildError struct {
	result   *engine.Result
	logLines int
}

func (err *buildError) Unwrap() error { return err.result.Err() }

// Error returns a paragraph for each failure, in Nix's words.
func (err *buildError) Error() string {
	var parts []string
	for _, cause := range err.result.Failures {
		var failure *engine.Failure
		if errors.As(cause, &failure) {
			parts = append(parts, describeFailure(failure, err.logLines))
		} else {
			parts = append(parts, cause.Error())
		}
	}
	if len(parts) == 0 {
		parts = append(parts, err.result.Err().Error())
	}
	return strings.Join(parts, "\nerror: ")
}

// describeFailure tells of one failed build, the last lines of its log included.
func describeFailure(f *engine.Failure, logLines int) string {
	var b strings.Builder
	var mismatch *store.HashMismatch
	switch {
	case errors.As(f.Err, &mismatch):
		fmt.Fprintf(&b, "hash mismatch in fixed-output derivation '%s':\n         specified: %s\n            got:    %s",
			f.DrvPath, mismatch.Want.SRI(), mismatch.Got.SRI())
		return b.String()
	case f.Err != nil:
		fmt.Fprintf(&b, "Cannot build '%s'.\n       Reason: %v.", f.DrvPath, f.Err)
	case f.ExitStatus > 128:
		fmt.Fprintf(&b, "Cannot build '%s'.\n       Reason: builder failed due to signal %d.", f.DrvPath, f.ExitStatus-128)
	default:
		fmt.Fprintf(&b, "Cannot build '%s'.\n       Reason: builder failed with exit code %d.", f.DrvPath, f.ExitStatus)
	}
	if f.Phase != "" {
		fmt.Fprintf(&b, "\n       Phase: %s", f.Phase)
	}
	tail := f.Tail[max(0, len(f.Tail)-logLines):]
	if len(tail) > 0 {
		fmt.Fprintf(&b, "\n       Last %d log lines:", len(tail))
		for _, line := range tail {
			b.WriteString("\n       > " + line)
		}
	}
	if f.LogFile != "" {
		fmt.Fprintf(&b, "\n       For full logs, run:\n         nixbench log %s", f.DrvPath)
	}
	if f.KeptDir != "" {
		fmt.Fprintf(&b, "\n       The build directory was kept: %s", f.KeptDir)
	}
	return b.String()
}
