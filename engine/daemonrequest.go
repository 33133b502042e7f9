package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"nixbench/engine/build"
	"nixbench/engine/event"
	"nixbench/store"
	"nixbench/store/daemon"
	"nixbench/store/drv"
)

// A daemonRequest is one call of daemonBuilder.Execute. All but cancel belongs to
// the goroutine of that call, which also hears what the daemon says.
type daemonRequest struct {
	ctx    context.Context //nolint:containedctx // of the one call it lives for
	cancel context.CancelFunc
	b      *daemonBuilder
	plan   *build.Plan

	act      event.Activity // of the request itself
	builds   map[store.Path]*daemonBuild
	all      []*daemonBuild              // of builds, as they came
	resolved map[store.Path]*daemonBuild // by the derivations that they were resolved to
	running  map[uint64]*daemonBuild     // by the daemon's number
	copies   map[uint64]*event.Activity  // substitutions, by the daemon's number of them or of a part
	failures []*build.Failure
}

// A daemonBuild is one derivation that a daemon builds.
type daemonBuild struct {
	planned *build.PlannedBuild
	act     event.Activity
	log     *build.Log // nil until the builder says something
	ended   bool       // by the daemon; whether well is in act.State, if that is final
	outputs []store.Path
	words   string // what the daemon said of its failure before it said that it ended
}

func newDaemonRequest(ctx context.Context, b *daemonBuilder, plan *build.Plan, cancel context.CancelFunc) *daemonRequest {
	return &daemonRequest{
		ctx: ctx, cancel: cancel, b: b, plan: plan,
		builds: make(map[store.Path]*daemonBuild), resolved: make(map[store.Path]*daemonBuild), running: make(map[uint64]*daemonBuild), copies: make(map[uint64]*event.Activity),
	}
}

// begin posts the request and its builds, which wait.
func (r *daemonRequest) begin() {
	if len(r.plan.Build)+len(r.plan.Substitute) == 0 {
		return
	}
	r.announce()
	hub := r.b.hub
	needed := make(map[store.Path]bool)
	for _, planned := range r.plan.Build {
		for _, need := range planned.Needs {
			needed[need] = true
		}
	}
	for _, planned := range r.plan.Build {
		act := event.Activity{
			ID: hub.NewID(), Parent: r.act.ID, Kind: event.Build, Name: drv.NameOf(planned.DrvPath),
			Subject: string(planned.DrvPath), WaitingOn: len(planned.Needs), IsNeeded: needed[planned.DrvPath],
			Text: planned.Mode.Does(),
		}
		for _, need := range planned.Needs { // each was met before
			act.Needs = append(act.Needs, r.builds[need].act.ID)
		}
		r.add(&daemonBuild{planned: planned, act: act})
	}
}

// announce posts that there is a request.
func (r *daemonRequest) announce() {
	r.act = event.Activity{
		ID: r.b.hub.NewID(), Kind: event.Realise, Name: r.name(), State: event.Running,
		Total: int64(len(r.plan.Build)), Started: time.Now(),
	}
	r.b.hub.Post(r.act)
}

// add notes a build, and posts it.
func (r *daemonRequest) add(b *daemonBuild) {
	r.builds[b.planned.DrvPath] = b
	r.all = append(r.all, b)
	r.b.hub.Post(b.act)
}

// met returns the build of a derivation that turned out to be needed after all; nil if the
// derivation cannot be read.
func (r *daemonRequest) met(drvPath string) *daemonBuild {
	p := store.Path(drvPath)
	d, err := r.b.st.ReadDerivation(r.ctx, p)
	if err != nil {
		return nil
	}
	if r.act.ID == 0 {
		r.announce()
	}
	planned := build.Planned(p, d)
	b := &daemonBuild{planned: planned, act: event.Activity{
		ID: r.b.hub.NewID(), Parent: r.act.ID, Kind: event.Build, Name: drv.NameOf(p), Subject: drvPath, Text: planned.Mode.Does(),
	}}
	r.act.Total++
	r.add(b)
	return b
}

// name says what the request is for.
func (r *daemonRequest) name() string {
	first := r.plan.Targets[0].Path.Name()
	if n := len(r.plan.Targets); n > 1 {
		return fmt.Sprintf("%s and %d more", first, n-1)
	}
	return first
}

// hear takes what the daemon says.
func (r *daemonRequest) hear(m *daemon.Message) {
	switch m.Kind {
	case daemon.StartActivity:
		r.start(m)
	case daemon.StopActivity:
		if b := r.running[m.ID]; b != nil {
			delete(r.running, m.ID)
			r.stopped(b)
		} else if act := r.copies[m.ID]; act != nil && act.ID != 0 {
			r.copied(m.ID, act)
		}
	case daemon.ActivityResult:
		if b := r.running[m.ID]; b != nil {
			b.result(r, m)
		} else if act := r.copies[m.ID]; act != nil && m.Type == daemon.ResultProgress {
			act.Done, act.Total = int64(m.NumberAt(0)), int64(m.NumberAt(1))
			r.b.hub.Post(*act)
		}
	case daemon.Line:
		r.line(daemon.Plain(m.Text))
	}
}

