package build

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

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
	// Substitute are the paths that come from binary caches, sorted: DownloadSize
	// bytes to download, SubstituteSize in archives.
	Substitute                   []store.Path
	DownloadSize, SubstituteSize int64

	missing map[store.Path]*UnknownError
	builds  map[store.Path]*PlannedBuild
	valid   map[store.Path]bool
	drvs    map[store.Path]*drv.Derivation // those read
	known   *known                         // where outputs are that have to be looked for
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
	// Mode is Check for what is built to be compared, and otherwise the plan's.
	// IsRebuild says that outputs are valid already.
	Mode      Mode
	IsRebuild bool
	damaged   map[store.Path]bool // valid outputs that are to be replaced
	shell     *Shell              // of whoever executes the plan; or nil

	lacks  *UnknownError // an input that is missing, or nil
	inputs []store.Path  // the sources and outputs that it needs, sorted, unless it is to be resolved
	refs   *refCache     // shared by the builds of the plan
	known  *known        // likewise
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
		ctx: ctx, st: st, settings: s, outputs: newResolver(st, k, s), hub: o.Hub,
		intact: map[store.Path]bool{}, damaged: map[store.Path]bool{},
		plan: &Plan{
			Targets: targets, Mode: o.Mode,
			missing: map[store.Path]*UnknownError{}, builds: map[store.Path]*PlannedBuild{},
			valid: map[store.Path]bool{}, drvs: map[store.Path]*drv.Derivation{}, known: k,
		},
	}
	maps.Copy(p.plan.drvs, o.Given)
	p.outputs.read = func(_ context.Context, path store.Path) (*drv.Derivation, error) { return p.read(path) }
	err := p.run()
	if unreadable := (*drv.OptionsError)(nil); errors.As(err, &unreadable) {
		return nil, unreadable // in Nix's words
	}
	if err != nil {
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
	outputs  *resolver
	plan     *Plan

	asked map[store.Path]bool // store paths whose validity is known

	// For repairs: paths that were looked at.
	hub             *event.Hub
	intact, damaged map[store.Path]bool
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
		switch {
		case t.Outputs == nil:
			plain = append(plain, t.Path)
		case len(t.Through) > 0:
			if !p.settings.HasFeature(featureDynamic) {
				return &FeatureError{Feature: featureDynamic, Why: fmt.Sprintf("building output '%s' of '%s'", t.Through[0], t.Path.Base())}
			}
			level = append(level, want{drvPath: t.Path, outputs: t.Through[:1]})
		default:
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
	if err := p.readAhead(level); err != nil {
		return nil, err
	}
	var ask []store.Path
	for _, w := range level {
		d, err := p.read(w.drvPath)
		if err != nil {
			return nil, err
		}
		if d == nil {
			p.lack(w.drvPath, w.by)
		}
		for _, o := range outputsOf(d, w.outputs) {
			if _, ok := d.Outputs[o]; !ok {
				return nil, fmt.Errorf("derivation '%s' does not have wanted outputs '%s'", w.drvPath, o)
			}
			path, err := p.outputs.output(p.ctx, w.drvPath, o)
			if err != nil {
				return nil, err
			}
			if path != "" {
				ask = append(ask, path)
			}
		}
	}
	if err := p.ask(ask); err != nil {
		return nil, err
	}
	if p.plan.Mode == Repair {
		if err := p.inspect(ask); err != nil {
			return nil, err
		}
	}
	var builds []*PlannedBuild
	var more []want
	ask = nil
	for _, w := range level {
		d := p.plan.drvs[w.drvPath]
		if d == nil || p.plan.builds[w.drvPath] != nil {
			continue
		}
		isThere := p.haveOutputs(w.drvPath, d, w.outputs)
		switch {
		case isThere && p.plan.Mode == Repair:
			mend, err := p.mendClosure(w)
			if err != nil {
				return nil, err
			}
			more = append(more, mend...)
			continue
		case isThere && (p.plan.Mode != Check || w.by != ""):
			continue
		}
		b := p.newBuild(w.drvPath, d)
		if unreadable := (*drv.OptionsError)(nil); errors.As(b.Refused, &unreadable) {
			return nil, unreadable
		}
		p.setMode(b, w, isThere)
		builds = append(builds, b)
		if b.Refused == nil {
			ask = append(ask, d.InputSrcs...)
		}
	}
	if err := p.ask(ask); err != nil {
		return nil, err
	}
	return append(p.follow(builds), more...), nil
}

// setMode says how a derivation is built, of which the outputs that w wants are
// there or not.
func (p *planner) setMode(b *PlannedBuild, w want, isThere bool) {
	b.Mode = p.plan.Mode
	for name := range b.Derivation.Outputs {
		if len(p.damaged) == 0 {
			break
		}
		path := b.Derivation.OutputPath(name)
		if path == "" {
			path = p.plan.known.get(outputID{b.DrvPath, name})
		}
		if p.damaged[path] {
			b.damaged, b.IsRebuild = p.damaged, true
		}
	}
	switch {
	case b.Mode != Check:
	case w.by != "":
		b.Mode = Normal // it is needed, not asked for
	case isThere:
		b.IsRebuild = true
	case b.Refused == nil:
		b.Refused = &statusError{status: MiscFailure, err: fmt.Errorf("some outputs of '%s' are not valid, so checking is not possible\n"+
			"Hint: --rebuild and --check error if the derivation was not previously built and cannot be substituted.\n"+
			"      Remove it to perform a fresh build, or use --repair to rewrite missing or corrupted builds in the store.", b.DrvPath)}
	}
}

// read reads a derivation; nil if it is missing.
func (p *planner) read(drvPath store.Path) (*drv.Derivation, error) {
	if d, ok := p.plan.drvs[drvPath]; ok {
		return d, nil
	}
	d, err := p.st.ReadDerivation(p.ctx, drvPath)
	if errors.Is(err, store.ErrInvalidPath) {
		d, err = nil, nil
	}
	p.plan.drvs[drvPath] = d
	return d, err
}

// readAhead reads the derivations of a level at once. Of those that cannot be read is
// told where they are wanted.
func (p *planner) readAhead(level []want) error {
	var paths []store.Path
	for _, w := range level {
		if _, known := p.plan.drvs[w.drvPath]; !known {
			paths = append(paths, w.drvPath)
		}
	}
	if len(paths) < 2 {
		return nil
	}
	paths = store.SortUnique(paths)
	drvs, err := p.st.ReadDerivations(p.ctx, paths)
	if err != nil {
		return p.ctx.Err()
	}
	for i, path := range paths {
		p.plan.drvs[path] = drvs[i]
	}
	return nil
}

// haveOutputs reports whether the outputs are valid.
func (p *planner) haveOutputs(drvPath store.Path, d *drv.Derivation, outputs []store.OutputName) bool {
	for _, o := range outputsOf(d, outputs) {
		path := d.OutputPath(o)
		if path == "" {
			path = p.plan.known.get(outputID{drvPath, o})
		}
		if !p.plan.valid[path] {
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
		for input, inner := range b.Derivation.Dynamic {
			next = append(next, want{drvPath: input, outputs: slices.Sorted(maps.Keys(inner)), by: b.DrvPath})
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
		for _, input := range inputDrvs(b.Derivation) {
			switch {
			case p.plan.builds[input] != nil:
				b.Needs = append(b.Needs, input)
			case p.plan.drvs[input] == nil && b.lacks == nil:
				b.lacks = p.lack(input, b.DrvPath)
			}
			if p.isImpureInput(b.Derivation, input) && b.Refused == nil {
				b.Refused = &statusError{status: MiscFailure, err: fmt.Errorf(
					"pure derivation '%s' depends on impure derivation '%s'", b.DrvPath, input)}
			}
		}
	}
	refs := new(refCache)
	for _, b := range p.plan.builds {
		b.refs, b.known = refs, p.plan.known
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

// inputDrvs returns the derivations that d needs, sorted.
func inputDrvs(d *drv.Derivation) []store.Path {
	paths := slices.AppendSeq(slices.Collect(maps.Keys(d.InputDrvs)), maps.Keys(d.Dynamic))
	slices.Sort(paths)
	return slices.Compact(paths)
}

// isImpureInput reports whether an input of d is impure and d must not have such
// ones.
func (p *planner) isImpureInput(d *drv.Derivation, input store.Path) bool {
	if p.plan.drvs[input] == nil || !p.settings.HasFeature(featureImpure) {
		return false
	}
	if kind, err := d.Kind(); err != nil || kind == drv.Fixed || kind == drv.Impure {
		return false
	}
	kind, err := p.plan.drvs[input].Kind()
	return err == nil && kind == drv.Impure
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
