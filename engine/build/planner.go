package build

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"nixbench/engine/event"
	"nixbench/engine/settings"
	"nixbench/store"
	"nixbench/store/drv"
)

// This file finds out what a plan takes. See repair.go for what repairs look at besides,
// resolve.go for outputs that have to be looked for, and substitute.go for what need not
// be built.

// A planner walks from the targets to what they need, level by level, so that
// the store is asked about many paths at once.
type planner struct {
	ctx      context.Context // of the one call that the planner lives for
	st       Reader
	settings *settings.Settings
	outputs  *resolver
	plan     *Plan

	asked  map[store.Path]bool            // store paths whose validity is known; see also node
	given  map[store.Path]*drv.Derivation // see PlanOptions
	wholes map[store.Path]*drv.Derivation // derivations that had to be looked at whole

	// mu guards plan.nodes and the fields below while derivations are read.
	mu    sync.Mutex
	nodes pool[node]
	paths arena
	texts map[string]string                       // see text
	lists map[store.OutputName][]store.OutputName // see names
	// warnings are of the options of derivations; few have any.
	warnings map[*node][]string

	builds pool[PlannedBuild]

	// See PlanOptions; fetched are the paths that are to be had from there.
	elsewhere Substituter
	failed    map[store.Path]Failed
	fetched   map[store.Path]bool

	// For repairs: paths that were looked at.
	hub             *event.Hub
	intact, damaged map[store.Path]bool
}

// A want is some outputs of a derivation that something needs.
type want struct {
	n       *node
	outputs []store.OutputName
	by      store.Path // the derivation that needs them, or ""
}

func (p *planner) run() error {
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
			level = append(level, want{n: p.at(t.Path), outputs: t.Through[:1]})
		default:
			level = append(level, want{n: p.at(t.Path), outputs: t.Outputs})
		}
	}
	if err := p.ask(plain); err != nil {
		return err
	}
	if err := p.fetch(plain); err != nil {
		return err
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
	store.SortPaths(p.plan.Valid)
	store.SortPaths(p.plan.Substitute)
	return p.sort()
}

// ask finds out which of paths are valid, unless that is known.
func (p *planner) ask(paths []store.Path) error {
	var unknown []store.Path
	for _, path := range paths {
		if !p.asked[path] {
			p.asked[path] = true
			unknown = append(unknown, path)
		}
	}
	return p.query(unknown)
}

// query finds out which of paths are valid.
func (p *planner) query(paths []store.Path) error {
	if len(paths) == 0 {
		return nil
	}
	valid, err := p.st.QueryValid(p.ctx, paths)
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
	if err := p.askOutputs(level); err != nil {
		return nil, err
	}
	builds := make([]*PlannedBuild, 0, len(level))
	var more []want
	var ask []store.Path
	for _, w := range level {
		w.n.want(w.outputs)
		if !w.n.isThere || w.n.build != nil {
			continue
		}
		isThere := p.haveOutputs(w)
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
		if !isThere && p.plan.Mode != Repair {
			if fetched, err := p.fetchOutputs(w); err != nil {
				return nil, err
			} else if fetched {
				continue
			}
		}
		b := p.newBuild(w.n)
		if err := p.refuseBroken(b, w); err != nil {
			return nil, err
		}
		if unreadable := (*drv.OptionsError)(nil); errors.As(b.Refused, &unreadable) {
			return nil, unreadable
		}
		p.setMode(b, w, isThere)
		builds = append(builds, b)
		if b.asksNeeds() {
			ask = append(ask, w.n.needs.srcs...)
		}
	}
	if err := p.ask(ask); err != nil {
		return nil, err
	}
	return append(p.follow(builds), more...), nil
}

// askOutputs finds out which of the outputs that a level wants are valid.
func (p *planner) askOutputs(level []want) error {
	ask := make([]store.Path, 0, len(level))
	for _, w := range level {
		if err := p.read(w.n); err != nil {
			return err
		}
		if !w.n.isThere {
			p.lack(w.n.path, w.by)
			continue
		}
		outputs, missing := w.n.wanted(w.outputs)
		if missing != "" && p.plan.NoOutput == nil {
			p.plan.NoOutput = &NoOutputError{w.n.path, missing}
		}
		if w.n.isAsked {
			continue
		}
		w.n.isAsked = len(outputs) == len(w.n.outputs)
		for _, o := range outputs {
			path, err := p.pathOf(w.n, o)
			if err != nil {
				return err
			}
			if path != "" {
				ask = append(ask, path)
			}
		}
	}
	if err := p.query(ask); err != nil || p.plan.Mode != Repair {
		return err
	}
	return p.inspect(ask)
}

