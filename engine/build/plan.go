package build

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
)

// A Plan says what realising targets takes. It is read-only.
type Plan struct {
	Targets []Target
	// Build is what has to be built, each after what it needs.
	Build []*PlannedBuild
	// Valid are the outputs and sources that were needed and are there, sorted.
	Valid []store.Path
	// Missing are the paths that are not valid and that nobody can make.
	Missing []*UnknownError

	missing map[store.Path]*UnknownError
	builds  map[store.Path]*PlannedBuild
	valid   map[store.Path]bool
	drvs    map[store.Path]*drv.Derivation // those read
}

// A PlannedBuild is one derivation to be built.
type PlannedBuild struct {
	DrvPath    store.Path
	Derivation *drv.Derivation // must not be modified
	Options    *drv.Options    // nil if Refused
	// Needs are the derivations that have to be built before, sorted.
	Needs []store.Path
	// Refused says why it cannot be built here, or is nil.
	Refused error

	lacks  *UnknownError // an input that is missing, or nil
	inputs []store.Path  // the sources and outputs that it needs, sorted
	refs   *refCache     // shared by the builds of the plan
}

// NewPlan finds out what realising targets takes. It only reads. Derivations
// that cannot be built here are part of the plan, with the reason.
func NewPlan(ctx context.Context, st Reader, targets []Target, s *settings.Settings) (*Plan, error) {
	p := &planner{
		ctx: ctx, st: st, settings: s,
		plan: &Plan{
			Targets: targets,
			missing: map[store.Path]*UnknownError{}, builds: map[store.Path]*PlannedBuild{},
			valid: map[store.Path]bool{}, drvs: map[store.Path]*drv.Derivation{},
		},
	}
	if err := p.run(); err != nil {
		return nil, fmt.Errorf("plan builds: %w", err)
	}
	return p.plan, nil
}

// A planner walks from the targets to what they need, level by level, so that
// the store is asked about many paths at once.
type planner struct {
	ctx      context.Context // of the one call that the planner lives for
	st       Reader
	settings *settings.Settings
	plan     *Plan

	asked map[store.Path]bool // store paths whose validity is known
}

// A want is some outputs of a derivation that something needs.
type want struct {
	drvPath store.Path
	outputs []store.OutputName
	by      store.Path // the derivation that needs them, or ""
}

func (p *planner) run() error {
	p.asked = map[store.Path]bool{}
	var level []want
	var plain []store.Path
	for _, t := range p.plan.Targets {
		if t.Outputs == nil {
			plain = append(plain, t.Path)
		} else {
			level = append(level, want{drvPath: t.Path, outputs: t.Outputs})
		}
	}
	if err := p.ask(plain); err != nil {
		return err
	}
	for _, path := range plain {
		if !p.plan.valid[path] {
			p.lack(path, "")
		}
	}
	for len(level) > 0 {
		next, err := p.step(level)
		if err != nil {
			return err
		}
		level = next
	}
	for path := range p.plan.valid {
		p.plan.Valid = append(p.plan.Valid, path)
	}
	slices.Sort(p.plan.Valid)
	return p.sort()
}

