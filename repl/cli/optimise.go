package cli

import (
	"context"
	"fmt"

	"nixbench/engine"
	"nixbench/repl/text"
)

// runStoreOptimise is `nixbench store optimise`.
func runStoreOptimise(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	if inv.env.nixName() != "" {
		return inv.optimiseStore(ctx, eng)
	}
	res, err := eng.Optimise(ctx, engine.OptimiseOptions{Warn: inv.warn})
	if err != nil {
		return err
	}
	if inv.json {
		return writeJSON(inv.env.Stdout, map[string]any{"linked": res.Linked, "freed": res.Freed})
	}
	_, err = fmt.Fprintf(inv.env.Stdout, "%s freed by hard links of %s\n", text.Bytes(res.Freed), text.Plural(res.Linked, "file"))
	return err
}