// pathOf returns where an output is or will be, or "" if that is not known.
func (p *planner) pathOf(n *node, o Output) (store.Path, error) {
	if o.Path != "" {
		return o.Path, nil
	}
	return p.outputs.output(p.ctx, n.path, o.Name)
}

// setMode says how a derivation is built, of which the outputs that w wants are
// there or not.
func (p *planner) setMode(b *PlannedBuild, w want, isThere bool) {
	b.Mode = p.plan.Mode
	if len(p.damaged) > 0 {
		for _, o := range b.Outputs {
			if p.damaged[p.plan.pathOf(b.node, o)] {
				b.damaged, b.IsRebuild = p.damaged, true
			}
		}
	}
	switch {
	case b.Mode != Check:
	case w.by != "":
		b.Mode = Normal // it is needed, not asked for
	case isThere:
		b.IsRebuild = true
	case b.Refused == nil:
		b.unchecked = true
		b.Refused = &statusError{status: MiscFailure, err: endError{fmt.Errorf("some outputs of '%s' are not valid, so checking is not possible\n"+
			"Hint: --rebuild and --check error if the derivation was not previously built and cannot be substituted.\n"+
			"      Remove it to perform a fresh build, or use --repair to rewrite missing or corrupted builds in the store.", b.DrvPath)}}
	}
}

// read reads a derivation, unless that was done.
func (p *planner) read(n *node) error {
	if n.isRead {
		return nil
	}
	d, err := p.whole(p.ctx, n.path)
	if err != nil {
		return err
	}
	return p.fill(n, d)
}

// whole returns all of a derivation, nil if it is not valid.
func (p *planner) whole(ctx context.Context, path store.Path) (*drv.Derivation, error) {
	if d := cmp.Or(p.given[path], p.wholes[path]); d != nil {
		return d, nil
	}
	d, err := p.st.ReadDerivation(ctx, path)
	if errors.Is(err, store.ErrInvalidPath) {
		return nil, nil
	}
	if err == nil {
		if p.wholes == nil {
			p.wholes = make(map[store.Path]*drv.Derivation)
		}
		p.wholes[path] = d
	}
	return d, err
}

// readAhead reads the derivations of a level at once. Of those that cannot be read is
// told where they are wanted.
func (p *planner) readAhead(level []want) error {
	nodes := make([]*node, 0, len(level))
	for _, w := range level {
		if !w.n.isRead {
			nodes = append(nodes, w.n)
		}
	}
	if len(nodes) == 0 {
		return nil
	}
	store.SortByPath(nodes, func(n *node) store.Path { return n.path })
	nodes = slices.Compact(nodes)
	paths := make([]store.Path, len(nodes))
	for i, n := range nodes {
		paths[i] = n.path
	}
	err := p.st.ReadDerivations(p.ctx, paths, func(i int, d *drv.Derivation) error { return p.fill(nodes[i], d) })
	if err != nil {
		return p.ctx.Err()
	}
	return nil
}

// haveOutputs reports whether the outputs that w wants are valid.
func (p *planner) haveOutputs(w want) bool {
	outputs, _ := w.n.wanted(w.outputs)
	for _, o := range outputs {
		if !p.plan.valid[p.plan.pathOf(w.n, o)] {
			return false
		}
	}
	return true
}

// newBuild adds a derivation to what is to be built.
func (p *planner) newBuild(n *node) *PlannedBuild {
	n.build = p.builds.add()
	p.plan.Warnings = append(p.plan.Warnings, p.warnings[n]...)
	*n.build = PlannedBuild{DrvPath: n.path, Kind: n.kind, Outputs: n.outputs, Refused: n.refused, node: n, derivation: p.given[n.path]}
	p.plan.Build = append(p.plan.Build, n.build)
	return n.build
}

// follow returns what builds need.
func (p *planner) follow(builds []*PlannedBuild) []want {
	count := 0
	for _, b := range builds {
		count += len(b.node.needs.inputs)
	}
	next := make([]want, 0, count)
	for _, b := range builds {
		if !b.asksNeeds() {
			continue
		}
		for _, src := range b.node.needs.srcs {
			if !p.plan.valid[src] && b.lacks == nil {
				b.lacks = p.lack(src, b.DrvPath)
			}
		}
		for _, e := range b.node.needs.inputs {
			next = append(next, want{n: e.to, outputs: e.outputs, by: b.DrvPath})
		}
	}
	return next
}
