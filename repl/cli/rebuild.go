package cli

import (
	"context"
	"fmt"

	"nixbench/engine"
	"nixbench/repl/text"
	"nixbench/store"
)

// runStoreRebuild is `nixbench store rebuild-db`. What is lost is told before anything is
// done, and the old database is kept, so that it need not ask.
func runStoreRebuild(ctx context.Context, inv *invocation) error {
	opts, err := inv.engineOptions()
	if err != nil {
		return err
	}
	plan, err := engine.PlanRebuild(ctx, opts, nil)
	if err != nil {
		return err
	}
	defer plan.Close()
	if !inv.json {
		inv.tellRebuild(plan)
	}
	kept := ""
	if !inv.dryRun {
		if kept, err = plan.Execute(ctx); err != nil {
			return err
		}
	}
	if inv.json {
		return inv.printRebuild(plan, kept)
	}
	will := "has"
	if inv.dryRun {
		will = "would have"
	}
	fmt.Fprintf(inv.env.Stdout, "the database %s %s\n", will, text.Plural(len(plan.Valid), "valid path"))
	if kept != "" {
		fmt.Fprintf(inv.env.Stdout, "the old one is kept: %s\n", text.SanitiseName(kept))
	}
	return nil
}

// tellRebuild tells what a new database will not have.
func (inv *invocation) tellRebuild(plan *engine.Rebuild) {
	if plan.Damage != nil {
		inv.tell(fmt.Sprintf("the database cannot be read, so the journal has to do: %v", plan.Damage))
	}
	for _, lost := range plan.Lost {
		inv.tell(fmt.Sprintf("lost: %v", lost.Err))
	}
	if n := len(plan.Unknown); n > 0 {
		inv.tell(fmt.Sprintf("of %s in the store directory nothing is known; a collection deletes them", text.Plural(n, "name")))
	}
}

func (inv *invocation) printRebuild(plan *engine.Rebuild, kept string) error {
	type lost struct {
		Path  store.Path `json:"path"`
		Error string     `json:"error"`
	}
	all := []lost{}
	for _, f := range plan.Lost {
		all = append(all, lost{f.Path, f.Err.Error()})
	}
	valid := make([]store.Path, len(plan.Valid))
	for i, info := range plan.Valid {
		valid[i] = info.Path
	}
	return writeJSON(inv.env.Stdout, map[string]any{
		"valid": valid, "lost": all, "unknown": emptyIfNil(plan.Unknown), "kept": kept, "done": !inv.dryRun,
	})
}
