package build

import (
	"container/heap"
	"context"
	"errors"
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
	if g := r.firstUnchecked(); g != nil {
		r.check(g)
	}
	for _, g := range r.goals {
		if g.state == waiting {
			r.check(g)
		}
	}
	if !r.b.opts.Settings.KeepGoing && r.lacksTarget() {
		r.cancelGoals("")
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

// firstUnchecked returns the goal that is told of of those that cannot be checked, or nil.
func (r *request) firstUnchecked() *goal {
	var unchecked readyQueue
	for _, g := range r.goals {
		if g.planned.unchecked {
			heap.Push(&unchecked, g)
		}
	}
	if len(unchecked) == 0 {
		return nil
	}
	return unchecked[0]
}

// lacksTarget reports whether outputs are asked for of a derivation that nobody can make. That
// nobody can make a plain path ends nothing else.
func (r *request) lacksTarget() bool {
	return slices.ContainsFunc(r.plan.Targets, func(t Target) bool { return t.Outputs != nil && r.plan.missing[t.Path] != nil })
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
	act := &event.Activity{
		ID: r.hub.NewID(), Parent: r.act.ID, Kind: event.Build,
		Name: drv.NameOf(g.planned.DrvPath), Subject: string(g.planned.DrvPath), WaitingOn: g.missing,
		IsNeeded: len(g.dependants) > 0, Text: g.planned.Mode.Does(),
	}
	if len(g.needs) > 0 {
		act.Needs = make([]event.ID, len(g.needs))
	}
	for i, need := range g.needs {
		act.Needs[i] = need.act.ID
	}
	g.act = act
	r.hub.PostShared(act)
}

// note changes what is told of a goal. What was told is shared, and stays as it was.
func (g *goal) note(change func(act *event.Activity)) {
	act := *g.act
	change(&act)
	g.act = &act
}

// tell changes what is told of a goal, and tells it.
func (r *request) tell(g *goal, change func(act *event.Activity)) {
	g.note(change)
	r.hub.PostShared(g.act)
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
	workCtx, cancel := context.WithCancel(ctx)
	g.cancel = cancel
	h := g.held
	g.held = held{}
	act := *g.act
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
		g.act = &out.last
	}
	r.end(g, out)
}

// block lets a goal wait, without a slot, for locks that others hold.
func (r *request) block(ctx context.Context, g *goal) {
	g.state = blocked
	r.tell(g, func(act *event.Activity) { act.State, act.Phase = event.Waiting, phaseLocked })
	waitCtx, cancel := context.WithCancel(ctx)
	g.cancel = cancel
	r.workers.Go(func() {
		h, err := r.b.runner.wait(waitCtx, g.planned)
		cancel()
		r.events <- func() { r.unblocked(g, h, err) }
	})
}

// phaseLocked is shown of a goal that waits for another process, as what it waits for.
const phaseLocked = "for another process"

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
		g.note(func(act *event.Activity) { act.Phase = "" })
		r.makeReady(g)
	}
}
