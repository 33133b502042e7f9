package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"nixbench/engine"
	"nixbench/engine/settings"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/gc"
)

// This file is what nix-store and its relatives delete, in the words of Nix.

// A collect is a collection that a command of Nix asks for.
type collect struct {
	opts gc.Options
	// printLive and printDead only list paths, and dryRun only counts them.
	printLive, printDead, dryRun bool
	// nothing is --max-freed 0.
	nothing bool
}

// setMaxFreed takes the argument of --max-freed.
// Behaviour: string2IntWithUnitPrefix in Nix's util.hh.
func (c *collect) setMaxFreed(arg string) error {
	n, err := unitInt(arg)
	if err != nil {
		return err
	}
	c.opts.MaxFreed, c.nothing = n, n <= 0
	return nil
}

// limited reports whether there is a limit.
func (c *collect) limited() bool { return c.opts.MaxFreed > 0 || c.nothing }

// gc is nix-store --gc.
func (run *storeRun) gc(ctx context.Context) error {
	var c collect
	printRoots := false
	for flags := run.legacy.flags; len(flags) > 0; flags = flags[1:] {
		switch flags[0] {
		case "--print-roots":
			printRoots = true
		case "--print-live":
			c.printLive, c.printDead = true, false
		case "--print-dead":
			c.printLive, c.printDead = false, true
		case "--max-freed":
			flags = flags[1:]
			if err := c.setMaxFreed(flags[0]); err != nil {
				return run.cmd.usage("%v", err)
			}
		default:
			return run.cmd.usage("bad sub-operation '%s' in GC", flags[0])
		}
	}
	if err := run.noArgs(); err != nil {
		return err
	}
	if c.limited() && (printRoots || c.printDead || c.printLive) {
		return run.cmd.usage("option --max-freed cannot be combined with --print-live, --print-dead, or --print-roots")
	}
	if printRoots {
		return run.printRoots(ctx)
	}
	return run.collect(ctx, run.eng, &c)
}

func (run *storeRun) printRoots(ctx context.Context) error {
	roots, err := run.eng.Roots(ctx)
	if check := run.eng.CheckCollect(ctx); check != nil {
		return check
	}
	if err == nil {
		err = run.tellRoots(run.eng, roots)
	}
	if err != nil {
		return err
	}
	for _, r := range rootLines(roots) {
		if err := run.println(r.quoted()); err != nil {
			return err
		}
	}
	return nil
}

// tellRoots tells of the roots that lead nowhere, and removes the links in gcroots/auto
// to what is gone, as the real Nix does wherever it looks for roots.
func (inv *invocation) tellRoots(eng *engine.Engine, roots []gc.Root) error {
	return eng.RemoveStaleRoots(roots, func(text string) { inv.say("%s", text) })
}

// checkCollect returns an error if there is nobody who would collect garbage. Of a daemon
// that cannot be reached it says that nothing was deleted.
func (inv *invocation) checkCollect(ctx context.Context, eng *engine.Engine, c *collect) error {
	err := eng.CheckCollect(ctx)
	switch {
	case err == nil || !eng.HasDaemon() || c.printLive || c.printDead:
		return err
	case c.dryRun:
		return errors.Join(inv.println("0 store paths would be deleted"), err)
	}
	return errors.Join(inv.println("0 store paths deleted, 0.0 KiB freed"), err)
}

// collect collects garbage, or says what a collection would delete.
func (inv *invocation) collect(ctx context.Context, eng *engine.Engine, c *collect) error {
	if err := inv.checkCollect(ctx, eng, c); err != nil {
		return err
	}
	inv.say("finding garbage collector roots...")
	if c.nothing {
		c.opts.Only = []store.Path{}
	}
	plan, err := eng.PlanCollect(ctx, c.opts)
	if err == nil {
		err = inv.tellRoots(eng, plan.Roots)
	}
	if err != nil {
		return err
	}
	for _, what := range plan.Unread {
		inv.warn(fmt.Sprintf("roots in %s could not be read", text.SanitiseName(what)))
	}
	switch {
	case c.printLive || c.printDead || c.dryRun:
		inv.say("determining live/dead paths...")
		items := plan.Dead
		if c.printLive {
			items = plan.Live
		}
		if c.dryRun {
			return inv.println(fmt.Sprintf("%d store paths would be deleted", len(items)))
		}
		paths := make([]store.Path, len(items))
		for i, item := range items {
			paths[i] = item.Path
		}
		slices.Sort(paths)
		return inv.printPaths(paths)
	case !c.nothing:
		inv.say("deleting garbage...")
	}
	return inv.executeCollect(ctx, eng, plan, nil)
}

