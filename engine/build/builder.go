package build

import (
	"context"
	"io"
	"slices"
	"sync"

	"nixbench/engine/event"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
)

// Options are what a [Builder] works with.
type Options struct {
	Store    Store              // required
	Settings *settings.Settings // nil: the defaults
	Hub      *event.Hub         // nil: nobody watches
	// Fetch copies what is at a URL, other than a file's, to w, for
	// builtin:fetchurl. Nil refuses such URLs.
	Fetch func(ctx context.Context, url string, w io.Writer) error
	// Getenv tells fixed-output derivations the variables of the user's that
	// they name as impure. Nil: all are empty.
	Getenv func(name string) string
	// LiveLog says where a log is written that is followed but not kept. Nil: what is not
	// kept is not written.
	LiveLog func(drvPath store.Path) (file string, err error)
	// Sign adds signatures to what was built, before it is registered. Nil adds none.
	Sign func(info *store.PathInfo) error
	// SignRealisation signs what is noted of outputs. Nil makes no signatures.
	SignRealisation store.Signer
	// Seek makes outputs of a derivation that another was resolved to valid, if they can be
	// had from elsewhere, and says how that ended: 0 if all are valid. Nil has nothing.
	Seek func(ctx context.Context, drvPath store.Path, d *drv.Derivation, outputs []store.OutputName) (Failed, error)
	// KeepRoom is called every ten seconds of a request if the setting min-free is not
	// 0, and collects garbage if there is too little room. The next call does not wait for
	// the one before. Nil does nothing.
	KeepRoom func(ctx context.Context)
}

// A Builder realises derivations in a store. It is safe for concurrent use;
// requests share its job slots.
type Builder struct {
	opts   Options
	runner runner
	slots  chan struct{} // one is put in for each running build

	mu       sync.Mutex // mu guards requests
	requests []*request
}

// New returns a Builder. The settings must not change afterwards.
func New(opts Options) *Builder {
	if opts.Settings == nil {
		opts.Settings = settings.Default()
	}
	b := &Builder{opts: opts, slots: make(chan struct{}, max(1, opts.Settings.MaxJobs))}
	b.runner = newWorker(opts)
	return b
}

// Plan says what [Builder.Realise] would do for targets. It only reads.
func (b *Builder) Plan(ctx context.Context, targets []Target, mode Mode) (*Plan, error) {
	return NewPlan(ctx, b.opts.Store, targets, PlanOptions{Settings: b.opts.Settings, Mode: mode, Hub: b.opts.Hub})
}

// Realise makes the targets valid. The error is nil even if builds fail, which
// the Result says; it is not if what there is to do could not be found out.
// If ctx is done, the builds of this request are killed, awaited and reported
// as cancelled.
func (b *Builder) Realise(ctx context.Context, targets []Target, mode Mode) (*Result, error) {
	plan, err := b.Plan(ctx, targets, mode)
	if err != nil {
		return nil, err
	}
	return b.Execute(ctx, plan)
}

// Execute does what plan says, as [Builder.Realise] does. What has become
// valid since plan was made is not built. What the builds need and is valid
// already is kept from being collected from here on, and so are the
// derivations: some builds wait for long.
func (b *Builder) Execute(ctx context.Context, plan *Plan) (*Result, error) {
	if err := plan.LacksOutput(); err != nil {
		return nil, err
	}
	for _, planned := range plan.Build {
		planned.shell = plan.Shell
	}
	if err := b.keep(ctx, plan); err != nil {
		return nil, err
	}
	r := newRequest(b, plan)
	b.mu.Lock()
	b.requests = append(b.requests, r)
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.requests = slices.DeleteFunc(b.requests, func(other *request) bool { return other == r })
	}()
	return r.run(ctx), nil
}

// keep makes temporary roots of what plan needs, unless there is nothing to build.
func (b *Builder) keep(ctx context.Context, plan *Plan) error {
	if len(plan.Build) == 0 {
		return nil
	}
	paths := slices.Clone(plan.Valid)
	for _, planned := range plan.Build {
		paths = append(paths, planned.DrvPath)
	}
	for _, p := range paths {
		if err := b.opts.Store.AddTempRoot(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// Cancel cancels the build of a derivation in every request that has it: its
// builder is killed, and what needs it fails. It does not wait.
func (b *Builder) Cancel(drvPath store.Path) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.requests {
		r.cancel(drvPath)
	}
}
