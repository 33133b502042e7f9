package reclaim

import (
	"slices"

	"nixbench/store/edges"
)

// none stands for the origin that all roots hang from, unknown for a node that
// has not been met.
const (
	none    = -1
	unknown = -2
)

// dominators returns, for each node that anything keeps, the nearest node that
// all ways to it go through, or none; and these nodes in an order in which each
// comes after that one.
//
// The method is that of Cooper, Harvey and Kennedy, "A Simple, Fast Dominance
// Algorithm": walk the nodes in reverse postorder, and take for each the common
// ancestor of what leads to it, until nothing changes. Without circles the
// first walk settles all.
func (net *network) dominators() (parent, order []int32) {
	order = edges.Postorder(net.next.Of, net.root(0), int32(net.len()), make([]bool, net.len()))
	slices.Reverse(order)
	rank := make([]int32, net.len())
	parent = make([]int32, net.len())
	for v := range parent {
		parent[v] = unknown
	}
	for i, v := range order {
		rank[v] = int32(i)
	}
	for changed := true; changed; {
		changed = false
		for _, v := range order {
			p := net.commonBefore(v, parent, rank)
			if p != parent[v] {
				parent[v] = p
				changed = true
			}
		}
	}
	return parent, order
}

// commonBefore returns the common ancestor of what leads to v.
func (net *network) commonBefore(v int32, parent, rank []int32) int32 {
	if !net.isPath(v) {
		return none
	}
	p := int32(unknown)
	for _, b := range net.before.Of(v) {
		switch {
		case parent[b] == unknown:
		case p == unknown:
			p = b
		default:
			p = common(p, b, parent, rank)
		}
		if p == none {
			break
		}
	}
	return p
}

func common(a, b int32, parent, rank []int32) int32 {
	for a != b {
		if a == none || b == none {
			return none
		}
		if rank[a] > rank[b] {
			a = parent[a]
		} else {
			b = parent[b]
		}
	}
	return a
}
