package build

import (
	"context"
	"fmt"

	"nixbench/store"
)

// This file plans what is copied from elsewhere instead of being built.
//
// Behaviour: Nix, queryMissing in misc.cc and derivation-goal.cc.

// A Substituter knows what can be had from elsewhere.
type Substituter interface {
	// Find returns what is said of a path that is not valid, or nil if nobody has it.
	Find(ctx context.Context, p store.Path) (*Substitute, error)
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
	for _, o := range outputs {
		path := p.plan.pathOf(w.n, o)
		if p.plan.valid[path] {
			continue
		}
		if path == "" {
			return false, nil
		}
		if s, err := p.find(path); err != nil || s == nil {
			return false, err
		}
		paths = append(paths, path)
	}
	if d, err := p.whole(p.ctx, w.n.path); err != nil {
		return false, err
	} else if options, err := d.Options(); err != nil || !options.AllowSubstitutes && !p.settings.AlwaysSubstitute {
		return false, nil // what is wrong with the options is told when it is built
	}
	return true, p.fetch(paths)
}

// refuseBroken refuses to build what could not be copied from elsewhere, unless that is
// asked for.
func (p *planner) refuseBroken(b *PlannedBuild, w want) {
	if p.settings.Fallback || b.Refused != nil {
		return
	}
	outputs, _ := w.n.wanted(w.outputs)
	for _, o := range outputs {
		if p.failed[o.Path] == Broken {
			b.Refused = &statusError{status: TransientFailure, err: fmt.Errorf("some substitutes for the outputs of derivation '%s' failed "+
				"(usually happens due to networking issues); try '--fallback' to build derivation from source ", b.DrvPath)}
			return
		}
	}
}
