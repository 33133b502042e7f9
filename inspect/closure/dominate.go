package closure

// dominate returns the dominator of each node, and the sizes added by it.
//
// Without circles, one pass in topological order is enough: the dominator of a
// node is the nearest common ancestor, in the tree built so far, of what
// refers to it. The tree's root is not a node: it stands above all roots, so
// that what several roots share is added by none of them alone.
func (g *Graph) dominate() (dominator []Node, added []int64) {
	n := g.Len()
	dominator = make([]Node, n)
	depth := make([]int32, n)
	for v := range Node(n) {
		d := None
		if !g.root[v] {
			referrers := g.Referrers(v)
			d = referrers[0] // what is no root has one
			for _, r := range referrers[1:] {
				if d = common(dominator, depth, d, r); d == None {
					break
				}
			}
		}
		dominator[v] = d
		if d != None {
			depth[v] = depth[d] + 1
		}
	}
	added = make([]int64, n)
	for v := Node(n - 1); v >= 0; v-- {
		added[v] += g.OwnSize(v)
		if d := dominator[v]; d != None {
			added[d] += added[v]
		}
	}
	return dominator, added
}

// common returns the nearest common ancestor of a and b in the tree, or None.
func common(parent []Node, depth []int32, a, b Node) Node {
	for a != b {
		if depth[a] < depth[b] {
			a, b = b, a
		}
		if a = parent[a]; a == None {
			return None
		}
	}
	return a
}
