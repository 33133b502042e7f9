package build

import (
	"container/heap"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/store/drv"
)

// A request is one call of Execute. The goroutine of that call owns all of its
// fields but inbox and events, and is the only one that changes goals: workers
// tell it what came of them through events.
type request struct {
	b      *Builder
	plan   *Plan
	hub    *event.Hub
	goals  []*goal
	byPath map[store.Path]*goal

	ready    readyQueue
	left     int  // goals that have not ended
	stopping bool // start nothing more
	failures []error
	act      event.Activity // of the request itself

	inbox   chan store.Path // derivations to cancel; "" for all of them
	events  chan func()     // what workers want done, on the owner's goroutine
	workers sync.WaitGroup
	ctx     context.Context // of the one call that the request lives for
}

func newRequest(b *Builder, plan *Plan) *request {
	r := &request{b: b, plan: plan, hub: b.opts.Hub, inbox: make(chan store.Path, 64), events: make(chan func())}
	r.goals, r.byPath = newGoals(plan)
	r.left = len(r.goals)
	return r
}

// cancel asks for the end of a goal, or of all. It does not block: if the
// inbox is full of such requests, one for all takes their place.
func (r *request) cancel(drvPath store.Path) {
	for {
		select {
		case r.inbox <- drvPath:
			return
		default:
		}
		select {
		case <-r.inbox:
			drvPath = ""
		default:
		}
	}
}

// run works until every goal has ended.
func (r *request) run(ctx context.Context) *Result {
	r.ctx = ctx
	r.announce()
	for _, g := range r.goals {
		if g.state == waiting {
			r.check(g)
		}
	}
	done := ctx.Done()
	room, stopLooking := r.lookForRoom()
	defer stopLooking()
	for r.left > 0 || r.extendTargets() {
		r.startReady(ctx)
		if r.left == 0 {
			continue // there was nothing to do for those that were ready
		}
		var slots chan<- struct{}
		if len(r.ready) > 0 {
			slots = r.b.slots
		}
		select {
		case slots <- struct{}{}:
			r.startNext(ctx)
		case f := <-r.events:
			f()
		case <-room:
			r.workers.Go(func() { r.b.opts.KeepRoom(ctx) })
		case drvPath := <-r.inbox:
			r.cancelGoals(drvPath)
		case <-done:
			r.cancelGoals("")
			done = nil
		}
	}
	r.workers.Wait()
	return r.finish()
}

// roomInterval is how often it is looked whether there is room while builds go on, as
// in Nix: worker.cc.
const roomInterval = 10 * time.Second

// lookForRoom returns a channel that says when to look.
func (r *request) lookForRoom() (<-chan time.Time, func()) {
	if r.b.opts.KeepRoom == nil || r.b.opts.Settings.MinFree <= 0 {
		return nil, func() {}
	}
	ticker := time.NewTicker(roomInterval)
	return ticker.C, ticker.Stop
}

// announce posts what there is to do.
func (r *request) announce() {
	now := time.Now()
	r.act = event.Activity{ID: r.hub.NewID(), Kind: event.Realise, State: event.Running, Started: now, Total: int64(len(r.goals))}
	if len(r.plan.Targets) > 0 {
		r.act.Subject = r.plan.Targets[0].String()
		r.act.Name = strings.TrimSuffix(r.plan.Targets[0].Path.Name(), drv.Suffix)
	}
	r.hub.Post(r.act)
	for _, g := range r.goals {
		r.announceGoal(g)
	}
}

// announceGoal posts that there is a goal.
func (r *request) announceGoal(g *goal) {
	g.act = event.Activity{
		ID: r.hub.NewID(), Parent: r.act.ID, Kind: event.Build,
		Name: drv.NameOf(g.planned.DrvPath), Subject: string(g.planned.DrvPath), WaitingOn: g.missing,
		IsNeeded: len(g.dependants) > 0, Text: g.planned.Mode.Does(),
	}
	for _, need := range g.needs {
		g.act.Needs = append(g.act.Needs, need.act.ID)
	}
	r.hub.Post(g.act)
}

// check makes a goal ready that needs nothing more, or ends one that cannot
// be built.
func (r *request) check(g *goal) {
	switch {
	case g.planned.isRefusedAtOnce():
		r.refuse(g)
	case g.planned.lacks != nil:
		r.end(g, outcome{status: InputRejected, err: g.planned.lacks})
	case g.missing == 0 && g.planned.isDynamic() && !r.expand(g):
	case g.missing == 0:
		r.makeReady(g)
	}
}

