package closure

import "nixbench/store"

// BuildTime returns what derivations are built of: the derivations and sources
// in their closure. A derivation's size is that of its valid outputs, so that
// closure and added sizes say what it takes to have all of it at hand. What is
// no derivation has its own size. Roots and errors are those of [New].
func BuildTime(st *store.Graph, roots ...store.Path) (*Graph, error) {
	return load(st, roots, func(i int32) int64 {
		if !st.Paths[i].IsDerivation() {
			return st.NarSize[i]
		}
		size := int64(0)
		for _, out := range st.Outputs(i) {
			size += st.NarSize[out]
		}
		return size
	})
}

// Outputs returns the valid outputs of derivation n, sorted. It is empty for
// what is no derivation, or was not built.
func (g *Graph) Outputs(n Node) []store.Path {
	var paths []store.Path
	for _, out := range g.st.Outputs(g.index[n]) {
		paths = append(paths, g.st.Paths[out])
	}
	return paths
}
