package store

import (
	"slices"

	"nixbench/store/edges"
)

// A Graph is one snapshot of the valid paths of a store and of what leads from
// one to another. Paths are named by their index, which is their position in
// Paths. It is safe for concurrent use; the caller must not modify it.
type Graph struct {
	Paths      []Path  // sorted
	NarSize    []int64 // bytes, by index
	Registered []int64 // Unix seconds, by index

	// By index: that of the deriver, noDeriver, or as a negative number the position
	// in otherDerivers of one that is not valid.
	derivers      []int32
	otherDerivers []Path
	self          []uint64 // a bit for each index: whether it refers to itself

	refs, outputs       edges.Lists[int32]
	referrers, outputOf func() edges.Lists[int32] // made when they are first asked for
}

// A GraphNode is what [NewGraph] needs to know about a path.
type GraphNode struct {
	Path       Path
	NarSize    int64 // bytes
	Registered int64 // Unix seconds
	Deriver    Path  // "" if unknown; need not be valid
}

// NewGraph builds a graph of nodes, which are in any order, each path once. Refs are
// pairs of referrer and reference, outputs pairs of a derivation and an output of it,
// both as positions in nodes.
func NewGraph(nodes []GraphNode, refs, outputs [][2]int32) *Graph {
	b := NewGraphBuilder(len(nodes))
	for i := range nodes {
		b.AddPath(nodes[i].Path, nodes[i].NarSize, nodes[i].Registered)
	}
	b.Sort(len(refs))
	for i := range nodes {
		if d := nodes[i].Deriver; d != "" {
			b.SetDeriver(int32(i), d)
		}
	}
	for _, e := range grouped(len(nodes), refs) {
		b.AddReference(e[0], e[1])
	}
	for _, e := range grouped(len(nodes), outputs) {
		b.AddOutput(e[0], e[1])
	}
	return b.Graph()
}

// grouped returns pairs of positions up to n in order of the first.
func grouped(n int, pairs [][2]int32) [][2]int32 {
	if slices.IsSortedFunc(pairs, func(a, b [2]int32) int { return int(a[0]) - int(b[0]) }) {
		return pairs
	}
	next := make([]int32, n+1)
	for _, e := range pairs {
		next[e[0]+1]++
	}
	for i := range n {
		next[i+1] += next[i]
	}
	out := make([][2]int32, len(pairs))
	for _, e := range pairs {
		out[next[e[0]]] = e
		next[e[0]]++
	}
	return out
}

// Len returns the number of paths.
func (g *Graph) Len() int { return len(g.Paths) }

// Index returns the index of p, and whether the graph has it.
func (g *Graph) Index(p Path) (int32, bool) {
	i, found := slices.BinarySearch(g.Paths, p)
	return int32(i), found
}

// References returns what path i refers to, itself left out, sorted.
func (g *Graph) References(i int32) []int32 { return g.refs.Of(i) }

// HasSelfRef reports whether path i refers to itself.
func (g *Graph) HasSelfRef(i int32) bool { return g.self[i/64]>>(i%64)&1 != 0 }

// Referrers returns what refers to path i, itself left out, sorted. The first call
// takes some milliseconds in a large graph.
func (g *Graph) Referrers(i int32) []int32 { return g.referrers().Of(i) }

// Outputs returns the valid outputs of derivation i, sorted.
func (g *Graph) Outputs(i int32) []int32 { return g.outputs.Of(i) }

// OutputOf returns the valid derivations that path i is an output of, sorted.
func (g *Graph) OutputOf(i int32) []int32 { return g.outputOf().Of(i) }

// noDeriver stands for a deriver that is not known.
const noDeriver = -1 << 31

// Deriver returns the index of the deriver of path i if that is valid.
func (g *Graph) Deriver(i int32) (int32, bool) {
	d := g.derivers[i]
	return max(d, 0), d >= 0
}

// DeriverPath returns the deriver of path i, "" if it is unknown. It need not be
// valid.
func (g *Graph) DeriverPath(i int32) Path {
	switch d := g.derivers[i]; {
	case d == noDeriver:
		return ""
	case d < 0:
		return g.otherDerivers[^d]
	default:
		return g.Paths[d]
	}
}
