package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"nixbench/engine/build"
	"nixbench/engine/sandbox"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/store/local"
)

// A Plan says what realising targets takes. It is read-only.
type Plan struct {
	*build.Plan
	// Copy are the paths that are copied from the machine's store first, each
	// after what it refers to.
	Copy []*store.PathInfo

	opts build.PlanOptions // what it was made with, if it was here
}

// A Shell is opened in the sandbox of a build that fails; see [build.Shell].
type Shell = build.Shell

// CopySize is how many bytes, in archives, are copied.
func (p *Plan) CopySize() int64 {
	var size int64
	for _, info := range p.Copy {
		size += info.NarSize
	}
	return size
}

// A Result says what came of realising targets.
type Result = build.Result

// An Outcome is what came of one target.
type Outcome = build.Outcome

// A BuildError reports that not all that an evaluation or a command needed could
// be built.
type BuildError struct{ Result *Result }

func (err *BuildError) Error() string { return err.Result.Err().Error() }

// Unwrap returns the failures.
func (err *BuildError) Unwrap() error { return err.Result.Err() }

// A Mode says what to do with what is valid already: Normal leaves it, Check
// builds it again and compares, Repair builds what of it is damaged.
type Mode = build.Mode

// The modes.
const (
	Normal = build.Normal
	Check  = build.Check
	Repair = build.Repair
)

// PlanRealise says what has to be copied and built to make targets valid. It
// only reads.
func (e *Engine) PlanRealise(ctx context.Context, targets []store.DerivedPath) (*Plan, error) {
	plan, err := e.PlanRebuild(ctx, targets, Normal)
	if err == nil {
		err = plan.LacksOutput()
	}
	return plan, err
}

// PlanRebuild is [Engine.PlanRealise] in another mode. That an output is wanted which its
// derivation does not have is told by the plan, as [build.Plan.NoOutput].
func (e *Engine) PlanRebuild(ctx context.Context, targets []store.DerivedPath, mode Mode) (*Plan, error) {
	opts := build.PlanOptions{Mode: mode}
	if mode == Repair {
		opts.Intact = make(map[store.Path]bool)
	}
	if f := e.elsewhere(ctx); f != nil {
		opts.Elsewhere = f
	}
	if e.machine != nil || opts.Elsewhere != nil || e.evalsIn != nil && e.daemon == nil {
		return e.plan(ctx, targets, opts)
	}
	if err := e.Flush(ctx); err != nil {
		return nil, err
	}
	if e.evalsIn != nil {
		if err := e.takeDerivations(ctx, targets); err != nil {
			return nil, err
		}
	}
	plan, err := e.builders.Load().usual.Plan(ctx, targets, mode)
	if err != nil {
		return nil, err
	}
	return &Plan{Plan: plan}, nil
}

// planGiven is [Engine.PlanRealise] for all outputs of a derivation that need not be in
// a store, and has no input derivations.
func (e *Engine) planGiven(ctx context.Context, drvPath store.Path, d *drv.Derivation) (*Plan, error) {
	if e.daemon != nil {
		return nil, fmt.Errorf("build %s: it is not in the store, which is behind a daemon", drvPath)
	}
	return e.plan(ctx, []store.DerivedPath{store.AllOutputsOf(drvPath)},
		build.PlanOptions{Given: map[store.Path]*drv.Derivation{drvPath: d}})
}

// planReader is what plans read of the stores.
func (e *Engine) planReader() build.Reader {
	if e.evalsIn != nil {
		return evalReader{bothStores{e}, e.evalsIn}
	}
	return bothStores{e}
}

// plan plans builds in the store of this process, with what the machine's has.
func (e *Engine) plan(ctx context.Context, targets []store.DerivedPath, opts build.PlanOptions) (*Plan, error) {
	if err := e.Flush(ctx); err != nil {
		return nil, err
	}
	opts.Settings, opts.Hub = e.Settings(), e.hub
	plan, err := build.NewPlan(ctx, e.planReader(), targets, opts)
	if err != nil || e.machine == nil {
		return &Plan{Plan: plan, opts: opts}, err
	}
	needed := slices.Clone(plan.Valid)
	for _, b := range plan.Build {
		if opts.Given[b.DrvPath] == nil {
			needed = append(needed, b.DrvPath)
		}
	}
	infos, err := e.onlyMachine(ctx, needed, false)
	if err != nil {
		return nil, fmt.Errorf("plan builds: %w", err)
	}
	return &Plan{Plan: plan, Copy: infos, opts: opts}, nil
}

// Realise makes targets valid by copying what the machine's store has, and
// building what neither has. That builds fail is
// said in the Result, not in the error. If ctx is cancelled, the builds of this
// request are killed and awaited.
func (e *Engine) Realise(ctx context.Context, targets []store.DerivedPath) (*Result, error) {
	plan, err := e.PlanRealise(ctx, targets)
	if err != nil {
		return nil, err
	}
	return e.ExecuteRealise(ctx, plan)
}

// ExecuteRealise does what plan says, as [Engine.Realise] does.
func (e *Engine) ExecuteRealise(ctx context.Context, plan *Plan) (*Result, error) {
	return e.execute(ctx, plan, false)
}

// RealiseKeeping is [Engine.Realise] that keeps the directories of builds that
// fail, whatever the settings say.
func (e *Engine) RealiseKeeping(ctx context.Context, targets []store.DerivedPath) (*Result, error) {
	plan, err := e.PlanRealise(ctx, targets)
	if err != nil {
		return nil, err
	}
	return e.execute(ctx, plan, true)
}

