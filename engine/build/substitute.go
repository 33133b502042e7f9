package build

import (
	"context"
	"errors"
	"fmt"

	"nixbench/store"
	"nixbench/store/drv"
)

// This file plans what is copied from elsewhere instead of being built.
//
// Behaviour: Nix, queryMissing in misc.cc and derivation-goal.cc.

// A Substituter knows what can be had from elsewhere.
type Substituter interface {
	// Find returns what is said of a path that is not valid, or nil if nobody has it.
	Find(ctx context.Context, p store.Path) (*Substitute, error)
	// Realisation returns what is said that an output of the derivation d at drvPath came to
	// be, or ok false if nobody knows.
	Realisation(ctx context.Context, drvPath store.Path, d *drv.Derivation, output store.OutputName) (r store.Realisation, ok bool, err error)
}

// A Substitute is what is said of a path that somebody else has.
type Substitute struct {
	References   []store.Path
	DownloadSize int64 // bytes, 0 if not said
	NarSize      int64 // bytes
}

// A Failed says how it ended that a path was to be had from elsewhere.
type Failed uint8

const (
	// NotHad is of a path that nobody has after all.
	NotHad Failed = iota + 1
	// Broken is of one that somebody has, and that could not be copied.
	Broken
)

// fetch plans to have paths from elsewhere, with what they refer to. What nobody has is
// missing.
func (p *planner) fetch(paths []store.Path) error {
	for len(paths) > 0 {
		if err := p.ask(paths); err != nil {
			return err
		}
		var next []store.Path
		for _, path := range paths {
			if p.plan.valid[path] || p.fetched[path] {
				continue
			}
			s, err := p.find(path)
			if err != nil {
				return err
			}
			if s == nil {
				p.lack(path, "")
				continue
			}
			p.fetched[path] = true
			p.plan.Substitute = append(p.plan.Substitute, path)
			p.plan.DownloadSize += s.DownloadSize
			p.plan.SubstituteSize += s.NarSize
			next = append(next, s.References...)
		}
		paths = store.SortUnique(next)
	}
	return nil
}

// find returns what is said of a path, nil if it cannot be had.
func (p *planner) find(path store.Path) (*Substitute, error) {
	if p.elsewhere == nil || p.failed[path] != 0 {
		return nil, nil
	}
	return p.elsewhere.Find(p.ctx, path)
}

// fetchOutputs plans to have what w wants from elsewhere, if all of it that is not valid
// can be had.
func (p *planner) fetchOutputs(w want) (planned bool, err error) {
	if p.elsewhere == nil || !w.n.isThere {
		return false, nil
	}
	outputs, _ := w.n.wanted(w.outputs)
	var paths []store.Path
	var traced []store.Realisation
	for _, o := range outputs {
		path := p.plan.pathOf(w.n, o)
		if path == "" {
			r, ok, err := p.traceElsewhere(w.n, o)
			if err != nil || !ok {
				return false, err
			}
			if err := p.ask([]store.Path{r.OutPath}); err != nil {
				return false, err
			}
			path, traced = r.OutPath, append(traced, r)
		}
		if p.plan.valid[path] {
			continue
		}
		if s, err := p.find(path); err != nil || s == nil {
			return false, err
		}
		paths = append(paths, path)
		if said := len(traced); p.settings.HasFeature(featureCA) && (said == 0 || traced[said-1].Output != o.Name) {
			r, err := p.traceOf(w.n, o.Name, path)
			if err != nil {
				return false, err
			}
			traced = append(traced, r)
		}
	}
	if ok, err := p.maySubstitute(w.n); err != nil || !ok {
		return false, err
	}
	p.plan.Traced = append(p.plan.Traced, traced...)
	return true, p.fetch(paths)
}

// traceOf returns what the build trace is to say of an output whose path follows from its
// derivation, or from what that resolves to.
func (p *planner) traceOf(n *node, name store.OutputName, path store.Path) (store.Realisation, error) {
	d, err := p.whole(p.ctx, n.path)
	if err != nil {
		return store.Realisation{}, err
	}
	_, drvPath, err := p.outputs.resolve(p.ctx, n.path, d)
	if errors.Is(err, errUnknown) { // others have said it of the derivation itself
		drvPath, err = n.path, nil
	}
	return store.Realisation{DrvPath: drvPath, Output: name, OutPath: path}, err
}

// maySubstitute reports whether the outputs of a derivation may come from elsewhere. What is
// wrong with its options is told when it is built.
func (p *planner) maySubstitute(n *node) (bool, error) {
	d, err := p.whole(p.ctx, n.path)
	if err != nil {
		return false, err
	}
	options, err := d.Options()
	return err == nil && (options.AllowSubstitutes || p.settings.AlwaysSubstitute), nil
}

// traceElsewhere asks what an output came to be: of the derivation itself, then of what it
// resolves to, if that is known.
func (p *planner) traceElsewhere(n *node, o Output) (r store.Realisation, ok bool, err error) {
	if n.kind == drv.Impure || !p.settings.HasFeature(featureCA) {
		return r, false, nil
	}
	if ok, err := p.maySubstitute(n); err != nil || !ok {
		return r, false, err
	}
	d, err := p.whole(p.ctx, n.path)
	if err != nil {
		return r, false, err
	}
	if r, ok, err = p.elsewhere.Realisation(p.ctx, n.path, d, o.Name); ok || err != nil || !n.resolve {
		return r, ok, err
	}
	resolved, drvPath, err := p.outputs.resolve(p.ctx, n.path, d)
	if errors.Is(err, errUnknown) {
		return r, false, nil
	} else if err != nil {
		return r, false, err
	}
	return p.elsewhere.Realisation(p.ctx, drvPath, resolved, o.Name)
}

// refuseBroken refuses to build what could not be copied from elsewhere, unless that is
// asked for.
func (p *planner) refuseBroken(b *PlannedBuild, w want) error {
	if p.settings.Fallback || b.isRefusedAtOnce() || len(p.failed) == 0 {
		return nil
	}
	outputs, _ := w.n.wanted(w.outputs)
	for _, o := range outputs {
		path := o.Path
		if path == "" {
			r, _, err := p.traceElsewhere(w.n, o)
			if err != nil {
				return err
			}
			path = r.OutPath
		}
		if p.failed[path] == Broken {
			b.Refused = substitutesFailed(b.DrvPath)
			return nil
		}
	}
	return nil
}

// substitutesFailed says why a derivation is not built of which somebody had what could not
// be copied.
func substitutesFailed(drvPath store.Path) error {
	return &statusError{status: TransientFailure, err: fmt.Errorf("some substitutes for the outputs of derivation '%s' failed "+
		"(usually happens due to networking issues); try '--fallback' to build derivation from source ", drvPath)}
}
