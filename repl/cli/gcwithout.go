package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"nixbench/engine"
	"nixbench/inspect/reclaim"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/gc"
)

// This file is `nixbench gc --without ROOT`: the plain twin of marking roots on the GC
// screen.

// gcWithout says what would go if the roots that are named went, and with --yes removes
// them and collects.
func (inv *invocation) gcWithout(ctx context.Context, eng *engine.Engine, r *reclaim.Reclaim) error {
	roots, err := inv.rootsNamed(r.Plan())
	if err != nil {
		return err
	}
	e := r.Effect(roots)
	plan := r.Plan().Ignoring(linksOf(r.Plan(), roots))
	if !inv.yes {
		if inv.json {
			return inv.withoutJSON(r, roots, e, plan)
		}
		return inv.printWithout(r, roots, e, plan)
	}
	res, err := eng.Collect(ctx, plan, nil)
	if err != nil {
		return err
	}
	return inv.printGCResult(res)
}

// rootsNamed finds the roots that --without names, as positions in the plan.
func (inv *invocation) rootsNamed(plan *gc.Plan) ([]int, error) {
	var roots []int
	for _, link := range inv.without {
		i := slices.IndexFunc(plan.Roots, func(root gc.Root) bool { return root.Link == link })
		switch {
		case i < 0:
			return nil, fmt.Errorf("root '%s': there is none of that name", text.SanitiseName(link))
		case plan.Roots[i].Kind == gc.KindGeneration && !plan.Roots[i].Removable():
			return nil, fmt.Errorf("root '%s': it is the current generation of a profile", text.SanitiseName(link))
		case !plan.Roots[i].Removable():
			return nil, fmt.Errorf("root '%s': it goes with the process that has it", text.SanitiseName(link))
		}
		if !slices.Contains(roots, i) {
			roots = append(roots, i)
		}
	}
	return roots, nil
}

func (inv *invocation) printWithout(r *reclaim.Reclaim, roots []int, e *reclaim.Effect, plan *gc.Plan) error {
	out, before := inv.env.Stdout, r.Plan()
	fmt.Fprintf(out, "%s, %s are dead already\n", text.Plural(len(before.Dead), "path"), text.Bytes(before.FreedSize))
	fmt.Fprintf(out, "%s, %s if %s went:\n", text.Plural(len(plan.Dead), "path"), text.Bytes(plan.FreedSize), text.Plural(len(roots), "root"))
	if err := inv.printRoots(r, roots); err != nil {
		return err
	}
	if e.SharedPaths > 0 {
		fmt.Fprintf(out, "%s, %s of what they keep others keep too\n", text.Plural(e.SharedPaths, "path"), text.Bytes(e.SharedSize))
	}
	largest := slices.Clone(plan.Dead)
	slices.SortStableFunc(largest, func(a, b gc.Item) int { return cmp.Compare(b.NarSize, a.NarSize) })
	shown := inv.limited(len(largest))
	if shown > 0 {
		fmt.Fprintln(out, "\nwhat would go, the largest first:")
	}
	for _, it := range largest[:shown] {
		fmt.Fprintf(out, "%7s  %s\n", text.Size(it.NarSize), text.SanitiseName(string(it.Path)))
	}
	if err := inv.printRest(len(largest) - shown); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "nothing was deleted; --yes removes these roots and collects")
	return err
}

func (inv *invocation) withoutJSON(r *reclaim.Reclaim, roots []int, e *reclaim.Effect, plan *gc.Plan) error {
	named := []gcRoot{}
	for _, i := range roots {
		named = append(named, rootJSON(r, i))
	}
	paths := make([]store.Path, len(plan.Dead))
	for i, it := range plan.Dead {
		paths[i] = store.Path(strings.ToValidUTF8(string(it.Path), "�"))
	}
	return writeJSON(inv.env.Stdout, map[string]any{
		"roots": named, "deadSize": r.Plan().FreedSize, "freedSize": e.FreedSize, "freedPaths": len(e.Freed),
		"sharedSize": e.SharedSize, "sharedPaths": e.SharedPaths, "paths": paths,
	})
}

// linksOf are the links of roots, given as positions in the plan.
func linksOf(plan *gc.Plan, roots []int) []string {
	links := make([]string, len(roots))
	for k, i := range roots {
		links[k] = plan.Roots[i].Link
	}
	return links
}
