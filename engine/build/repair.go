package build

import (
	"errors"
	"fmt"

	"nixbench/store"
	"nixbench/store/nar"
	"nixbench/store/nixhash"
)

// This file plans repairs: what is valid counts only if its contents are what
// they were, and so does what it refers to.
//
// Behaviour: Nix, derivation-goal.cc.

// say posts a notice.
func (p *planner) say(isError bool, format string, args ...any) {
	p.hub.Say(0, isError, fmt.Sprintf(format, args...))
}

// inspect takes those of valid paths out of what is valid whose contents are not
// what they were.
func (p *planner) inspect(paths []store.Path) error {
	for _, path := range paths {
		if !p.plan.valid[path] || p.intact[path] {
			continue
		}
		isIntact, err := p.isIntact(path)
		if err != nil {
			return err
		}
		if !isIntact {
			delete(p.plan.valid, path)
			p.damaged[path] = true
		}
	}
	return nil
}

// isIntact reports whether the contents of a valid path are what they were.
func (p *planner) isIntact(path store.Path) (bool, error) {
	if p.intact[path] || p.damaged[path] {
		return p.intact[path], nil
	}
	p.say(false, "checking path '%s'...", path)
	info, err := p.st.PathInfo(p.ctx, path)
	if err != nil {
		return false, err
	}
	hasher := nixhash.New(nixhash.SHA256)
	if err := nar.Dump(hasher, p.st.RealPath(path), nil); err == nil && hasher.Sum() == info.NarHash {
		p.intact[path] = true
		return true, nil
	}
	if err := p.ctx.Err(); err != nil {
		return false, err
	}
	p.say(true, "path '%s' is corrupted or missing!", path)
	return false, nil
}

// mendClosure returns the derivations to build because something damaged is in
// the closure of the intact outputs that w wants.
func (p *planner) mendClosure(w want) ([]want, error) {
	var outputs []store.Path
	wanted, _ := w.n.wanted(w.outputs)
	for _, o := range wanted {
		path, err := p.pathOf(w.n, o)
		if err != nil {
			return nil, err
		}
		outputs = append(outputs, path)
	}
	closure, err := store.Requisites(p.ctx, store.References(p.st), outputs...)
	if err != nil {
		return nil, err
	}
	var found []want
	var makers map[store.Path]store.Path
	for _, path := range closure {
		isIntact, err := p.isIntact(path)
		if err != nil {
			return nil, err
		}
		if isIntact || p.damaged[path] {
			continue
		}
		p.damaged[path] = true
		delete(p.plan.valid, path)
		p.say(true, "found corrupted or missing path '%s' in the output closure of '%s'", path, w.n.path)
		if makers == nil {
			if makers, err = p.makers(w.n.path); err != nil {
				return nil, err
			}
		}
		maker, ok := makers[path]
		if !ok {
			p.lack(path, w.n.path)
			continue
		}
		found = append(found, want{n: p.at(maker), outputs: []store.OutputName{store.AllOutputs}, by: w.n.path})
	}
	return found, nil
}

// makers returns which derivation among the requisites of one makes each path.
func (p *planner) makers(drvPath store.Path) (map[store.Path]store.Path, error) {
	requisites, err := store.Requisites(p.ctx, store.References(p.st), drvPath)
	if errors.Is(err, store.ErrInvalidPath) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	makers := make(map[store.Path]store.Path)
	for _, path := range requisites {
		if !path.IsDerivation() {
			continue
		}
		n := p.at(path)
		if err := p.read(n); err != nil || !n.isThere {
			return nil, err
		}
		for _, o := range n.outputs {
			output, err := p.pathOf(n, o)
			if err != nil {
				return nil, err
			}
			makers[output] = path
		}
	}
	return makers, nil
}