// execute does what plan says; keep is to keep the directories of builds that fail,
// whatever the settings say.
func (e *Engine) execute(ctx context.Context, plan *Plan, keep bool) (*Result, error) {
	if err := plan.LacksOutput(); err != nil {
		return nil, err
	}
	if len(plan.Build)+len(plan.Copy)+len(plan.Substitute)+len(plan.Traced) > 0 {
		if err := e.Writable(); err != nil {
			return nil, fmt.Errorf("build: %w", err)
		}
	}
	ctx, done := e.work.begin(ctx)
	defer done()
	defer e.built.begin()()
	if e.daemon == nil && len(plan.Substitute)+len(plan.Traced)+len(plan.Missing) > 0 {
		var err error
		if plan, err = e.substitute(ctx, plan); err != nil {
			return nil, err
		}
	}
	if e.daemon == nil && plan.Mode == Repair {
		var err error
		if plan, err = e.mendPlanned(ctx, plan); err != nil {
			return nil, err
		}
	}
	paths := make([]store.Path, len(plan.Copy))
	for i, info := range plan.Copy {
		paths[i] = info.Path
	}
	if err := e.adopt(ctx, paths...); err != nil {
		return nil, err
	}
	if e.evalsIn != nil {
		if err := e.takeSources(ctx, plan.Plan); err != nil {
			return nil, err
		}
	}
	b, end := e.beginBuild()
	defer end()
	if keep {
		return b.keeper.Execute(ctx, plan.Plan)
	}
	return b.usual.Execute(ctx, plan.Plan)
}

// newBuilders makes the builders for a store of this process: one with the settings, and one that also
// keeps the directories of builds that fail.
func (e *Engine) newBuilders(own *local.Store, set *settings.Settings) {
	roots, ok := e.built.roots.(*local.TempRoots)
	if !ok {
		roots = own.NewTempRoots()
		e.built.roots = roots
	}
	opts := build.Options{
		Store: buildStore{own, roots, e}, Settings: set, Hub: e.hub, Getenv: e.environ,
		LiveLog: e.logs.file, Sign: e.signBuilt, SignRealisation: e.signText, KeepRoom: own.CollectIfFull,
		Seek: e.seek,
	}
	usual := build.New(opts)
	opts.Settings = set.Clone()
	opts.Settings.KeepFailed = true
	e.useBuilders(set, usual, build.New(opts))
}

// A buildStore is the store with temporary roots for builds alone.
type buildStore struct {
	*local.Store
	roots  *local.TempRoots
	engine *Engine
}

func (s buildStore) AddTempRoot(ctx context.Context, p store.Path) error { return s.roots.Add(ctx, p) }

// built keeps what builds use and make from being collected.
type built struct {
	roots interface{ Release() error } // nil if nothing can be built

	mu      sync.Mutex // mu guards running, and is held while roots are released
	running int
}

// begin says that a build uses the roots until end is called.
func (b *built) begin() (end func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running++
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.running--
	}
}

// ReleaseBuilt lets what was built be collected where nothing else keeps it;
// who wants to keep it makes a root of it before. It does nothing while builds
// run.
func (e *Engine) ReleaseBuilt() error {
	e.built.mu.Lock()
	defer e.built.mu.Unlock()
	if e.built.running > 0 || e.built.roots == nil {
		return nil
	}
	return e.built.roots.Release()
}

// ReleaseAll is [Engine.ReleaseBuilt] also for what evaluations have added. Their
// values must not be used any more, and nothing may run.
func (e *Engine) ReleaseAll(ctx context.Context) error {
	e.ours.clear()
	return errors.Join(e.Flush(ctx), e.ReleaseBuilt(), e.store.ReleaseTempRoots())
}

// CancelBuild cancels the build of one derivation, wherever it is wanted.
// It does not wait.
func (e *Engine) CancelBuild(drvPath store.Path) {
	for b := e.builders.Load(); b != nil; b = b.before.Load() {
		b.usual.Cancel(drvPath)
		b.keeper.Cancel(drvPath)
	}
}

// CheckSandbox returns nil if builds can be sandboxed on this machine, and
// otherwise an error that says what forbids it.
func (e *Engine) CheckSandbox() error { return sandbox.Check() }

// unrealised returns those of targets that are not valid yet in any store.
func (e *Engine) unrealised(ctx context.Context, targets []store.DerivedPath) ([]store.DerivedPath, error) {
	plan, err := e.PlanRealise(ctx, targets)
	if err != nil || len(plan.Build)+len(plan.Missing)+len(plan.Substitute) == 0 {
		return nil, err
	}
	return targets, nil
}

// Flush makes the derivations valid that evaluations have added.
func (e *Engine) Flush(ctx context.Context) error {
	if e.evalsIn != nil {
		if err := e.evalsIn.Flush(ctx); err != nil {
			return err
		}
	}
	if e.store.ReadOnly() {
		return nil
	}
	return e.store.Flush(ctx)
}

// A Failure reports that a derivation could not be built.
type Failure = build.Failure

// SandboxPathError reports that sandbox-paths has what cannot be in a sandbox; see
// [build.SandboxPathError].
type SandboxPathError = build.SandboxPathError

// A DifferenceError reports that an output came out differently the second time.
type DifferenceError = build.DifferenceError

// A DependencyError reports that a derivation was not built because something
// that it needs could not be.
type DependencyError = build.DependencyError

// An ObtainError reports that a derivation is not there that another would have made.
type ObtainError = build.ObtainError

// An UnknownError reports that a path is not valid and that nobody can make it.
type UnknownError = build.UnknownError

// A NoOutputError reports in Nix's words that a derivation has no output of a name.
type NoOutputError = build.NoOutputError

// ErrCancelled reports that a build was cancelled.
var ErrCancelled = build.ErrCancelled
