// Package edges holds directed graphs whose nodes are numbered from 0: the
// neighbours of all nodes in one list, end to end.
package edges

import "slices"

// Lists holds the neighbours of each node: 4 bytes for an edge, 8 for a node. The
// zero value has no edges. Lists never change, and are safe for concurrent use.
type Lists[N ~int32] struct {
	start, end []int32 // of node n's neighbours in to; empty if no node has any
	to         []N
}

// Of returns the neighbours of n. The caller must not modify them.
func (l Lists[N]) Of(n N) []N {
	if len(l.start) == 0 {
		return nil
	}
	return l.to[l.start[n]:l.end[n]:l.end[n]]
}

// Reversed returns the lists with all edges turned round, each in order of the nodes.
func (l Lists[N]) Reversed() Lists[N] {
	n := len(l.start)
	bounds := make([]int32, n+1)
	r := Lists[N]{start: bounds[:n], end: make([]int32, n), to: make([]N, len(l.to))}
	for _, to := range l.to {
		bounds[to+1]++
	}
	for i := range n {
		bounds[i+1] += bounds[i]
	}
	copy(r.end, r.start)
	for from := range N(n) {
		for _, to := range l.Of(from) {
			r.to[r.end[to]] = from
			r.end[to]++
		}
	}
	return r
}

// A Builder makes [Lists].
type Builder[N ~int32] struct {
	lists Lists[N]
	last  N // whose edges are being added; -1 before the first
}

// NewBuilder returns a builder of lists for so many nodes, with room for so many edges.
func NewBuilder[N ~int32](nodes, edges int) *Builder[N] {
	return &Builder[N]{Lists[N]{make([]int32, nodes), make([]int32, nodes), make([]N, 0, edges)}, -1}
}

// Add adds an edge. Those of one node are added one after the other, nodes in any order.
func (b *Builder[N]) Add(from, to N) {
	l := &b.lists
	if from != b.last {
		b.last = from
		l.start[from] = int32(len(l.to))
	}
	l.to = append(l.to, to)
	l.end[from] = int32(len(l.to))
}

// Len returns how many edges there are so far.
func (b *Builder[N]) Len() int { return len(b.lists.to) }

// Sort sorts the neighbours of each node.
func (b *Builder[N]) Sort() {
	for n := range N(len(b.lists.start)) {
		slices.Sort(b.lists.Of(n))
	}
}

// Lists returns what was added. The builder must not be used any more.
func (b *Builder[N]) Lists() Lists[N] { return b.lists }
