package store

import (
	"cmp"
	"slices"
)

// A Graph is one snapshot of the valid paths of a store and of what leads from
// one to another. Paths are named by their index, which is their position in
// Paths. It is safe for concurrent use; the caller must not modify it.
type Graph struct {
	Paths      []Path  // sorted
	NarSize    []int64 // bytes, by index
	Registered []int64 // Unix seconds, by index
	Derivers   []Path  // by index; "" if unknown; need not be valid

	refs, referrers, outputs, outputOf adjacency
}

// A GraphNode is what [NewGraph] needs to know about a path.
type GraphNode struct {
	Path       Path
	NarSize    int64 // bytes
	Registered int64 // Unix seconds
	Deriver    Path
}

// NewGraph builds a graph of nodes, which are in any order and which it may
// reorder. Refs are pairs of referrer and reference, outputs pairs of a
// derivation and an output of it, both as positions in nodes as given;
// references of a path to itself are left out.
func NewGraph(nodes []GraphNode, refs, outputs [][2]int32) *Graph {
	order := make([]int32, len(nodes)) // new index -> position in nodes
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(nodes[a].Path, nodes[b].Path) })
	rank := make([]int32, len(nodes)) // position in nodes -> new index
	g := &Graph{
		Paths:      make([]Path, len(nodes)),
		NarSize:    make([]int64, len(nodes)),
		Registered: make([]int64, len(nodes)),
		Derivers:   make([]Path, len(nodes)),
	}
	for i, at := range order {
		rank[at] = int32(i)
		n := &nodes[at]
		g.Paths[i], g.NarSize[i], g.Registered[i], g.Derivers[i] = n.Path, n.NarSize, n.Registered, n.Deriver
	}
	g.refs = newAdjacency(len(nodes), refs, rank, false)
	g.referrers = newAdjacency(len(nodes), refs, rank, true)
	g.outputs = newAdjacency(len(nodes), outputs, rank, false)
	g.outputOf = newAdjacency(len(nodes), outputs, rank, true)
	return g
}

// Len returns the number of paths.
func (g *Graph) Len() int { return len(g.Paths) }

// Index returns the index of p, and whether the graph has it.
func (g *Graph) Index(p Path) (int32, bool) {
	i, found := slices.BinarySearch(g.Paths, p)
	return int32(i), found
}

// References returns what path i refers to, itself left out, sorted.
func (g *Graph) References(i int32) []int32 { return g.refs.of(i) }

// Referrers returns what refers to path i, itself left out, sorted.
func (g *Graph) Referrers(i int32) []int32 { return g.referrers.of(i) }

// Outputs returns the valid outputs of derivation i, sorted.
func (g *Graph) Outputs(i int32) []int32 { return g.outputs.of(i) }

// OutputOf returns the valid derivations that path i is an output of, sorted.
func (g *Graph) OutputOf(i int32) []int32 { return g.outputOf.of(i) }

// Deriver returns the index of the deriver of path i if that is valid.
func (g *Graph) Deriver(i int32) (int32, bool) {
	if g.Derivers[i] == "" {
		return 0, false
	}
	return g.Index(g.Derivers[i])
}

// adjacency holds a list of neighbours for each index, end to end.
type adjacency struct {
	start []int32 // of index i's neighbours in to; one more than there are indexes
	to    []int32
}

func (a adjacency) of(i int32) []int32 { return a.to[a.start[i]:a.start[i+1]:a.start[i+1]] }

// newAdjacency sorts the edges, whose ends are renamed by rank, into lists of
// what they lead to, or come from if reverse.
func newAdjacency(n int, edges [][2]int32, rank []int32, reverse bool) adjacency {
	a := adjacency{start: make([]int32, n+1)}
	from, to := 0, 1
	if reverse {
		from, to = 1, 0
	}
	for _, e := range edges {
		if e[0] != e[1] {
			a.start[rank[e[from]]+1]++
		}
	}
	for i := range n {
		a.start[i+1] += a.start[i]
	}
	a.to = make([]int32, a.start[n])
	next := slices.Clone(a.start[:n])
	for _, e := range edges {
		if e[0] != e[1] {
			f := rank[e[from]]
			a.to[next[f]] = rank[e[to]]
			next[f]++
		}
	}
	for i := range n {
		slices.Sort(a.to[a.start[i]:a.start[i+1]])
	}
	return a
}
