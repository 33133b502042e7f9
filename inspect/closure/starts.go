package closure

import (
	"cmp"
	"slices"

	"nixbench/store"
)

// This file finds where browsing a store may begin if no link leads into it.

// Newest returns up to n paths that were made by derivations last and that nothing
// refers to, the newest first, by index.
func Newest(g *store.Graph, n int) []int32 {
	referred := make([]bool, g.Len()) // which costs less than all referrers do
	for i := range int32(g.Len()) {
		for _, r := range g.References(i) {
			referred[r] = true
		}
	}
	return first(g, n, func(i int32) bool {
		return !referred[i] && !g.Paths[i].IsDerivation() && g.DeriverPath(i) != ""
	}, func(i int32) int64 { return g.Registered[i] })
}

// Largest returns up to n paths that take most by themselves, the largest first, by
// index.
func Largest(g *store.Graph, n int) []int32 {
	return first(g, n, func(i int32) bool { return g.NarSize[i] > 0 && !g.Paths[i].IsDerivation() },
		func(i int32) int64 { return g.NarSize[i] })
}

// first returns up to n of the paths that are wanted, those with the highest value
// first, then by name. It takes no more memory than that.
func first(g *store.Graph, n int, wanted func(int32) bool, value func(int32) int64) []int32 {
	order := func(a, b int32) int {
		return cmp.Or(cmp.Compare(value(b), value(a)), cmp.Compare(g.Paths[a].Name(), g.Paths[b].Name()), cmp.Compare(a, b))
	}
	var best []int32
	for i := range int32(g.Len()) {
		if len(best) == n && value(i) < value(best[n-1]) || !wanted(i) {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, i, order)
		if at < n {
			best = slices.Insert(best[:min(len(best), n-1)], at, i)
		}
	}
	return best
}
