package closure

// Chains returns for each node the most that a chain of references from it costs, its
// own cost included: how long a build takes if what does not wait for each other is
// built at once, where cost is the time of one. Cost is at least 0.
func (g *Graph) Chains(cost func(Node) int64) []int64 {
	chains := make([]int64, g.Len())
	for n := Node(g.Len()) - 1; n >= 0; n-- {
		for _, r := range g.References(n) {
			chains[n] = max(chains[n], chains[r])
		}
		chains[n] += cost(n)
	}
	return chains
}
