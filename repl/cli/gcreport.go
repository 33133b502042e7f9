package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"nixbench/engine"
	"nixbench/inspect/reclaim"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/profile"
)

// runGC is `nixbench gc`: which roots keep what, or with --free which of them are
// to go for so much space, or with --without what goes if some do. It deletes nothing unless --yes says so.
func runGC(ctx context.Context, inv *invocation) error {
	if inv.yes && !inv.freeGiven && inv.without == nil {
		return inv.cmd.usage("--yes goes with --free or --without; 'nixbench store gc' deletes what is dead")
	}
	if inv.freeGiven && inv.without != nil {
		return inv.cmd.usage("options --free and --without cannot be combined")
	}
	if inv.yes && inv.dryRun {
		return inv.cmd.usage("options --yes and --dry-run cannot be combined")
	}
	eng, err := inv.open(ctx)
	if err != nil {
		return err
	}
	defer eng.Close()
	plan, err := eng.PlanCollect(ctx, gc.Options{})
	if err != nil {
		return err
	}
	for _, what := range plan.Unread {
		inv.warn(fmt.Sprintf("roots in %s could not be read", what))
	}
	r := reclaim.New(plan)
	switch {
	case inv.without != nil:
		return inv.gcWithout(ctx, eng, r)
	case inv.freeGiven:
		return inv.free(ctx, eng, r)
	}
	return inv.reportRoots(r)
}

// A gcRoot is a root as --json prints it.
type gcRoot struct {
	Link        string     `json:"link"`
	Path        store.Path `json:"path"`
	Kind        string     `json:"kind"`
	Since       string     `json:"since,omitempty"`
	Note        string     `json:"note,omitempty"`
	Dangling    bool       `json:"dangling,omitempty"`
	ClosureSize int64      `json:"closureSize"`
	Frees       int64      `json:"frees"`
}

func rootJSON(r *reclaim.Reclaim, i int) gcRoot {
	root := r.Plan().Roots[i]
	out := gcRoot{
		Link: strings.ToValidUTF8(root.Link, "�"), Path: root.Path, Kind: root.Kind.String(), Note: strings.ToValidUTF8(root.Note, "�"),
		Dangling: root.Dangling, ClosureSize: r.ClosureSize(i), Frees: r.Frees(i),
	}
	if !root.Since.IsZero() {
		out.Since = root.Since.UTC().Format(time.RFC3339)
	}
	return out
}

// groupsShown is how many groups of roots are told, and membersShown of how many roots
// each at most.
const (
	groupsShown  = 20
	membersShown = 8
)

// reportRoots says what each root alone frees, and what groups of them keep.
func (inv *invocation) reportRoots(r *reclaim.Reclaim) error {
	plan := r.Plan()
	var order []int
	for i, root := range plan.Roots {
		if !isOwn(root) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(r.Frees(b), r.Frees(a)) })
	shown := inv.limited(len(order))
	settingPaths, settingSize := r.BySettings()
	if inv.json {
		type group struct {
			Roots []string `json:"roots"`
			Size  int64    `json:"size"`
			Paths int      `json:"paths"`
		}
		roots, groups := []gcRoot{}, []group{}
		for _, i := range order[:shown] {
			roots = append(roots, rootJSON(r, i))
		}
		for _, g := range r.Groups(groupsShown) {
			groups = append(groups, group{rootLinks(plan, g.Roots), g.Size, g.Paths})
		}
		return writeJSON(inv.env.Stdout, map[string]any{
			"deadPaths": len(plan.Dead), "deadSize": plan.FreedSize, "livePaths": len(plan.Live), "liveSize": plan.LiveSize,
			"keptBySettings": map[string]any{"paths": settingPaths, "size": settingSize}, "roots": roots, "groups": groups,
		})
	}
	out := inv.env.Stdout
	fmt.Fprintf(out, "dead  %s, %s\nlive  %s, %s\n", text.Plural(len(plan.Dead), "path"), text.Bytes(plan.FreedSize),
		text.Plural(len(plan.Live), "path"), text.Bytes(plan.LiveSize))
	if settingPaths > 0 {
		fmt.Fprintf(out, "      of these only keep-derivations or keep-outputs keep %s, %s\n", text.Plural(settingPaths, "path"), text.Bytes(settingSize))
	}
	if len(order) > 0 {
		fmt.Fprintln(out, "\nwhat each root alone keeps:")
	}
	if err := inv.printRoots(r, order[:shown]); err != nil {
		return err
	}
	if err := inv.printRest(len(order) - shown); err != nil {
		return err
	}
	inv.printGroups(r)
	return nil
}