// refuse ends a goal that cannot be built here.
func (r *request) refuse(g *goal) {
	failure := &Failure{DrvPath: g.planned.DrvPath, Status: InputRejected, Err: g.planned.Refused}
	if status := (*statusError)(nil); errors.As(failure.Err, &status) {
		failure.Status = status.status
	}
	r.end(g, outcome{status: failure.Status, err: failure})
}

// makeReady puts a goal into the queue.
func (r *request) makeReady(g *goal) {
	g.state = ready
	heap.Push(&r.ready, g)
}

// startReady starts goals while there are free slots.
func (r *request) startReady(ctx context.Context) {
	for len(r.ready) > 0 {
		select {
		case r.b.slots <- struct{}{}:
			r.startNext(ctx)
		default:
			return
		}
	}
}

// startNext starts the first ready goal in a slot that was taken for it.
func (r *request) startNext(ctx context.Context) {
	g := heap.Pop(&r.ready).(*goal)
	if outputs, done := r.resolved(g); done {
		<-r.b.slots
		g.held.release()
		r.end(g, outcome{status: AlreadyValid, outputs: outputs})
		return
	}
	if r.maySeek(g) {
		<-r.b.slots
		r.seek(ctx, g)
		return
	}
	if g.planned.Refused != nil {
		<-r.b.slots
		g.held.release()
		r.refuse(g)
		return
	}
	g.state = running
	g.act.State = event.Running
	g.act.Started = time.Now()
	r.hub.Post(g.act)
	workCtx, cancel := context.WithCancel(ctx)
	g.cancel = cancel
	h := g.held
	g.held = held{}
	act := g.act
	r.workers.Go(func() {
		out := r.b.runner.run(workCtx, g.planned, h, act, r.hub.Post)
		cancel()
		r.events <- func() { r.worked(ctx, g, out) }
	})
}

// worked takes note of what a worker has done. Only then is its slot free: what
// follows from a failure comes before the next start.
func (r *request) worked(ctx context.Context, g *goal, out outcome) {
	<-r.b.slots
	if errors.Is(out.err, errBusy) {
		r.block(ctx, g)
		return
	}
	if out.last.ID == g.act.ID {
		g.act = out.last
	}
	r.end(g, out)
}

// block lets a goal wait, without a slot, for locks that others hold.
func (r *request) block(ctx context.Context, g *goal) {
	g.state = blocked
	g.act.State = event.Waiting
	g.act.Phase = phaseLocked
	r.hub.Post(g.act)
	waitCtx, cancel := context.WithCancel(ctx)
	g.cancel = cancel
	r.workers.Go(func() {
		h, err := r.b.runner.wait(waitCtx, g.planned)
		cancel()
		r.events <- func() { r.unblocked(g, h, err) }
	})
}

// phaseLocked is shown of a goal that waits for another process.
const phaseLocked = "waiting for another process"

// unblocked makes a goal ready again, with the locks in its hands.
func (r *request) unblocked(g *goal, h held, err error) {
	switch {
	case err != nil && errors.Is(err, context.Canceled):
		r.end(g, outcome{status: Cancelled, err: ErrCancelled})
	case err != nil:
		r.end(g, outcome{status: MiscFailure, err: &Failure{DrvPath: g.planned.DrvPath, Status: MiscFailure, Err: err}})
	case r.stopping:
		h.release()
		r.end(g, outcome{status: Cancelled, err: ErrCancelled})
	default:
		g.held = h
		g.act.Phase = ""
		r.makeReady(g)
	}
}

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
				d.act.WaitingOn = d.missing
				r.hub.Post(d.act)
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
	g.act.State = event.Done
	g.act.Ended = time.Now()
	g.act.WaitingOn = 0
	switch {
	case out.status == Cancelled:
		g.act.State = event.Cancelled
		g.act.Err = out.err.Error()
	case !out.status.OK():
		g.act.State = event.Failed
		g.act.Err, g.act.Cause = out.err.Error(), out.err
		var failure *Failure
		if errors.As(out.err, &failure) {
			g.act.ExitStatus = failure.ExitStatus
		}
		if out.status != DependencyFailed {
			r.failures = append(r.failures, out.err)
			r.stopping = r.stopping || !r.b.opts.Settings.KeepGoing
		}
	default:
		for _, p := range g.outputs {
			g.act.Outputs = append(g.act.Outputs, string(p))
		}
		slices.Sort(g.act.Outputs)
	}
	r.hub.Post(g.act)
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
		o := r.outcome(t)
		res.Outcomes = append(res.Outcomes, o)
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
