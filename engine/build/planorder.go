package build

import (
	"fmt"
	"slices"

	"nixbench/store"
	"nixbench/store/drv"
)

// This file puts the builds of a plan in order.

// sort fills in the needs of the builds and puts each after them.
func (p *planner) sort() error {
	refs := new(refCache)
	for _, b := range p.plan.Build {
		b.refs, b.known = refs, p.plan.known
		if b.asksNeeds() {
			p.findNeeds(b)
		}
	}
	return p.order(p.plan.Build)
}

// order puts each of all builds after those that it needs.
func (p *planner) order(all []*PlannedBuild) error {
	store.SortByPath(all, func(b *PlannedBuild) store.Path { return b.DrvPath })
	builds, count := slices.Clone(all), 0
	indices, paths := make([]int32, len(builds)), make([]store.Path, len(builds))
	for i, b := range builds {
		b.node.order, indices[i], paths[i] = int32(i), int32(i), b.DrvPath
		count += len(b.Needs)
	}
	needs, ends := make([]int32, 0, count), make([]int, 1, len(builds)+1)
	for _, b := range builds {
		if len(b.Needs) > 0 {
			needs = b.node.appendNeeds(needs)
		}
		ends = append(ends, len(needs))
	}
	sorted, err := store.TopoSortIndices(indices, paths, func(i int32) []int32 { return needs[ends[i]:ends[i+1]] })
	if err != nil {
		return err
	}
	for i, at := range sorted {
		all[i] = builds[at]
	}
	return nil
}

// findNeeds fills in what has to be built before b, and what it lacks.
func (p *planner) findNeeds(b *PlannedBuild) {
	count := 0
	for _, e := range b.node.needs.inputs {
		if e.to.build != nil {
			count++
		}
	}
	if count > 0 {
		b.Needs = make([]store.Path, 0, count)
	}
	for i, e := range b.node.needs.inputs {
		if b.node.needs.isAgain(i) {
			continue
		}
		switch {
		case e.to.build != nil:
			b.Needs = append(b.Needs, e.to.path)
		case !e.to.isThere && b.lacks == nil:
			b.lacks = p.lack(e.to.path, b.DrvPath)
		}
		if p.isImpureInput(b.node, e.to) && b.Refused == nil {
			b.Refused = &statusError{status: MiscFailure, err: fmt.Errorf(
				"pure derivation '%s' depends on impure derivation '%s'", b.DrvPath, e.to.path)}
		}
	}
}

// isImpureInput reports whether an input of a derivation is impure and it must not have
// such ones.
func (p *planner) isImpureInput(n, input *node) bool {
	if !input.isThere || !p.settings.HasFeature(featureImpure) {
		return false
	}
	return n.kind != 0 && n.kind != drv.Fixed && n.kind != drv.Impure && input.kind == drv.Impure
}
