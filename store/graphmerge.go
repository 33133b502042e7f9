package store

// MergeGraphs returns a graph of the paths of both stores. Of a path that both
// have, a says what is known.
func MergeGraphs(a, b *Graph) *Graph {
	var nodes []GraphNode
	var refs, outputs [][2]int32
	ids := make(map[Path]int32, a.Len()+b.Len())
	for _, g := range []*Graph{a, b} {
		fresh := make([]bool, g.Len())
		for i, p := range g.Paths {
			if _, ok := ids[p]; ok {
				continue
			}
			fresh[i] = true
			ids[p] = int32(len(nodes))
			nodes = append(nodes, GraphNode{
				Path: p, NarSize: g.NarSize[i], Registered: g.Registered[i], Deriver: g.DeriverPath(int32(i)),
			})
		}
		for i, p := range g.Paths {
			if !fresh[i] {
				continue
			}
			if g.HasSelfRef(int32(i)) {
				refs = append(refs, [2]int32{ids[p], ids[p]})
			}
			for _, to := range g.References(int32(i)) {
				refs = append(refs, [2]int32{ids[p], ids[g.Paths[to]]})
			}
		}
		for i, p := range g.Paths {
			for _, to := range g.Outputs(int32(i)) {
				// A derivation of both stores may have outputs in b alone.
				if fresh[i] || fresh[to] {
					outputs = append(outputs, [2]int32{ids[p], ids[g.Paths[to]]})
				}
			}
		}
	}
	return NewGraph(nodes, refs, outputs)
}
