package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
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
	hub := r.b.hub
	r.act = event.Activity{
		ID: hub.NewID(), Kind: event.Realise, Name: r.name(), State: event.Running,
		Total: int64(len(r.plan.Build)), Started: time.Now(),
	}
	hub.Post(r.act)
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
		r.builds[planned.DrvPath] = &daemonBuild{planned: planned, act: act}
		hub.Post(act)
	}
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
		if b == nil || b.act.State.Final() {
			return // of another's, or one that turned out to be needed after all
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

// line takes what the daemon says to people: among it, why a build failed that
// was needed for something.
func (r *daemonRequest) line(text string) {
	text = strings.ReplaceAll(text, "\n       ", "\n") // as it is below "error: "
	for _, b := range r.builds {
		switch {
		case b.act.State.Final() || b.act.Started.IsZero() || !strings.Contains(text, string(b.drvPath())):
		case b.ended:
			r.failed(b, build.MiscFailure, text)
		default:
			b.words = text
		}
	}
}

// These come before a number that tells how a builder ended, in the words of Nix.
const (
	exitCode = "failed with exit code "
	bySignal = "failed due to signal "
)

// numberAfter returns the number that follows some words in a text.
func numberAfter(text, words string) (number int, found bool) {
	_, rest, found := strings.Cut(text, words)
	digits := rest
	if end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		digits = rest[:end]
	}
	number, err := strconv.Atoi(digits)
	return number, found && err == nil
}

// failed posts that a build failed, with what the daemon said of it.
func (r *daemonRequest) failed(b *daemonBuild, status build.Status, words string) {
	b.closeLog()
	failure := &build.Failure{
		DrvPath: b.drvPath(), Status: status, Phase: b.act.Phase, LogFile: b.act.LogFile, Outputs: b.planned.OutputPaths(),
	}
	if b.act.Resolved != "" {
		failure.Of = b.planned.DrvPath
	}
	if b.log != nil {
		failure.Tail = b.log.LastLines()
	}
	if code, ok := numberAfter(words, exitCode); ok {
		failure.ExitStatus = code
		failure.Status = build.PermanentFailure
	} else if signal, ok := numberAfter(words, bySignal); ok {
		failure.Signal = signal
		failure.ExitStatus = 128 + failure.Signal
		failure.Status = build.PermanentFailure
	} else {
		failure.Status = statusOf(words, failure.Status)
		failure.Err = &build.ToldError{Words: words}
	}
	r.failures = append(r.failures, failure)
	b.act.State, b.act.ExitStatus = event.Failed, failure.ExitStatus
	b.act.Err, b.act.Cause = failure.Error(), failure
	r.final(b)
}

// statusOf tells from what a daemon said how a build failed.
func statusOf(words string, otherwise build.Status) build.Status {
	for text, status := range map[string]build.Status{
		"hash mismatch in fixed-output derivation": build.HashMismatch,
		"timed out after":                          build.TimedOut,
		"may not be deterministic":                 build.NotDeterministic,
		"is not allowed to refer to":               build.OutputRejected,
		"bytes of log output":                      build.LogLimitExceeded,
		"failed to produce output":                 build.OutputRejected,
		"is required to build on this":             build.InputRejected,
	} {
		if strings.Contains(words, text) {
			return status
		}
	}
	return otherwise
}

// statuses are ours for those of a daemon.
var statuses = map[daemon.Status]build.Status{
	daemon.Built: build.Built, daemon.Substituted: build.Substituted, daemon.AlreadyValid: build.AlreadyValid,
	daemon.ResolvesToAlreadyValid: build.AlreadyValid, daemon.PermanentFailure: build.PermanentFailure,
	daemon.InputRejected: build.InputRejected, daemon.OutputRejected: build.OutputRejected,
	daemon.TransientFailure: build.TransientFailure, daemon.CachedFailure: build.PermanentFailure,
	daemon.TimedOut: build.TimedOut, daemon.DependencyFailed: build.DependencyFailed,
	daemon.LogLimitExceeded: build.LogLimitExceeded, daemon.NotDeterministic: build.NotDeterministic,
}

// status returns ours for one of a daemon.
func status(s daemon.Status) build.Status {
	if ours, known := statuses[s]; known {
		return ours
	}
	return build.MiscFailure
}

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
	result := &build.Result{}
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
	for _, planned := range r.plan.Build {
		b := r.builds[planned.DrvPath]
		if b.act.State.Final() {
			continue
		}
		switch {
		case r.isBuilt(b), b.ended && !cancelled && err == nil && b.isImpure(): // else it would have said so
			b.closeLog()
			r.done(b)
		case b.ended && !cancelled && err == nil:
			r.failed(b, build.MiscFailure, "the daemon did not say why")
		default:
			// It was not begun, since something else failed, or was cut off.
			b.closeLog()
			b.act.State = event.Cancelled
			r.final(b)
		}
	}
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
		e := &build.DependencyError{DrvPath: t.Path, Failed: slices.Compact(failed), Count: 1}
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
