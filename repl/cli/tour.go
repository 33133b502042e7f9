package cli

import (
	"context"
	"errors"
	"fmt"

	"nixbench/engine"
	"nixbench/repl/text"
	"nixbench/repl/tour"
	"nixbench/store/gc"
	"nixbench/store/profile"
)

// runTour is `nixbench tour`: a store of its own to look around in.
func runTour(ctx context.Context, inv *invocation) error {
	root, err := tour.Root(inv.env.Getenv)
	if err != nil {
		return err
	}
	if inv.storeURI != "" {
		return inv.cmd.usage("the tour has a store of its own: %s", root)
	}
	if inv.remove {
		return tour.Remove(root)
	}
	plain := inv.plain || !inv.env.Terminal
	t, err := inv.startTour(ctx, root)
	if err != nil {
		return err
	}
	defer t.Close() // until then nobody takes the store away from under the screens
	if plain {
		return inv.plainTour(ctx, t)
	}
	profile := t.Profile()
	if err := errors.Join(inv.prepareTour(ctx, t), t.Leave()); err != nil {
		return err
	}
	opts := inv.workbenchOptions()
	opts.StoreURI, opts.Files, opts.Profile = root, []string{t.File()}, profile
	opts.Settings = append(opts.Settings, Option{Name: "keep-going", Value: "true"}, Option{Name: "max-jobs", Value: "4"})
	opts.Build = tour.Rest
	return inv.env.Workbench(ctx, opts)
}

// startTour makes the tour's store with the settings of the flags.
func (inv *invocation) startTour(ctx context.Context, root string) (*tour.Tour, error) {
	set, err := engine.LoadSettings(inv.env.Getenv, nil)
	if err != nil {
		return nil, err
	}
	for _, opt := range inv.options {
		if err := set.Set(opt.Name, opt.Value); err != nil {
			return nil, inv.cmd.usage("setting '%s': %v", opt.Name, err)
		}
	}
	return tour.New(ctx, root, set, inv.env.Getenv)
}

// prepareTour builds what is quick to build, telling of it.
func (inv *invocation) prepareTour(ctx context.Context, t *tour.Tour) error {
	fmt.Fprintf(inv.env.Stderr, "making a store to look around in: %s\n", t.Root)
	_, stop := follow(ctx, t.Engine, follower{w: inv.env.Stderr, quiet: inv.quiet, fail: inv.tellFailure, bar: inv.builderBar()})
	defer stop()
	return t.Prepare(ctx)
}

// plainTour does all of the tour without the screens and sums it up.
func (inv *invocation) plainTour(ctx context.Context, t *tour.Tour) error {
	if err := inv.prepareTour(ctx, t); err != nil {
		return err
	}
	_, stop := follow(ctx, t.Engine, follower{w: inv.env.Stderr, quiet: inv.quiet, fail: inv.tellFailure, bar: inv.builderBar()})
	err := t.Build(ctx, tour.Rest...)
	stop()
	if err != nil {
		return err
	}
	return inv.sumUp(ctx, t)
}

// sumUp prints what the tour has made.
func (inv *invocation) sumUp(ctx context.Context, t *tour.Tour) error {
	out := inv.env.Stdout
	// What only this process still keeps is garbage as soon as it ends.
	if err := t.Engine.ReleaseAll(ctx); err != nil {
		return err
	}
	paths, err := t.Engine.Store().AllPaths(ctx)
	if err != nil {
		return err
	}
	plan, err := t.Engine.PlanCollect(ctx, gc.Options{})
	if err != nil {
		return err
	}
	gens, err := profile.List(t.Profile())
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "store      %s: %s, %s\n", t.Root, text.Plural(len(paths), "path"), text.Bytes(plan.LiveSize+plan.FreedSize))
	fmt.Fprintf(out, "profile    %s: %s\n", t.Profile(), text.Plural(len(gens), "generation"))
	fmt.Fprintf(out, "garbage    %s, %s\n", text.Plural(len(plan.Dead), "path"), text.Bytes(plan.FreedSize))
	for _, failed := range t.Failed {
		fmt.Fprintf(out, "failed     %s, as it is made to\n", text.PlainLine(failed.Error()))
	}
	fmt.Fprintf(out, "\nTry:\n")
	for _, try := range []string{
		"nixbench --store %s", "nixbench path-info --store %s -rsSh " + t.Profile(),
		"nixbench profile history --store %s", "nixbench store gc --dry-run --store %s",
	} {
		fmt.Fprintf(out, "  "+try+"\n", t.Root)
	}
	return nil
}
