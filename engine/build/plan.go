package build

import (
	"context"
	"errors"
	"fmt"

	"nixbench/engine/event"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
)

// A Plan says what realising targets takes. It is read-only.
type Plan struct {
	Targets []Target
	Mode    Mode
	// Shell is opened where a builder fails, if it is set before the plan is executed.
	Shell *Shell
	// Build is what has to be built, each after what it needs.
	Build []*PlannedBuild
	// Valid are the outputs and sources that were needed and are there, sorted.
	Valid []store.Path
	// Missing are the paths that are not valid and that nobody can make.
	Missing []*UnknownError
	// Warnings say in Nix's words what attributes of what is to be built have no effect.
	Warnings []string
	// NoOutput is the first output that is wanted of a derivation that does not have it, or
	// nil. The plan is for all others, and it is the error of who executes it.
	NoOutput *NoOutputError
	// Substitute are the paths that come from binary caches, sorted: DownloadSize
	// bytes to download, SubstituteSize in archives.
	Substitute                   []store.Path
	DownloadSize, SubstituteSize int64
	// Traced is what is said elsewhere that outputs came to be, to be noted once they are
	// valid.
	Traced []store.Realisation

	missing map[store.Path]*UnknownError
	nodes   map[store.Path]*node // of the derivations that were met
	valid   map[store.Path]bool
	known   *known // where outputs are that have to be looked for
}

// A PlannedBuild is one derivation to be built.
type PlannedBuild struct {
	DrvPath store.Path
	Kind    drv.OutputKind // of its outputs; 0 if Refused because of them
	Outputs []Output       // by name; must not be modified
	// Needs are the derivations that have to be built before, sorted.
	Needs []store.Path
	// Refused says why it cannot be built here, or is nil. If that is a [*RefusedError], what
	// it needs is built all the same, as in Nix.
	Refused error
	// Mode is Check for what is built to be compared, and otherwise the plan's.
	// IsRebuild says that outputs are valid already.
	Mode      Mode
	IsRebuild bool
	unchecked bool                // Refused, for it is to be checked and not valid
	damaged   map[store.Path]bool // valid outputs that are to be replaced
	shell     *Shell              // of whoever executes the plan; or nil

	lacks *UnknownError // an input that is missing, or nil
	node  *node         // of the plan; nil of what another resolved to
	refs  *refCache     // shared by the builds of the plan
	known *known        // likewise
	// derivation is what is built, or nil: it is to be read from the store.
	derivation *drv.Derivation
	// resolved is what it was found to resolve to, which its worker builds
	// instead. It belongs to that.
	resolved *PlannedBuild
}

// PlanOptions say how a plan is made.
type PlanOptions struct {
	Settings *settings.Settings // required
	Mode     Mode
	Hub      *event.Hub // is told what a repair finds; may be nil

	// Given are derivations that are built without being in the store. They have no
	// input derivations.
	Given map[store.Path]*drv.Derivation

	// Elsewhere knows what need not be built; nil if that is nobody. Failed are paths that
	// it was said to know, and that could not be had.
	Elsewhere Substituter
	Failed    map[store.Path]Failed

	// Intact are paths that a repair need not look at any more; those that it finds to be
	// what they were are added. It may be nil.
	Intact map[store.Path]bool

	known *known // outputs that are known already, or nil
}

// NewPlan finds out what realising targets takes. It only reads. Derivations
// that cannot be built here are part of the plan, with the reason; one whose options
// say nothing that can be done is the error, a *[drv.OptionsError].
func NewPlan(ctx context.Context, st Reader, targets []Target, o PlanOptions) (*Plan, error) {
	s, k := o.Settings, o.known
	if k == nil {
		k = new(known)
	}
	p := &planner{
		ctx: ctx, st: st, settings: s, given: o.Given, outputs: newResolver(st, k, s), hub: o.Hub,
		texts: map[string]string{}, lists: map[store.OutputName][]store.OutputName{}, asked: map[store.Path]bool{},
		intact: o.Intact, damaged: map[store.Path]bool{},
		elsewhere: o.Elsewhere, failed: o.Failed, fetched: map[store.Path]bool{},
		plan: &Plan{
			Targets: targets, Mode: o.Mode,
			missing: map[store.Path]*UnknownError{}, nodes: map[store.Path]*node{}, valid: map[store.Path]bool{}, known: k,
		},
	}
	if p.intact == nil {
		p.intact = map[store.Path]bool{}
	}
	p.outputs.read = p.whole
	for path, d := range o.Given {
		if err := p.fill(p.at(path), d); err != nil {
			return nil, fmt.Errorf("plan builds: %w", err)
		}
	}
	err := p.run()
	if unreadable := (*drv.OptionsError)(nil); errors.As(err, &unreadable) {
		return nil, unreadable // in Nix's words
	}
	if err != nil {
		return nil, fmt.Errorf("plan builds: %w", err)
	}
	return p.plan, nil
}

// LacksOutput returns NoOutput as an error.
func (p *Plan) LacksOutput() error {
	if p.NoOutput == nil {
		return nil
	}
	return fmt.Errorf("plan builds: %w", p.NoOutput)
}

// Damaged returns the valid outputs that are to be replaced, sorted.
func (p *Plan) Damaged() []store.Path {
	var paths []store.Path
	for _, b := range p.Build {
		for _, o := range b.Outputs {
			if path := p.pathOf(b.node, o); b.damaged[path] {
				paths = append(paths, path)
			}
		}
	}
	return store.SortUnique(paths)
}

// pathOf returns where an output is, or "" if that was not found out.
func (p *Plan) pathOf(n *node, o Output) store.Path {
	if o.Path != "" {
		return o.Path
	}
	return p.known.get(outputID{n.path, o.Name})
}
