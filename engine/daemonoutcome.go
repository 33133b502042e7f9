package engine

import (
	"context"
	"errors"
	"slices"
	"time"

	"nixbench/engine/build"
	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/store/daemon"
)

// This file is how a request of a daemon ends: what became of its builds and its targets.

// end posts how all ended, and returns the result.
func (r *daemonRequest) end(results []daemon.BuildResult, err error) (*build.Result, error) {
	cancelled := wasCancelled(err)
	if cancelled {
		err = nil
	}
	for i, res := range results {
		b := r.builds[r.plan.Targets[i].Path]
		if b != nil && !b.act.State.Final() && !res.Status.OK() && res.Status != daemon.DependencyFailed {
			r.failed(b, status(res.Status), res.Message)
		}
	}
	r.endBuilds(cancelled, err)
	for id, act := range r.copies {
		r.copied(id, act)
	}
	result := &build.Result{ByDaemon: true}
	for _, f := range r.failures {
		result.Failures = append(result.Failures, f)
	}
	if err == nil {
		for i, t := range r.plan.Targets {
			outcome := build.Outcome{Target: t, Status: build.Cancelled, Err: build.ErrCancelled}
			if !cancelled {
				outcome = r.outcome(t, results[i])
			}
			result.Outcomes = append(result.Outcomes, outcome)
		}
	}
	r.endRequest(cancelled, errors.Join(err, result.Err()))
	return result, err
}

// endBuilds posts how the builds ended of which the daemon did not say.
func (r *daemonRequest) endBuilds(cancelled bool, err error) {
	for _, b := range r.all {
		if b.act.State.Final() {
			continue
		}
		switch {
		case r.isBuilt(b), b.ended && !cancelled && err == nil && b.isImpure(): // else it would have said so
			b.closeLog()
			r.done(b)
		case b.ended && !cancelled && err == nil && !r.hasStopped():
			r.failed(b, build.MiscFailure, "the daemon did not say why")
		default:
			// It was not begun or was stopped, since something else failed, or was cut off.
			b.closeLog()
			b.act.State = event.Cancelled
			r.final(b)
		}
	}
}

// hasStopped reports whether the daemon has stopped what was running, since something has
// failed.
func (r *daemonRequest) hasStopped() bool {
	return len(r.failures) > 0 && !r.b.settings.KeepGoing
}

// endRequest posts the end of the request.
func (r *daemonRequest) endRequest(cancelled bool, err error) {
	if r.act.ID == 0 {
		return
	}
	r.act.Ended, r.act.State = time.Now(), event.Done
	if cancelled {
		r.act.State = event.Cancelled
	} else if err != nil {
		r.act.State, r.act.Err = event.Failed, err.Error()
	}
	r.b.hub.Post(r.act)
}

// outcome is what came of one target.
func (r *daemonRequest) outcome(t store.DerivedPath, res daemon.BuildResult) build.Outcome {
	o := build.Outcome{Target: t, Status: status(res.Status)}
	if t.Outputs != nil {
		o.DrvPath = t.Path
	}
	if !res.Status.OK() {
		o.Err = r.failureOf(t, res)
		return o
	}
	if t.Outputs == nil {
		o.Outputs = map[store.OutputName]store.Path{"": t.Path}
		return o
	}
	o.Outputs = res.Outputs
	d, err := r.b.st.ReadDerivation(context.WithoutCancel(r.ctx), t.Path)
	if err != nil {
		return o // the daemon has said all
	}
	names := t.Outputs
	if slices.Contains(names, store.AllOutputs) {
		names = d.OutputNames()
	}
	all := make(map[store.OutputName]store.Path, len(names))
	for _, name := range names {
		all[name] = d.OutputPath(name)
		if p, told := res.Outputs[name]; told {
			all[name] = p
		}
		if all[name] == "" {
			known, err := r.b.st.DerivationOutputs(context.WithoutCancel(r.ctx), t.Path)
			if err != nil {
				return o
			}
			all[name] = known[name]
		}
	}
	o.Outputs = all
	return o
}

// failureOf returns why a target could not be made.
func (r *daemonRequest) failureOf(t store.DerivedPath, res daemon.BuildResult) error {
	var failed []store.Path
	for _, f := range r.failures {
		if f.Asked() == t.Path {
			return f
		}
		failed = append(failed, f.Asked())
	}
	if res.Status == daemon.DependencyFailed && len(failed) > 0 {
		slices.Sort(failed)
		e := &build.DependencyError{DrvPath: t.Path, Failed: slices.Compact(failed), Count: failedNeeds(res.Message)}
		if b := r.builds[t.Path]; b != nil {
			e.Outputs = b.planned.OutputPaths()
		}
		return e
	}
	if t.Outputs == nil {
		return &build.UnknownError{Path: t.Path}
	}
	f := &build.Failure{DrvPath: t.Path, Status: status(res.Status), Err: &build.ToldError{Words: res.Message}}
	r.failures = append(r.failures, f)
	return f
}