// printGroups says what groups of roots keep.
func (inv *invocation) printGroups(r *reclaim.Reclaim) {
	out, groups := inv.env.Stdout, r.Groups(groupsShown)
	if len(groups) > 0 {
		fmt.Fprintln(out, "\nfreed only if all of them go:")
	}
	for _, g := range groups {
		links := rootLinks(r.Plan(), g.Roots)
		more := ""
		if n := len(links) - membersShown; n > 0 {
			links, more = links[:membersShown], fmt.Sprintf(" and %d more", n)
		}
		stays := ""
		if !g.Removable {
			stays = " (not all can go)"
		}
		fmt.Fprintf(out, "%7s  %s%s: %s%s\n", text.Size(g.Size), text.Plural(g.Paths, "path"), stays, text.SanitiseName(strings.Join(links, ", ")), more)
	}
}

// rootLinks are the links of roots for JSON and for people.
func rootLinks(plan *gc.Plan, roots []int) []string {
	links := linksOf(plan, roots)
	for k := range links {
		links[k] = strings.ToValidUTF8(links[k], "�")
	}
	return links
}

func (inv *invocation) printRoots(r *reclaim.Reclaim, roots []int) error {
	table := text.Table{Columns: []text.Column{
		{Title: "FREES", Right: true}, {Title: "CLOSURE", Right: true}, {Title: "AGE", Right: true}, {Title: "KIND"}, {Title: "ROOT"},
	}}
	if len(roots) == 0 {
		return nil
	}
	now := time.Now()
	for _, i := range roots {
		root := r.Plan().Roots[i]
		kind := root.Kind.String()
		switch {
		case root.Dangling:
			kind = "dangling"
		case root.Note != "":
			kind += ", " + root.Note
		}
		table.Row(text.Size(r.Frees(i)), text.Size(r.ClosureSize(i)), text.Age(now, root.Since), kind, root.Link)
	}
	_, err := table.WriteTo(inv.env.Stdout)
	return err
}

// free says which roots are to go for the space that is wanted, and with --yes
// removes them and collects.
func (inv *invocation) free(ctx context.Context, eng *engine.Engine, r *reclaim.Reclaim) error {
	f := r.Free(inv.freeSize, reclaim.FreeOptions{Spare: func(root gc.Root) bool {
		return slices.Contains(inv.spared, root.Link) || root.Kind == gc.KindGeneration && profile.IsPinned(root.Link)
	}})
	if inv.json && !inv.yes {
		roots := []gcRoot{}
		for _, i := range f.Roots {
			roots = append(roots, rootJSON(r, i))
		}
		return inv.enough(f, writeJSON(inv.env.Stdout, map[string]any{
			"wanted": inv.freeSize, "enough": f.Enough, "exact": f.Exact, "deadSize": f.DeadSize, "roots": roots,
			"freedSize": f.Effect.FreedSize, "freedPaths": len(f.Effect.Freed),
		}))
	}
	if err := inv.printFree(r, f); err != nil || !inv.yes {
		return inv.enough(f, err)
	}
	plan, err := eng.PlanCollect(ctx, gc.Options{Ignore: linksOf(r.Plan(), f.Roots)})
	if err != nil {
		return err
	}
	res, err := eng.Collect(ctx, plan, nil)
	if err != nil {
		return err
	}
	return inv.enough(f, inv.printGCResult(res))
}

// enough returns err, or the exit status 1 if no roots free what is wanted.
func (inv *invocation) enough(f *reclaim.Free, err error) error {
	if err == nil && !f.Enough {
		err = &ExitError{Status: 1}
	}
	return err
}

func (inv *invocation) printFree(r *reclaim.Reclaim, f *reclaim.Free) error {
	out := inv.env.Stdout
	if inv.json { // only what was deleted is JSON
		out = inv.env.Stderr
	}
	fmt.Fprintf(out, "%s are dead already\n", text.Bytes(f.DeadSize))
	switch {
	case f.Enough && len(f.Roots) == 0:
		fmt.Fprintf(out, "no root has to go for %s\n", text.Bytes(inv.freeSize))
	case f.Enough:
		fmt.Fprintf(out, "%s if %s went:\n", text.Bytes(f.DeadSize+f.Effect.FreedSize), text.Plural(len(f.Roots), "root"))
	default:
		fmt.Fprintf(out, "no more than %s, if all that may go went:\n", text.Bytes(f.DeadSize+f.Effect.FreedSize))
	}
	if !inv.json {
		if err := inv.printRoots(r, f.Roots); err != nil {
			return err
		}
	}
	if !inv.yes {
		fmt.Fprintln(out, "nothing was deleted; --yes removes these roots and collects")
	}
	return nil
}
