// Package closure answers questions about the closure of store paths: what is
// in it, how large it is, and what each path adds to it.
//
// A [Graph] is made from one snapshot of a store and never changes, so that a
// screen can ask it while it draws.
package closure

import (
	"fmt"

	"nixbench/store"
	"nixbench/store/edges"
)

// Node is a path of a [Graph], from 0 to Len()-1.
type Node int32

// None is no node.
const None Node = -1

// Graph is the closure of one or more roots. Nodes are in topological order:
// each comes before those that it refers to. References of a path to itself
// are left out. A Graph is safe for concurrent use, and no method blocks for
// long but those that say so.
type Graph struct {
	st    *store.Graph
	index []int32 // of the node in st
	nodes []Node  // by index in st; None for what is not in the closure
	roots []Node
	root  []bool  // by node
	own   []int64 // by node, bytes

	refs, referrers edges.Lists[Node]

	total     int64
	dominator []Node
	added     []int64
	sizes     sizeCache
}

// New returns the closure of roots in st, without duplicates among them. If a
// root is not valid, errors.Is(err, store.ErrInvalidPath). If references go in
// a circle, which no store allows, the error is a [*store.CycleError].
func New(st *store.Graph, roots ...store.Path) (*Graph, error) {
	return load(st, roots, func(i int32) int64 { return st.NarSize[i] })
}

// load is [New] with sizes of one's own, by index in the snapshot.
func load(st *store.Graph, roots []store.Path, size func(i int32) int64) (*Graph, error) {
	g := &Graph{st: st, nodes: make([]Node, st.Len())}
	for i := range g.nodes {
		g.nodes[i] = None
	}
	found, err := g.reach(roots)
	if err != nil {
		return nil, fmt.Errorf("load closure: %w", err)
	}
	if err := g.sort(found); err != nil {
		return nil, fmt.Errorf("load closure: %w", err)
	}
	g.root = make([]bool, g.Len())
	for _, p := range roots {
		i, _ := st.Index(p)
		if n := g.nodes[i]; !g.root[n] {
			g.root[n] = true
			g.roots = append(g.roots, n)
		}
	}
	g.connect()
	g.own = make([]int64, g.Len())
	for n, i := range g.index {
		g.own[n] = size(i)
		g.total += g.own[n]
	}
	g.dominator, g.added = g.dominate()
	g.sizes.init(g.Len())
	return g, nil
}

// reach returns the indexes of everything that roots lead to, and marks them
// in nodes.
func (g *Graph) reach(roots []store.Path) ([]int32, error) {
	var found []int32
	visit := func(i int32) {
		if g.nodes[i] == None {
			g.nodes[i] = 0
			found = append(found, i)
		}
	}
	for _, p := range roots {
		i, ok := g.st.Index(p)
		if !ok {
			return nil, fmt.Errorf("%s: %w", p, store.ErrInvalidPath)
		}
		visit(i)
	}
	for next := 0; next < len(found); next++ {
		for _, r := range g.st.References(found[next]) {
			visit(r)
		}
	}
	return found, nil
}

// sort numbers what was found so that referrers come first.
func (g *Graph) sort(found []int32) error {
	waiting := make([]int32, g.st.Len()) // referrers not yet numbered
	for _, i := range found {
		for _, r := range g.st.References(i) {
			waiting[r]++
		}
	}
	order := make([]int32, 0, len(found))
	for _, i := range found {
		if waiting[i] == 0 {
			order = append(order, i)
		}
	}
	for next := 0; next < len(order); next++ {
		g.nodes[order[next]] = Node(next)
		for _, r := range g.st.References(order[next]) {
			if waiting[r]--; waiting[r] == 0 {
				order = append(order, r)
			}
		}
	}
	g.index = order
	if len(order) == len(found) {
		return nil
	}
	for _, i := range found {
		for _, r := range g.st.References(i) {
			if waiting[i] > 0 && waiting[r] > 0 {
				return &store.CycleError{Path: g.st.Paths[i], Reference: g.st.Paths[r]}
			}
		}
	}
	panic("closure: unreachable: a circle without an edge")
}

func (g *Graph) connect() {
	count := 0
	for _, i := range g.index {
		count += len(g.st.References(i))
	}
	refs := edges.NewBuilder[Node](g.Len(), count)
	for n, i := range g.index {
		for _, r := range g.st.References(i) {
			refs.Add(Node(n), g.nodes[r])
		}
	}
	g.refs = refs.Lists()
	g.referrers = g.refs.Reversed()
}

// Store returns the snapshot that the closure was taken from.
func (g *Graph) Store() *store.Graph { return g.st }

// Len returns the number of paths.
func (g *Graph) Len() int { return len(g.index) }

// Roots returns the nodes of the roots, as they were given. The caller must not
// modify it.
func (g *Graph) Roots() []Node { return g.roots }

// IsRoot reports whether n is one of the roots.
func (g *Graph) IsRoot(n Node) bool { return g.root[n] }

// Path returns the store path of n.
func (g *Graph) Path(n Node) store.Path { return g.st.Paths[g.index[n]] }

// Index returns the position of n in the snapshot.
func (g *Graph) Index(n Node) int32 { return g.index[n] }

// Node returns the node of p, or None and false if p is not in the closure.
func (g *Graph) Node(p store.Path) (Node, bool) {
	i, found := g.st.Index(p)
	if !found {
		return None, false
	}
	return g.nodes[i], g.nodes[i] != None
}

// References returns what n refers to, sorted by path. The caller must not
// modify it.
func (g *Graph) References(n Node) []Node { return g.refs.Of(n) }

// Referrers returns what in the closure refers to n, in topological order. The
// caller must not modify it.
func (g *Graph) Referrers(n Node) []Node { return g.referrers.Of(n) }

// Total returns the sum of all sizes, in bytes.
func (g *Graph) Total() int64 { return g.total }

// OwnSize returns the NAR size of n in bytes, or what [BuildTime] counts.
func (g *Graph) OwnSize(n Node) int64 { return g.own[n] }

// AddedSize returns by how many bytes the closure would shrink if n were not
// in it: the sizes of n and of all that only n leads to from the roots. It is 0
// for no path.
func (g *Graph) AddedSize(n Node) int64 { return g.added[n] }

// Dominator returns the nearest path that all ways from the roots to n go
// through, or None if there is none. What n adds is part of what that adds.
func (g *Graph) Dominator(n Node) Node { return g.dominator[n] }
