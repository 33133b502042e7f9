package closure

// Without returns what would leave the closure if the given paths did: they
// and what only they together lead to, in topological order, with the sum of
// the sizes in bytes.
func (g *Graph) Without(removed ...Node) (gone []Node, size int64) {
	skip := make([]bool, g.Len())
	for _, n := range removed {
		skip[n] = true
	}
	return g.unreached(func(_, to Node) bool { return !skip[to] })
}

// WithoutReference returns what would leave the closure if from did not refer
// to to, as [Graph.Without] does.
func (g *Graph) WithoutReference(from, to Node) (gone []Node, size int64) {
	return g.unreached(func(f, t Node) bool { return f != from || t != to })
}

// unreached returns what roots do not lead to along the references that pass.
// For a root from is None.
func (g *Graph) unreached(passes func(from, to Node) bool) (gone []Node, size int64) {
	reached := make([]bool, g.Len())
	for _, r := range g.roots {
		reached[r] = passes(None, r)
	}
	for n := range Node(g.Len()) {
		if !reached[n] {
			gone = append(gone, n)
			size += g.OwnSize(n)
			continue
		}
		for _, r := range g.References(n) {
			reached[r] = reached[r] || passes(n, r)
		}
	}
	return gone, size
}