// ask finds out which of paths are valid.
func (p *planner) ask(paths []store.Path) error {
	var unknown []store.Path
	for _, path := range paths {
		if !p.asked[path] {
			p.asked[path] = true
			unknown = append(unknown, path)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	valid, err := p.st.QueryValid(p.ctx, unknown)
	for _, path := range valid {
		p.plan.valid[path] = true
	}
	return err
}

// lack records that path is missing.
func (p *planner) lack(path, by store.Path) *UnknownError {
	err := &UnknownError{Path: path, For: by}
	if p.plan.missing[path] == nil {
		p.plan.missing[path] = err
		p.plan.Missing = append(p.plan.Missing, err)
	}
	return err
}

// step decides on a level of wants and returns those that follow from it.
func (p *planner) step(level []want) ([]want, error) {
	var ask []store.Path
	for _, w := range level {
		d, err := p.read(w)
		if err != nil {
			return nil, err
		}
		for _, o := range outputsOf(d, w.outputs) {
			if _, ok := d.Outputs[o]; !ok {
				return nil, fmt.Errorf("derivation %s has no output %q", w.drvPath, o)
			}
			if path := d.OutputPath(o); path != "" {
				ask = append(ask, path)
			}
		}
	}
	if err := p.ask(ask); err != nil {
		return nil, err
	}
	var builds []*PlannedBuild
	ask = nil
	for _, w := range level {
		d := p.plan.drvs[w.drvPath]
		if d == nil || p.plan.builds[w.drvPath] != nil || p.haveOutputs(d, w.outputs) {
			continue
		}
		b := p.newBuild(w.drvPath, d)
		builds = append(builds, b)
		if b.Refused == nil {
			ask = append(ask, d.InputSrcs...)
		}
	}
	if err := p.ask(ask); err != nil {
		return nil, err
	}
	return p.follow(builds), nil
}

// read reads the derivation that w asks for; nil if it is missing.
func (p *planner) read(w want) (*drv.Derivation, error) {
	if d, ok := p.plan.drvs[w.drvPath]; ok {
		return d, nil
	}
	d, err := p.st.ReadDerivation(p.ctx, w.drvPath)
	if errors.Is(err, store.ErrInvalidPath) {
		p.lack(w.drvPath, w.by)
		d, err = nil, nil
	}
	p.plan.drvs[w.drvPath] = d
	return d, err
}

// haveOutputs reports whether the outputs are valid.
func (p *planner) haveOutputs(d *drv.Derivation, outputs []store.OutputName) bool {
	for _, o := range outputsOf(d, outputs) {
		if !p.plan.valid[d.OutputPath(o)] {
			return false
		}
	}
	return true
}

// newBuild adds a derivation to what is to be built.
func (p *planner) newBuild(drvPath store.Path, d *drv.Derivation) *PlannedBuild {
	b := &PlannedBuild{DrvPath: drvPath, Derivation: d}
	b.Options, b.Refused = refusal(drvPath, d, p.settings)
	p.plan.builds[drvPath] = b
	return b
}

// follow returns what builds need.
func (p *planner) follow(builds []*PlannedBuild) []want {
	var next []want
	for _, b := range builds {
		if b.Refused != nil {
			continue
		}
		for _, src := range b.Derivation.InputSrcs {
			if !p.plan.valid[src] && b.lacks == nil {
				b.lacks = p.lack(src, b.DrvPath)
			}
		}
		for input, outputs := range b.Derivation.InputDrvs {
			next = append(next, want{drvPath: input, outputs: outputs, by: b.DrvPath})
		}
	}
	return next
}

// sort fills in the needs of the builds and puts each after them.
func (p *planner) sort() error {
	var paths []store.Path
	for path, b := range p.plan.builds {
		paths = append(paths, path)
		if b.Refused != nil {
			continue
		}
		for input := range b.Derivation.InputDrvs {
			switch {
			case p.plan.builds[input] != nil:
				b.Needs = append(b.Needs, input)
			case p.plan.drvs[input] == nil && b.lacks == nil:
				b.lacks = p.lack(input, b.DrvPath)
			}
		}
		slices.Sort(b.Needs)
	}
	refs := new(refCache)
	for _, b := range p.plan.builds {
		b.refs = refs
		b.inputs = p.inputs(b.Derivation)
	}
	slices.Sort(paths)
	sorted, err := store.TopoSort(p.ctx, paths, func(_ context.Context, path store.Path) ([]store.Path, error) {
		return p.plan.builds[path].Needs, nil
	})
	if err != nil {
		return err
	}
	for _, path := range sorted {
		p.plan.Build = append(p.plan.Build, p.plan.builds[path])
	}
	return nil
}

// inputs returns the paths of a derivation's inputs, as far as they are known.
func (p *planner) inputs(d *drv.Derivation) []store.Path {
	paths := slices.Clone(d.InputSrcs)
	for input, outputs := range d.InputDrvs {
		for _, o := range outputs {
			if from := p.plan.drvs[input]; from != nil && from.OutputPath(o) != "" {
				paths = append(paths, from.OutputPath(o))
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// outputsOf returns the names of d's outputs among those asked for, sorted.
func outputsOf(d *drv.Derivation, names []store.OutputName) []store.OutputName {
	if d == nil {
		return nil
	}
	if slices.Contains(names, store.AllOutputs) {
		return d.OutputNames()
	}
	return names
}