// executeCollect does what a plan says, and says so. Gone are paths that do not
// exist, which are as good as deleted.
func (inv *invocation) executeCollect(ctx context.Context, eng *engine.Engine, plan *gc.Plan, gone []store.Path) error {
	for _, p := range gone {
		inv.say("deleting '%s'", p)
	}
	last := int64(0)
	res, err := eng.Collect(ctx, plan, func(p gc.Progress) {
		inv.say("deleting '%s'", text.SanitiseName(string(p.Path)))
		last = p.Freed
	})
	if err == nil {
		if res.LimitReached {
			inv.say("deleted more than %d bytes; stopping", plan.Options.MaxFreed)
		}
		inv.say("deleting unused links...")
		if !eng.HasDaemon() { // which does not say it
			inv.say("note: hard linking is currently saving %s", store.NixSize(res.LinksSave))
		}
		for _, spared := range res.Spared {
			inv.say("kept '%s': %s", text.SanitiseName(string(spared.Path)), text.SanitiseName(spared.Reason))
		}
	}
	freed := last
	if res != nil {
		freed = res.Freed
	}
	return errors.Join(err, inv.println(fmt.Sprintf("%d store paths deleted, %s freed", len(res.Deleted)+len(gone), store.NixSize(freed))))
}

// delete is nix-store --delete.
func (run *storeRun) delete(ctx context.Context) error {
	if err := run.only("--ignore-liveness"); err != nil {
		return err
	}
	paths, err := run.allFollowed()
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return run.println("0 store paths deleted, 0.0 KiB freed")
	}
	return run.deletePaths(ctx, run.eng, store.SortUnique(paths), run.has("--ignore-liveness"))
}

// deletePaths deletes paths, sorted, up to the first that something needs. That is
// an error, told after what was done.
func (inv *invocation) deletePaths(ctx context.Context, eng *engine.Engine, paths []store.Path, ignoreLiveness bool) error {
	if err := inv.checkCollect(ctx, eng, &collect{}); err != nil {
		return err
	}
	inv.say("finding garbage collector roots...")
	opts := gc.Options{Only: paths, IgnoreLiveness: ignoreLiveness}
	plan, err := eng.PlanCollect(ctx, opts)
	if err == nil {
		err = inv.tellRoots(eng, plan.Roots)
	}
	if err != nil {
		return err
	}
	inv.say("deleting specified paths...")
	dead := make(map[store.Path]bool, len(plan.Dead))
	for _, item := range plan.Dead {
		dead[item.Path] = true
	}
	var gone []store.Path
	var alive error
	for i, p := range paths {
		if dead[p] {
			continue
		}
		if exists, err := eng.Occupied(ctx, p); err != nil {
			return err
		} else if !exists {
			gone = append(gone, p)
			continue
		}
		alive = fmt.Errorf("Cannot delete path '%s' since it is still alive. To find out why, use: nix-store --query --roots and nix-store --query --referrers", p) //nolint:staticcheck // Nix's words
		before, err := referrersAmong(ctx, eng, paths[:i], dead)
		if err != nil {
			return err
		}
		if len(before) == 0 {
			return errors.Join(inv.println(fmt.Sprintf("%d store paths deleted, 0.0 KiB freed", len(gone))), alive)
		}
		opts.Only = before
		if plan, err = eng.PlanCollect(ctx, opts); err != nil {
			return err
		}
		break
	}
	return errors.Join(inv.executeCollect(ctx, eng, plan, gone), alive)
}

// referrersAmong returns what of dead refers to paths, sorted, with them.
func referrersAmong(ctx context.Context, eng *engine.Engine, paths []store.Path, dead map[store.Path]bool) ([]store.Path, error) {
	all, err := store.Requisites(ctx, eng.Reader().Referrers, paths...)
	return slices.DeleteFunc(all, func(p store.Path) bool { return !dead[p] }), err
}

// optimise is nix-store --optimise.
func (run *storeRun) optimise(ctx context.Context) error {
	if len(run.args)+len(run.legacy.flags) > 0 {
		return run.cmd.usage("no arguments expected")
	}
	return run.optimiseStore(ctx, run.eng)
}

// optimiseStore optimises the store and says what that has come to, as Nix does.
func (inv *invocation) optimiseStore(ctx context.Context, eng *engine.Engine) error {
	res, err := eng.Optimise(ctx, engine.OptimiseOptions{Warn: inv.warn})
	if err != nil {
		return err
	}
	if eng.CheckCollect(ctx) == nil { // it has files
		inv.say("%s freed by hard-linking %d files", store.NixSize(res.Freed), res.Linked)
	}
	return nil
}

// unitInt reads a number with a unit, K, M, G or T.
// Behaviour: string2IntWithUnitPrefix in Nix's util.hh.
func unitInt(s string) (int64, error) {
	digits, unit := s, int64(1)
	if n := len(s); n > 0 && !(s[n-1] >= '0' && s[n-1] <= '9') {
		i := indexUnit(s[n-1])
		if i == 0 {
			return 0, settings.Complain("invalid unit specifier '%s'", strings.ToUpper(s[n-1:]))
		}
		digits, unit = s[:n-1], 1<<(10*i)
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, settings.Complain("'%s' is not an integer", digits)
	}
	if n > math.MaxInt64/unit {
		return math.MaxInt64, nil
	}
	return n * unit, nil
}
