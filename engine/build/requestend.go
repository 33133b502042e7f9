package build

import (
	"container/heap"
	"errors"
	"maps"
	"slices"
	"time"

	"nixbench/engine/event"
	"nixbench/store"
)

// This file ends goals: those that are done, and those that depend on them or are
// cancelled; and tells what came of a request.

// end records how a goal ended, and tells those that need it. One that cannot
// be built any more ends at once, or if the rest goes on once nothing that it
// needs is left: what has failed of that is counted.
func (r *request) end(g *goal, out outcome) {
	queue := []*goal{r.close(g, out)}
	for len(queue) > 0 {
		g, queue = queue[0], queue[1:]
		for _, d := range g.dependants {
			d.missing--
			d.isDoomed = d.isDoomed || !g.status.OK()
			switch {
			case d.state != waiting:
			case d.isDoomed && (d.missing == 0 || !r.b.opts.Settings.KeepGoing):
				queue = append(queue, r.close(d, outcome{status: DependencyFailed, err: r.dependencyError(d)}))
			default:
				r.tell(d, func(act *event.Activity) { act.WaitingOn = d.missing })
				if !d.isDoomed {
					r.check(d)
				}
			}
		}
	}
	if r.stopping {
		r.cancelGoals("")
	}
}

// close sets a goal's end state, and posts it.
func (r *request) close(g *goal, out outcome) *goal {
	g.state = ended
	g.status, g.err, g.outputs = out.status, out.err, out.outputs
	r.left--
	var failure *Failure
	errors.As(out.err, &failure)
	if !out.status.OK() && out.status != Cancelled && out.status != DependencyFailed {
		r.failures = append(r.failures, out.err)
		r.stopping = r.stopping || failure != nil && failure.EndsAll() || !r.b.opts.Settings.KeepGoing
	}
	r.tell(g, func(act *event.Activity) {
		act.State, act.Ended, act.WaitingOn = event.Done, time.Now(), 0
		switch {
		case out.status == Cancelled:
			act.State, act.Err = event.Cancelled, out.err.Error()
		case !out.status.OK():
			act.State, act.Err, act.Cause = event.Failed, out.err.Error(), out.err
			if failure != nil {
				act.ExitStatus = failure.ExitStatus
			}
		default:
			act.Outputs = slices.Clone(act.Outputs)
			for _, p := range g.outputs {
				act.Outputs = append(act.Outputs, string(p))
			}
			slices.Sort(act.Outputs)
		}
	})
	r.act.Done++
	r.hub.Post(r.act)
	return g
}

// dependencyError names the goals that g could not do without.
func (r *request) dependencyError(g *goal) error {
	failed := map[store.Path]bool{}
	count := 0
	for _, need := range g.needs {
		if need.state == ended && !need.status.OK() && need.status != Cancelled {
			count++
		}
		var dependency *DependencyError
		switch {
		case need.state != ended || need.status.OK():
		case errors.As(need.err, &dependency):
			for _, path := range dependency.Failed {
				failed[path] = true
			}
		default:
			failed[need.planned.DrvPath] = true
		}
	}
	return &DependencyError{
		DrvPath: g.planned.DrvPath, Failed: slices.Sorted(maps.Keys(failed)),
		Outputs: g.planned.OutputPaths(), Count: count, Unobtained: r.unobtained(g),
	}
}

// cancelGoals cancels the goal of a derivation, or all of them.
func (r *request) cancelGoals(drvPath store.Path) {
	if drvPath == "" {
		r.stopping = true
		for _, g := range r.goals {
			r.stop(g)
		}
		r.cancelIdle()
		return
	}
	g := r.byPath[drvPath]
	if g == nil {
		return
	}
	r.stop(g)
	if g.state == waiting || g.state == ready {
		r.unready(g)
		r.end(g, outcome{status: Cancelled, err: ErrCancelled})
	}
}

// stop kills a goal's worker, if it has one.
func (r *request) stop(g *goal) {
	if g.state == running || g.state == blocked {
		g.cancel()
	}
}

// cancelIdle ends every goal that no worker has.
func (r *request) cancelIdle() {
	for _, g := range r.goals {
		switch g.state {
		case waiting, ready:
			g.held.release()
			r.close(g, outcome{status: Cancelled, err: ErrCancelled})
		case blocked:
			g.cancel()
		}
	}
	r.ready = nil
}

// unready takes a goal out of the queue, and its locks from it.
func (r *request) unready(g *goal) {
	g.held.release()
	if i := slices.Index(r.ready, g); i >= 0 {
		heap.Remove(&r.ready, i)
	}
}

// finish says what came of the targets.
func (r *request) finish() *Result {
	res := &Result{Failures: r.failures}
	r.act.State = event.Done
	for _, t := range r.plan.Targets {
		res.Outcomes = append(res.Outcomes, r.outcome(t))
	}
	if !r.b.opts.Settings.KeepGoing {
		giveUp(res.Outcomes)
	}
	for _, o := range res.Outcomes {
		switch {
		case o.Status == Cancelled && r.act.State == event.Done:
			r.act.State = event.Cancelled
		case !o.Status.OK() && o.Status != Cancelled:
			r.act.State = event.Failed
		}
		if o.Err != nil && r.act.Err == "" {
			r.act.Err = o.Err.Error()
		}
	}
	r.act.Ended = time.Now()
	r.hub.Post(r.act)
	return res
}

// giveUp makes targets that failed because of another target cancelled: that ended the
// whole request.
func giveUp(outcomes []Outcome) {
	if !slices.ContainsFunc(outcomes, func(o Outcome) bool { return !o.Status.OK() && o.Status != DependencyFailed && o.Status != Cancelled }) {
		return
	}
	for i, o := range outcomes {
		if o.Status == DependencyFailed {
			outcomes[i].Status, outcomes[i].Err = Cancelled, ErrCancelled
		}
	}
}

// outcome says what came of one target.
func (r *request) outcome(t Target) Outcome {
	o := Outcome{Target: t}
	if t.Outputs == nil {
		o.Outputs = map[store.OutputName]store.Path{"": t.Path}
		if err := r.plan.missing[t.Path]; err != nil {
			o.Status, o.Err, o.Outputs = InputRejected, err, nil
		}
		return o
	}
	if len(t.Through) > 0 {
		rest, ends, err := r.follow(t)
		if o.Err = err; err != nil {
			o.Status = MiscFailure
			return o
		}
		if g := r.byPath[rest.Path]; !ends && g != nil {
			o.DrvPath, o.Status = rest.Path, g.status
			if o.Err = g.err; !g.status.OK() && g.status != Cancelled {
				o.Err = &ObtainError{madeDerivation(t), g.err}
			}
			return o
		}
		t = rest
	}
	o.DrvPath = t.Path
	n := r.plan.nodes[t.Path]
	if n == nil || !n.isThere {
		o.Status, o.Err = InputRejected, r.plan.missing[t.Path]
		return o
	}
	if g := r.byPath[t.Path]; g != nil {
		o.Status, o.Err = g.status, g.err
	}
	if !o.Status.OK() {
		return o
	}
	o.Outputs = make(map[store.OutputName]store.Path)
	outputs, _ := n.wanted(t.Outputs)
	for _, output := range outputs {
		o.Outputs[output.Name] = r.plan.pathOf(n, output)
	}
	return o
}
