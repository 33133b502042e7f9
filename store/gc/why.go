package gc

import (
	"slices"

	"nixbench/store"
)

// KeptBy returns the roots that keep p, in the order of plan.Roots, without
// those that the options ignore. It is empty if p is dead or not valid, or is
// kept only for being young or outside Options.Only.
func (plan *Plan) KeptBy(p store.Path) []Root {
	g := plan.Graph
	start, found := g.Index(p)
	if !found {
		return nil
	}
	above := map[store.Path]bool{p: true}
	todo := []int32{start}
	visit := func(i int32) {
		if q := g.Paths[i]; !above[q] {
			above[q] = true
			todo = append(todo, i)
		}
	}
	for len(todo) > 0 {
		i := todo[0]
		todo = todo[1:]
		for _, r := range g.Referrers(i) {
			visit(r)
		}
		if plan.Options.KeepOutputs {
			for _, d := range g.OutputOf(i) {
				visit(d)
			}
		}
		if plan.Options.KeepDerivations && g.Paths[i].IsDerivation() {
			for _, out := range g.Outputs(i) {
				if g.DeriverPath(out) == g.Paths[i] {
					visit(out)
				}
			}
		}
	}
	var roots []Root
	for _, r := range plan.Roots {
		keeps := !r.Dangling || r.Kind == KindTemp || r.Kind == KindBuild
		if keeps && above[r.Path] && !slices.Contains(plan.Options.Ignore, r.Link) {
			roots = append(roots, r)
		}
	}
	return roots
}
