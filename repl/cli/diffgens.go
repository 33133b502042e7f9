package cli

import (
	"context"
	"fmt"
	"strings"

	"nixbench/engine"
	"nixbench/inspect/diff"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/profile"
)

// A differ compares generations over one snapshot of the store.
type differ struct{ graph *store.Graph }

func newDiffer(ctx context.Context, eng *engine.Engine) (differ, error) {
	g, err := eng.Store().Graph(ctx)
	return differ{g}, err
}

// generations returns what changed from one generation to the next; before may
// be the zero value.
func (d differ) generations(before, after profile.Generation) (*diff.Diff, error) {
	return diff.Generations(d.graph, before.Path, after.Path)
}

// printChanges prints a line for each package that changed.
func (inv *invocation) printChanges(d *diff.Diff, indent string) {
	for i := range d.Changes {
		if line := changeLine(&d.Changes[i]); line != "" {
			fmt.Fprintf(inv.env.Stdout, "%s%s\n", indent, line)
		}
	}
}

// changeLine is a change as nix store diff-closures shows it, "" for one that
// it does not show.
func changeLine(c *diff.Change) string {
	var parts []string
	switch c.Kind {
	case diff.Rebuilt:
		return ""
	case diff.Resized:
	default:
		parts = append(parts, versions(c.Gone)+" → "+versions(c.New))
	}
	if delta := c.SizeDelta(); delta >= diff.SizeShown || delta <= -diff.SizeShown {
		parts = append(parts, store.NixSize(delta))
	}
	return text.SanitiseName(c.Name) + ": " + strings.Join(parts, ", ")
}

// versions lists versions; none is ∅, and one without a name ε.
func versions(list []string) string {
	if len(list) == 0 {
		return "∅"
	}
	names := make([]string, len(list))
	for i, v := range list {
		if names[i] = text.SanitiseName(v); v == "" {
			names[i] = "ε"
		}
	}
	return strings.Join(names, ", ")
}

// runStoreDiffClosures is `nixbench store diff-closures`.
func runStoreDiffClosures(ctx context.Context, inv *invocation) error {
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	ends, err := inv.ends(ctx, eng, inv.oneBuilt)
	if err != nil {
		return err
	}
	d, err := diffClosures(ctx, eng, ends)
	if err == nil {
		inv.printChanges(d, "")
	}
	return err
}
