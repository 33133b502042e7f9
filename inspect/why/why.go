// Package why tells why one store path is in the closure of another: along
// which references, and in which files those stand.
//
// [New] finds the part of a closure that leads from one to the other. It is
// small and quick to make however many ways there are, since ways share their
// parts: they are counted, unfolded step by step, or listed up to a bound,
// never all built.
package why

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"nixbench/inspect/closure"
)

// Node is a path of the closure.
type Node = closure.Node

// Chains are the ways from one path to another. It never changes, and is safe
// for concurrent use.
type Chains struct {
	g        *closure.Graph
	from, to Node
	// steps is how many references are between a node and to, at least; -1 if
	// it does not lead there or from does not lead to it.
	steps []int32
	ways  []uint64 // how many chains lead from a node to to
	nodes []Node   // with steps >= 0, in topological order
}

// New finds the chains in g from one path to another. A path has one chain to
// itself, of no steps.
func New(g *closure.Graph, from, to Node) *Chains {
	c := &Chains{g: g, from: from, to: to, steps: make([]int32, g.Len()), ways: make([]uint64, g.Len())}
	below := make([]bool, g.Len())
	below[from] = true
	for n := from; n <= to; n++ { // referrers come first
		if below[n] {
			for _, r := range g.References(n) {
				below[r] = true
			}
		}
	}
	for i := range c.steps {
		c.steps[i] = -1
	}
	for n := to; n >= from; n-- {
		if below[n] {
			c.count(n)
		}
	}
	for n := from; n <= to; n++ {
		if c.steps[n] >= 0 {
			c.nodes = append(c.nodes, n)
		}
	}
	return c
}

// count sets steps and ways of n from those of its references.
func (c *Chains) count(n Node) {
	if n == c.to {
		c.steps[n], c.ways[n] = 0, 1
		return
	}
	for _, r := range c.g.References(n) {
		if c.steps[r] < 0 {
			continue
		}
		if c.steps[n] < 0 || c.steps[r]+1 < c.steps[n] {
			c.steps[n] = c.steps[r] + 1
		}
		if c.ways[n] += c.ways[r]; c.ways[n] < c.ways[r] {
			c.ways[n] = math.MaxUint64
		}
	}
}

// Graph returns the closure that the chains are in.
func (c *Chains) Graph() *closure.Graph { return c.g }

// From returns where the chains start.
func (c *Chains) From() Node { return c.from }

// To returns where the chains end.
func (c *Chains) To() Node { return c.to }

// Found reports whether there is a chain at all.
func (c *Chains) Found() bool { return len(c.nodes) > 0 }

// Count returns how many chains there are. The largest value means that many
// or more.
func (c *Chains) Count() uint64 { return c.ways[c.from] }

// CountFrom returns how many chains there are from n on, 0 if none comes by n.
func (c *Chains) CountFrom(n Node) uint64 {
	if c.steps[n] < 0 {
		return 0
	}
	return c.ways[n]
}

// Steps returns how many references lie between n and the end, at least, or -1
// if no chain comes by n.
func (c *Chains) Steps(n Node) int { return int(c.steps[n]) }

// Nodes returns all paths that chains come by, referrers first. The caller
// must not modify it.
func (c *Chains) Nodes() []Node { return c.nodes }

// Next returns what n refers to on the way to the end, nearest to it first,
// then by name. It is empty for the end itself.
func (c *Chains) Next(n Node) []Node {
	var next []Node
	if c.steps[n] < 0 || n == c.to {
		return nil
	}
	for _, r := range c.g.References(n) {
		if c.steps[r] >= 0 {
			next = append(next, r)
		}
	}
	slices.SortFunc(next, func(a, b Node) int {
		return cmp.Or(
			cmp.Compare(c.steps[a], c.steps[b]),
			cmp.Compare(c.g.Path(a).Name(), c.g.Path(b).Name()),
			cmp.Compare(c.g.Index(a), c.g.Index(b)))
	})
	return next
}

// Shortest returns a chain with the fewest steps, both ends included, or nil
// if there is none.
func (c *Chains) Shortest() []Node {
	for chain := range c.All() {
		return slices.Clone(chain)
	}
	return nil
}

// All yields the chains, both ends included: the first is a shortest one, and
// those with the same start stay together. There may be more than can ever be
// yielded; the caller stops. A chain holds until the next one.
func (c *Chains) All() iter.Seq[[]Node] {
	return func(yield func([]Node) bool) {
		if !c.Found() {
			return
		}
		chain := []Node{c.from}
		todo := [][]Node{c.Next(c.from)} // for each of chain, what follows it yet
		for len(chain) > 0 {
			last := len(chain) - 1
			if chain[last] == c.to && !yield(chain) {
				return
			}
			if len(todo[last]) == 0 {
				chain, todo = chain[:last], todo[:last]
				continue
			}
			next := todo[last][0]
			todo[last] = todo[last][1:]
			chain = append(chain, next)
			todo = append(todo, c.Next(next))
		}
	}
}

// Bottlenecks returns the paths that every chain goes by, from the start to
// the end, both included. Removing one of those in between removes the end.
func (c *Chains) Bottlenecks() []Node {
	var all []Node
	// Sweeping along the topological order, a node is on every chain if no
	// reference from before it leads beyond it.
	reach := c.from
	for _, n := range c.nodes {
		if n >= reach {
			all = append(all, n)
		}
		if n == c.to {
			break
		}
		for _, r := range c.g.References(n) {
			if c.steps[r] >= 0 {
				reach = max(reach, r)
			}
		}
	}
	return all
}
