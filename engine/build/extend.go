package build

import (
	"maps"
	"slices"

	"nixbench/engine/event"
	"nixbench/store"
)

// This file lets a request grow: a derivation that is built in it may be what
// others need outputs of (dynamic derivations). What that takes is planned when it
// is there.

// expand sees to the inputs of a goal that are outputs of derivations that are
// built themselves. It reports whether they are all there; if not, the goal waits
// for more, or has ended.
func (r *request) expand(g *goal) bool {
	for {
		targets, final, err := r.dynamicTargets(g)
		if err != nil {
			r.fail(g, MiscFailure, err)
			return false
		}
		if len(targets) == 0 {
			return true
		}
		plan, err := r.extend(targets)
		if err != nil {
			r.fail(g, MiscFailure, err)
			return false
		}
		if len(plan.Missing) > 0 {
			r.end(g, outcome{status: InputRejected, err: &UnknownError{Path: plan.Missing[0].Path, For: g.planned.DrvPath}})
			return false
		}
		waits := r.waitFor(g, plan)
		r.begin(plan)
		if g.state != waiting { // what it waited for has failed at once
			return false
		}
		if waits {
			if g.isDoomed && g.missing == 0 {
				r.end(g, outcome{status: DependencyFailed, err: r.dependencyError(g)})
			}
			return g.missing == 0 && !g.isDoomed && final
		}
		if final {
			return true
		}
	}
}

// fail ends a goal that was not begun.
func (r *request) fail(g *goal, status Status, err error) {
	r.end(g, outcome{status: status, err: &Failure{DrvPath: g.planned.DrvPath, Status: status, Err: err}})
}

// dynamicTargets returns what has to be there before more can be said of a goal's
// inputs. Final says that it is the inputs themselves.
func (r *request) dynamicTargets(g *goal) (targets []Target, final bool, err error) {
	final = true
	d, _, err := g.planned.load(r.ctx, r.b.opts.Store)
	if err != nil {
		return nil, false, err
	}
	for _, in := range d.Inputs() {
		if len(in.Through) == 0 {
			continue
		}
		t, ends, err := r.follow(Target{Path: in.DrvPath, Through: in.Through, Outputs: []store.OutputName{in.Output}})
		if err != nil {
			return nil, false, err
		}
		targets = append(targets, t)
		final = final && ends
	}
	return targets, final, nil
}

// madeDerivation returns the derivation whose outputs a target asks for that leads
// through others: it is itself an output.
func madeDerivation(t Target) Target {
	last := len(t.Through) - 1
	return Target{Path: t.Path, Through: t.Through[:last], Outputs: t.Through[last:]}
}

// unobtained returns the derivations that a goal needs and that will not be made, for
// what makes them has failed.
func (r *request) unobtained(g *goal) []Target {
	if !g.planned.isDynamic() {
		return nil
	}
	d, _, err := g.planned.load(r.ctx, r.b.opts.Store)
	if err != nil {
		return nil
	}
	var failed []Target
	for _, in := range d.Inputs() {
		if len(in.Through) == 0 {
			continue
		}
		t := Target{Path: in.DrvPath, Through: in.Through, Outputs: []store.OutputName{in.Output}}
		rest, ends, err := r.follow(t)
		if need := r.byPath[rest.Path]; err == nil && !ends && need != nil && need.state == ended && !need.status.OK() {
			failed = append(failed, madeDerivation(t))
		}
	}
	return failed
}

// follow returns what is left of a target; see [resolver.follow].
func (r *request) follow(t Target) (rest Target, ends bool, err error) {
	return newResolver(r.b.opts.Store, r.plan.known, r.b.opts.Settings).follow(r.ctx, t)
}

// extend plans what targets take, and adds it to the request.
func (r *request) extend(targets []Target) (*Plan, error) {
	plan, err := NewPlan(r.ctx, r.b.opts.Store, targets, PlanOptions{Settings: r.b.opts.Settings, Hub: r.hub, known: r.plan.known})
	if err == nil {
		err = r.b.keep(r.ctx, plan)
	}
	if err != nil {
		return nil, err
	}
	for _, b := range plan.Build {
		if r.byPath[b.DrvPath] != nil {
			continue
		}
		g := &goal{planned: b}
		for _, need := range b.Needs {
			r.link(g, r.byPath[need])
		}
		r.goals = append(r.goals, g)
		r.byPath[b.DrvPath] = g
		r.left++
		r.act.Total++
	}
	// The plan is the caller's.
	whole := *r.plan
	whole.missing, whole.nodes = maps.Clone(whole.missing), maps.Clone(whole.nodes)
	maps.Copy(whole.missing, plan.missing)
	maps.Copy(whole.nodes, plan.nodes)
	r.plan = &whole
	return plan, nil
}

// link lets g wait for another goal.
func (r *request) link(g, need *goal) {
	if slices.Contains(g.needs, need) {
		return
	}
	g.needs = append(g.needs, need)
	if need.state == ended {
		g.isDoomed = g.isDoomed || !need.status.OK()
		return
	}
	need.dependants = append(need.dependants, g)
	g.missing++
}

// waitFor lets g wait for the targets of plan, and reports whether there is one to
// be built.
func (r *request) waitFor(g *goal, plan *Plan) bool {
	waits := false
	for _, t := range plan.Targets {
		if plan.isBuilt(t.Path) {
			r.link(g, r.byPath[t.Path])
			waits = true
		}
	}
	r.tell(g, func(act *event.Activity) { act.WaitingOn = g.missing })
	return waits
}

// begin announces the goals of plan that are new, and starts those that wait for
// nothing.
func (r *request) begin(plan *Plan) {
	var fresh []*goal
	for _, b := range plan.Build {
		if g := r.byPath[b.DrvPath]; g.planned == b {
			fresh = append(fresh, g)
			r.announceGoal(g)
		}
	}
	for _, g := range fresh {
		switch {
		case g.state != waiting:
		case g.isDoomed && g.missing == 0:
			r.end(g, outcome{status: DependencyFailed, err: r.dependencyError(g)})
		default:
			r.check(g)
		}
	}
}

// extendTargets plans what the targets take that lead through derivations which
// have been built by now. It reports whether there is more to do.
func (r *request) extendTargets() bool {
	var next []Target
	for _, t := range r.plan.Targets {
		if len(t.Through) == 0 || r.stopping {
			continue
		}
		rest, ends, err := r.follow(t)
		if err != nil {
			continue // which finish reports
		}
		if g := r.byPath[rest.Path]; g != nil && (!ends || g.state == ended) {
			continue // it has failed, or all is done
		}
		next = append(next, rest)
	}
	if len(next) == 0 {
		return false
	}
	plan, err := r.extend(next)
	if err != nil {
		r.failures = append(r.failures, err)
		return false
	}
	r.begin(plan)
	return r.left > 0
}
