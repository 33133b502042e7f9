package cli

import (
	"context"
	"fmt"

	"nixbench/engine"
	"nixbench/engine/syntax"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/gc"
)

// runStoreGC is `nixbench store gc`.
func runStoreGC(ctx context.Context, inv *invocation) error {
	if inv.dryRun && inv.maxFreed > 0 {
		return inv.cmd.usage("options --max and --dry-run cannot be combined")
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	if inv.env.nixName() != "" {
		return inv.collect(ctx, eng, inv.collection())
	}
	plan, err := eng.PlanCollect(ctx, gc.Options{MaxFreed: inv.maxFreed})
	if err != nil {
		return err
	}
	for _, what := range plan.Unread {
		fmt.Fprintf(inv.env.Stderr, "warning: roots in %s could not be read\n", text.SanitiseName(what))
	}
	if inv.dryRun {
		return inv.printGCPlan(plan)
	}
	res, err := eng.Collect(ctx, plan, func(p gc.Progress) {
		if !inv.quiet && !inv.json {
			fmt.Fprintf(inv.env.Stderr, "deleting '%s'\n", text.SanitiseName(string(p.Path)))
		}
	})
	if err != nil {
		if len(res.Deleted) > 0 {
			fmt.Fprintf(inv.env.Stderr, "%s deleted before that, %s freed\n", text.Plural(len(res.Deleted), "store path"), text.Bytes(res.Freed))
		}
		return err
	}
	return inv.printGCResult(res)
}

func (inv *invocation) printGCPlan(plan *gc.Plan) error {
	if inv.json {
		type item struct {
			Path    store.Path `json:"path"`
			NarSize int64      `json:"narSize"`
			Valid   bool       `json:"valid"`
		}
		dead := make([]item, len(plan.Dead))
		for i, d := range plan.Dead {
			dead[i] = item{d.Path, d.NarSize, d.Valid}
		}
		return writeJSON(inv.env.Stdout, map[string]any{
			"dead": dead, "freedSize": plan.FreedSize, "live": len(plan.Live), "liveSize": plan.LiveSize,
		})
	}
	for _, d := range plan.Dead {
		fmt.Fprintln(inv.env.Stdout, text.SanitiseName(string(d.Path)))
	}
	fmt.Fprintf(inv.env.Stderr, "%s would be deleted, %s; %s stay, %s\n",
		text.Plural(len(plan.Dead), "store path"), text.Bytes(plan.FreedSize), text.Count(len(plan.Live)), text.Bytes(plan.LiveSize))
	return nil
}

func (inv *invocation) printGCResult(res *gc.Result) error {
	if inv.json {
		return writeJSON(inv.env.Stdout, map[string]any{"deleted": emptyIfNil(res.Deleted), "freed": res.Freed, "spared": emptyIfNil(res.Spared)})
	}
	for _, spared := range res.Spared {
		fmt.Fprintf(inv.env.Stderr, "kept '%s': %s\n", text.SanitiseName(string(spared.Path)), text.SanitiseName(spared.Reason))
	}
	fmt.Fprintf(inv.env.Stdout, "%s deleted, %s freed\n", text.Plural(len(res.Deleted), "store path"), text.Bytes(res.Freed))
	return nil
}

// runStoreVerify is `nixbench store verify`: of some paths, or of the whole store.
func runStoreVerify(ctx context.Context, inv *invocation) error {
	if len(inv.args) > 0 || inv.env.nixName() != "" {
		return inv.verifyPaths(ctx)
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	type finding struct {
		Path   store.Path `json:"path"`
		Error  string     `json:"error"`
		Forgot bool       `json:"forgotten,omitempty"`
	}
	found, bad := []finding{}, 0
	err = eng.Verify(ctx, engine.VerifyOptions{CheckContents: inv.checkContents, Forget: inv.repair}, func(f engine.Finding) {
		found = append(found, finding{f.Path, f.Err.Error(), f.Forgotten})
		note := ""
		if f.Forgotten {
			note = "; it is valid no more"
		} else {
			bad++
		}
		if !inv.json {
			inv.tell(syntax.ErrorHead + " " + paint(f.Err.Error()) + note)
		}
	})
	if err != nil {
		return err
	}
	if inv.json {
		err = writeJSON(inv.env.Stdout, found)
	} else if len(found) == 0 && !inv.quiet {
		_, err = fmt.Fprintln(inv.env.Stdout, "the store is as it should be")
	}
	if bad > 0 {
		return &ExitError{Status: 1}
	}
	return err
}
