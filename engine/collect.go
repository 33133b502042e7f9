package engine

import (
	"context"
	"fmt"
	"time"

	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/store/local"
)

// PlanCollect says what a collection would delete, with what the settings keep.
// It changes nothing.
func (e *Engine) PlanCollect(ctx context.Context, opts gc.Options) (*gc.Plan, error) {
	if err := e.Flush(ctx); err != nil {
		return nil, err
	}
	opts.KeepOutputs = e.Settings().KeepOutputs
	opts.KeepDerivations = e.Settings().KeepDerivations
	return gc.NewPlan(ctx, e.store, opts)
}

// Collect executes a plan of [Engine.PlanCollect], once, and tells of it by an
// activity. Progress may be nil; see [gc.Plan.Execute].
func (e *Engine) Collect(ctx context.Context, plan *gc.Plan, progress func(gc.Progress)) (*gc.Result, error) {
	var res *gc.Result
	err := e.activity(ctx, event.Collect, "collect garbage", func(ctx context.Context, did didFunc) (err error) {
		did(0, plan.FreedSize)
		res, err = plan.Execute(ctx, func(p gc.Progress) {
			did(p.Size, p.Sizes)
			if progress != nil {
				progress(p)
			}
		})
		return err
	})
	return res, err
}

// autoCollect is a collection that a store of this process makes of itself. It tells of it
// by an activity and, in Nix's words, by notices, those of single paths as part of it.
//
// Behaviour: Nix, LocalStore::autoGC and collectGarbage.
func (e *Engine) autoCollect(ctx context.Context, st *local.Store, opts gc.Options) error {
	e.hub.Say(0, false, fmt.Sprintf("running auto-GC to free %d bytes", opts.MaxFreed))
	act := event.Activity{ID: e.hub.NewID(), Kind: event.Collect, Name: event.AutoGC, State: event.Running, Started: time.Now()}
	e.hub.Post(act)
	say := func(format string, args ...any) { e.hub.Say(act.ID, false, fmt.Sprintf(format, args...)) }
	say("finding garbage collector roots...")
	plan, err := gc.NewPlan(ctx, st, opts)
	if err == nil {
		err = st.RemoveStaleRoots(plan.Roots, func(text string) { say("%s", text) })
	}
	if err == nil {
		say("deleting garbage...")
		var res *gc.Result
		res, err = plan.Execute(ctx, func(p gc.Progress) {
			say("deleting '%s'", p.Path)
			act.Done, act.Total = p.Size, p.Sizes
			e.hub.Post(act)
		})
		if res.LimitReached {
			say("deleted more than %d bytes; stopping", opts.MaxFreed)
		}
		if err == nil {
			say("deleting unused links...")
			say("note: hard linking is currently saving %s", store.NixSize(res.LinksSave))
		}
	}
	e.finish(ctx, &act, err)
	if err != nil && ctx.Err() == nil {
		e.hub.Say(0, true, "error (ignored): "+err.Error())
	}
	return err
}

// didFunc tells how far an activity is, in bytes.
type didFunc func(done, total int64)

// activity works as long as the engine may, and posts that the activity began, how far it
// is and how it ended.
func (e *Engine) activity(ctx context.Context, kind event.Kind, name string, work func(context.Context, didFunc) error) error {
	ctx, done := e.work.begin(ctx)
	defer done()
	act := event.Activity{ID: e.hub.NewID(), Kind: kind, Name: name, State: event.Running, Started: time.Now()}
	e.hub.Post(act)
	err := work(ctx, func(done, total int64) {
		act.Done, act.Total = done, total
		e.hub.Post(act)
	})
	e.finish(ctx, &act, err)
	return err
}

// finish posts the end of an activity.
func (e *Engine) finish(ctx context.Context, act *event.Activity, err error) {
	act.Ended = time.Now()
	switch {
	case err == nil:
		act.State = event.Done
	case ctx.Err() != nil:
		act.State = event.Cancelled
	default:
		act.State, act.Err = event.Failed, err.Error()
	}
	e.hub.Post(*act)
}

// VerifyOptions say what Verify checks.
type VerifyOptions = local.VerifyOptions

// An UndeletedError says what of a tree could not be deleted; see [local.UndeletedError].
type UndeletedError = local.UndeletedError

// A Finding is something wrong that Verify found.
type Finding = local.Finding

// Verify checks the store that is built into, and calls report for each thing
// that is wrong. It tells of itself by an activity.
func (e *Engine) Verify(ctx context.Context, opts VerifyOptions, report func(Finding)) error {
	if err := e.Flush(ctx); err != nil {
		return err
	}
	return e.activity(ctx, event.Verify, "verify store", func(ctx context.Context, _ didFunc) error {
		return e.store.Verify(ctx, opts, report)
	})
}

// A LinkError says that a file could not be made a hard link; see [local.LinkError].
type LinkError = local.LinkError

// OptimiseOptions say what Optimise tells.
type OptimiseOptions = local.OptimiseOptions

// An Optimisation is what optimising a store has come to.
type Optimisation = local.Optimisation

// Optimise makes files with the same contents, in the store that is built into, hard links
// to one. It tells of itself by an activity.
func (e *Engine) Optimise(ctx context.Context, opts OptimiseOptions) (Optimisation, error) {
	var res Optimisation
	err := e.activity(ctx, event.Optimise, "optimise store", func(ctx context.Context, _ didFunc) (err error) {
		res, err = e.store.Optimise(ctx, opts)
		return err
	})
	return res, err
}
