package engine

import (
	"context"
	"time"

	"nixbench/engine/event"
	"nixbench/store/gc"
	"nixbench/store/local"
)

// PlanCollect says what a collection would delete, with what the settings keep.
// It changes nothing.
func (e *Engine) PlanCollect(ctx context.Context, opts gc.Options) (*gc.Plan, error) {
	if err := e.flush(ctx); err != nil {
		return nil, err
	}
	opts.KeepOutputs = e.Settings().KeepOutputs
	opts.KeepDerivations = e.Settings().KeepDerivations
	return gc.NewPlan(ctx, e.store, opts)
}

// Collect executes a plan of [Engine.PlanCollect], once, and tells of it by an
// activity. Progress may be nil; see [gc.Plan.Execute].
func (e *Engine) Collect(ctx context.Context, plan *gc.Plan, progress func(gc.Progress)) (*gc.Result, error) {
	ctx, done := e.work.begin(ctx)
	defer done()
	act := event.Activity{
		ID: e.hub.NewID(), Kind: event.Collect, Name: "collect garbage", State: event.Running,
		Total: plan.FreedSize, Started: time.Now(),
	}
	e.hub.Post(act)
	res, err := plan.Execute(ctx, func(p gc.Progress) {
		act.Done, act.Total = p.Size, p.Sizes
		e.hub.Post(act)
		if progress != nil {
			progress(p)
		}
	})
	e.finish(ctx, &act, err)
	return res, err
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

// A Finding is something wrong that Verify found.
type Finding = local.Finding

// Verify checks the store that is built into, and calls report for each thing
// that is wrong. It tells of itself by an activity.
func (e *Engine) Verify(ctx context.Context, opts VerifyOptions, report func(Finding)) error {
	if err := e.flush(ctx); err != nil {
		return err
	}
	ctx, done := e.work.begin(ctx)
	defer done()
	act := event.Activity{
		ID: e.hub.NewID(), Kind: event.Verify, Name: "verify store", State: event.Running, Started: time.Now(),
	}
	e.hub.Post(act)
	err := e.store.Verify(ctx, opts, report)
	e.finish(ctx, &act, err)
	return err
}

// OptimiseOptions say what Optimise tells.
type OptimiseOptions = local.OptimiseOptions

// An Optimisation is what optimising a store has come to.
type Optimisation = local.Optimisation

// Optimise makes files with the same contents, in the store that is built into, hard links
// to one. It tells of itself by an activity.
func (e *Engine) Optimise(ctx context.Context, opts OptimiseOptions) (Optimisation, error) {
	ctx, done := e.work.begin(ctx)
	defer done()
	act := event.Activity{
		ID: e.hub.NewID(), Kind: event.Optimise, Name: "optimise store", State: event.Running, Started: time.Now(),
	}
	e.hub.Post(act)
	res, err := e.store.Optimise(ctx, opts)
	e.finish(ctx, &act, err)
	return res, err
}
