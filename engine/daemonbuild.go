package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"nixbench/engine/build"
	"nixbench/engine/event"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/daemon"
	"nixbench/store/drv"
)

// A daemonBuilder has a daemon realise derivations, and tells of it by the same
// activities as a builder of this process. Each request has a connection of its
// own. A daemon does a request as a whole: to cancel one build cancels the
// requests that want it.
type daemonBuilder struct {
	st       *daemonStore
	settings daemon.Settings
	logLines int
	hub      *event.Hub
	logs     *liveLogs
	roots    *daemon.TempRoots // keep what was built

	mu       sync.Mutex // mu guards requests
	requests map[*daemonRequest]bool
}

var _ builder = (*daemonBuilder)(nil)

// newDaemonBuilders makes the builders for the store of a daemon.
func (e *Engine) newDaemonBuilders(st *daemonStore, set *settings.Settings) {
	roots, ok := e.built.roots.(*daemon.TempRoots)
	if !ok {
		roots = st.NewTempRoots()
		e.built.roots = roots
	}
	newBuilder := func(keepFailed bool) *daemonBuilder {
		s := daemonSettings(set)
		s.KeepFailed = s.KeepFailed || keepFailed
		return &daemonBuilder{
			st: st, settings: s, logLines: set.LogLines, hub: e.hub, logs: &e.logs, roots: roots, requests: make(map[*daemonRequest]bool),
		}
	}
	e.useBuilders(set, newBuilder(false), newBuilder(true))
}

// Plan asks the daemon what it would do for targets.
func (b *daemonBuilder) Plan(ctx context.Context, targets []store.DerivedPath, mode build.Mode) (*build.Plan, error) {
	plan := &build.Plan{Targets: targets, Mode: mode}
	if len(targets) == 0 {
		return plan, nil
	}
	missing, err := b.st.QueryMissing(ctx, targets)
	if err != nil {
		return nil, err
	}
	plan.Substitute, plan.DownloadSize, plan.SubstituteSize = missing.Substitute, missing.DownloadSize, missing.NarSize
	for _, p := range missing.Unknown {
		plan.Missing = append(plan.Missing, &build.UnknownError{Path: p})
	}
	builds := make(map[store.Path]*build.PlannedBuild, len(missing.Build))
	drvs := make(map[store.Path]*drv.Derivation, len(missing.Build))
	for _, p := range missing.Build {
		d, err := b.st.ReadDerivation(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("plan builds: %w", err)
		}
		builds[p], drvs[p] = build.Planned(p, d), d
	}
	if mode == build.Check {
		if err := b.planChecks(ctx, plan, builds, drvs); err != nil {
			return nil, err
		}
		missing.Build = slices.Sorted(maps.Keys(builds))
	}
	for p, planned := range builds {
		for input := range drvs[p].InputDrvs {
			if builds[input] != nil {
				planned.Needs = append(planned.Needs, input)
			}
		}
		slices.Sort(planned.Needs)
	}
	order, err := store.TopoSort(ctx, missing.Build, func(_ context.Context, p store.Path) ([]store.Path, error) {
		return builds[p].Needs, nil
	})
	for _, p := range order {
		plan.Build = append(plan.Build, builds[p])
	}
	return plan, err
}

// planChecks adds the targets that are built again though they are valid.
func (b *daemonBuilder) planChecks(ctx context.Context, plan *build.Plan, builds map[store.Path]*build.PlannedBuild, drvs map[store.Path]*drv.Derivation) error {
	for _, t := range plan.Targets {
		if t.Outputs == nil || builds[t.Path] != nil {
			continue
		}
		d, err := b.st.ReadDerivation(ctx, t.Path)
		if err != nil {
			return fmt.Errorf("plan builds: %w", err)
		}
		planned := build.Planned(t.Path, d)
		planned.Mode, planned.IsRebuild = build.Check, true
		builds[t.Path], drvs[t.Path] = planned, d
	}
	return nil
}

// daemonModes are the modes as the daemon knows them.
var daemonModes = map[build.Mode]daemon.Mode{build.Normal: daemon.Normal, build.Check: daemon.Check, build.Repair: daemon.Repair}

// Execute has the daemon do what plan says. That builds fail is said in the
// Result.
func (b *daemonBuilder) Execute(ctx context.Context, plan *build.Plan) (*build.Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := newDaemonRequest(ctx, b, plan, cancel)
	b.mu.Lock()
	b.requests[r] = true
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.requests, r)
	}()
	r.begin()
	var results []daemon.BuildResult
	var err error
	if len(plan.Targets) > 0 {
		results, err = b.st.Build(ctx, plan.Targets, daemonModes[plan.Mode], b.settings, b.roots, r.hear)
	}
	return r.end(results, err)
}

// Cancel cancels the requests that want a derivation built.
func (b *daemonBuilder) Cancel(drvPath store.Path) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for r := range b.requests {
		if r.builds[drvPath] != nil {
			r.cancel()
		}
	}
}

// wasCancelled reports whether a request ended because it was cancelled.
func wasCancelled(err error) bool { return errors.Is(err, context.Canceled) }