// start takes the beginning of an activity of the daemon's.
func (r *daemonRequest) start(m *daemon.Message) {
	switch m.Type {
	case daemon.ActivityBuild:
		b := r.buildOf(m.TextAt(0))
		if b == nil {
			b = r.met(m.TextAt(0))
		}
		if b == nil || b.act.State.Final() {
			return
		}
		b.act.State, b.act.Started = event.Running, time.Now()
		r.running[m.ID] = b
		r.b.hub.Post(b.act)
	case daemon.ActivityResolve:
		to, err := r.b.st.Dir().ParsePath(m.TextAt(1))
		if b := r.buildOf(m.TextAt(0)); b != nil && err == nil && !b.act.State.Final() {
			b.act.Resolved, r.resolved[to] = string(to), b
			r.b.hub.Post(b.act)
		}
	case daemon.ActivitySubstitute:
		p, err := r.b.st.Dir().ParsePath(m.TextAt(0))
		if err != nil {
			return
		}
		act := &event.Activity{
			ID: r.b.hub.NewID(), Parent: r.act.ID, Kind: event.Substitute, Name: p.Name(), Subject: string(p),
			State: event.Running, Started: time.Now(),
		}
		r.copies[m.ID] = act
		r.b.hub.Post(*act)
	case daemon.ActivityCopyPath:
		if act := r.copies[m.Parent]; act != nil {
			r.copies[m.ID] = act // how far it is, is said of its part
		}
	}
}

// buildOf returns the build that a derivation, or what it was resolved to, belongs to,
// or nil.
func (r *daemonRequest) buildOf(drvPath string) *daemonBuild {
	p := store.Path(drvPath)
	return cmp.Or(r.builds[p], r.resolved[p])
}

// drvPath returns the derivation that is built: what the one that was asked for was
// resolved to, if it was.
func (b *daemonBuild) drvPath() store.Path {
	return cmp.Or(store.Path(b.act.Resolved), b.planned.DrvPath)
}

// isImpure reports whether no store knows the outputs once they are built.
func (b *daemonBuild) isImpure() bool {
	return b.planned.Kind == drv.Impure
}

// copied takes the end of a substitution; that of a part of it is none.
func (r *daemonRequest) copied(id uint64, act *event.Activity) {
	delete(r.copies, id)
	for _, other := range r.copies {
		if other == act {
			return
		}
	}
	act.Ended, act.State = time.Now(), event.Failed
	p := store.Path(act.Subject)
	if valid, err := r.b.st.IsValid(r.ctx, p); err == nil && valid {
		act.State, act.Outputs = event.Done, []string{act.Subject}
		act.Done = max(act.Done, act.Total)
	} else if r.ctx.Err() != nil {
		act.State = event.Cancelled
	}
	r.b.hub.Post(*act)
}

// result takes something about a build.
func (b *daemonBuild) result(r *daemonRequest, m *daemon.Message) {
	switch m.Type {
	case daemon.ResultLogLine, daemon.ResultPostLogLine:
		b.write(r, m.TextAt(0)+"\n")
	case daemon.ResultSetPhase:
		phase, err := json.Marshal(m.TextAt(0))
		if err == nil {
			b.write(r, `@nix {"action":"setPhase","phase":`+string(phase)+"}\n")
		}
	}
}

// write writes to the log. A log that cannot be written is done without: the
// daemon has its own.
func (b *daemonBuild) write(r *daemonRequest, text string) {
	if b.log == nil {
		file, err := r.b.logs.file(b.planned.DrvPath)
		if err != nil {
			return
		}
		if b.log, err = build.NewLog(file, r.b.logLines, b.act, r.b.hub.Post); err != nil {
			return
		}
	}
	_, _ = b.log.Write([]byte(text))
}

// closeLog ends the log.
func (b *daemonBuild) closeLog() {
	if b.log != nil {
		_ = b.log.Close()
		state, started := b.act.State, b.act.Started
		b.act = b.log.Activity()
		b.act.State, b.act.Started = state, started
	}
}

// stopped takes the end of a build. If it failed, why is not known yet.
func (r *daemonRequest) stopped(b *daemonBuild) {
	b.closeLog()
	b.ended, b.act.Ended = true, time.Now()
	if r.isBuilt(b) {
		r.done(b)
	} else if b.words != "" {
		r.failed(b, build.MiscFailure, b.words)
	}
}

// lookTimeout is how long it may take to find out how a cancelled build ended.
const lookTimeout = 10 * time.Second

// isBuilt reports whether the outputs of a build are valid, and notes where they
// are.
func (r *daemonRequest) isBuilt(b *daemonBuild) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.ctx), lookTimeout)
	defer cancel()
	b.outputs = b.planned.OutputPaths()
	if len(b.outputs) < len(b.planned.Outputs) { // known only after it is built
		known, err := r.b.st.DerivationOutputs(ctx, b.drvPath())
		if err != nil || len(known) < len(b.planned.Outputs) {
			return false
		}
		b.outputs = slices.Sorted(maps.Values(known))
	}
	valid, err := r.b.st.QueryValid(ctx, b.outputs)
	return err == nil && len(valid) == len(slices.Compact(b.outputs))
}

// done posts that a build went well, and that others wait no more for it.
func (r *daemonRequest) done(b *daemonBuild) {
	b.act.State = event.Done
	for _, p := range b.outputs {
		b.act.Outputs = append(b.act.Outputs, string(p))
	}
	r.final(b)
	for _, other := range r.builds {
		if slices.Contains(other.planned.Needs, b.planned.DrvPath) && !other.act.State.Final() {
			other.act.WaitingOn--
			r.b.hub.Post(other.act)
		}
	}
}

// final posts the end of a build, and the request's progress.
func (r *daemonRequest) final(b *daemonBuild) {
	if b.act.Ended.IsZero() && !b.act.Started.IsZero() {
		b.act.Ended = time.Now()
	}
	r.b.hub.Post(b.act)
	r.act.Done++
	r.b.hub.Post(r.act)
}
