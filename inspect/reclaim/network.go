package reclaim

import (
	"nixbench/store/gc"
)

// network is what keeps what: paths by their index in the store's graph, then
// the plan's roots, then one node for all that is kept for other reasons. An
// edge leads from what keeps to what is kept. With derivers and outputs kept
// there are circles.
type network struct {
	paths, roots int
	next, before adjacency
}

func newNetwork(plan *gc.Plan) network {
	g, opts := plan.Graph, plan.Options
	net := network{paths: g.Len(), roots: len(plan.Roots)}
	b := newBuilder(net.len())
	keepMore := opts.Only == nil // as the plan does
	for v := range int32(net.paths) {
		b.add(g.References(v)...)
		if keepMore && opts.KeepOutputs {
			b.add(g.Outputs(v)...)
		}
		if d, found := g.Deriver(v); found && keepMore && opts.KeepDerivations {
			b.add(d)
		}
		b.end()
	}
	for _, root := range plan.Roots {
		inUse := root.Kind == gc.KindTemp || root.Kind == gc.KindBuild
		if v, found := g.Index(root.Path); found && (inUse || !root.Dangling) {
			b.add(v)
		}
		b.end()
	}
	b.add(pinnedPaths(plan)...)
	b.end()
	net.next = b.adjacency
	net.before = net.next.reverse()
	return net
}

// pinnedPaths returns what the plan keeps for other reasons than roots.
func pinnedPaths(plan *gc.Plan) []int32 {
	var pinned []int32
	g, opts := plan.Graph, plan.Options
	only := make(map[int32]bool, len(opts.Only))
	for _, p := range opts.Only {
		if v, found := g.Index(p); found {
			only[v] = true
		}
	}
	for v := range int32(g.Len()) {
		young := !opts.KeepSince.IsZero() && g.Registered[v] >= opts.KeepSince.Unix()
		if young || opts.Only != nil && !only[v] {
			pinned = append(pinned, v)
		}
	}
	return pinned
}

func (net *network) len() int { return net.paths + net.roots + 1 }

// isPath reports whether v is a path, whose index it then is.
func (net *network) isPath(v int32) bool { return int(v) < net.paths }

// root returns the node of a root.
func (net *network) root(i int) int32 { return int32(net.paths + i) }

// rootAt returns the root whose node v is.
func (net *network) rootAt(v int32) (i int, isRoot bool) {
	i = int(v) - net.paths
	return i, i >= 0 && i < net.roots
}

// pinned returns the node of what is kept for other reasons than roots.
func (net *network) pinned() int32 { return int32(net.paths + net.roots) }

// reach returns which nodes the given ones lead to, themselves included.
func (net *network) reach(from []int32) []bool { return walk(net.next, from) }

// reachBack returns which nodes lead to v, itself included.
func (net *network) reachBack(v int32) []bool { return walk(net.before, []int32{v}) }

func walk(edges adjacency, from []int32) []bool {
	seen := make([]bool, len(edges.start)-1)
	var todo []int32
	for _, v := range from {
		if !seen[v] {
			seen[v] = true
			todo = append(todo, v)
		}
	}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, to := range edges.of(v) {
			if !seen[to] {
				seen[to] = true
				todo = append(todo, to)
			}
		}
	}
	return seen
}

// adjacency holds a list of neighbours for each node, end to end.
type adjacency struct {
	start []int32 // of node v's neighbours in to; one more than there are nodes
	to    []int32
}

func (a adjacency) of(v int32) []int32 { return a.to[a.start[v]:a.start[v+1]] }

// reverse returns the adjacency with all edges turned round.
func (a adjacency) reverse() adjacency {
	n := len(a.start) - 1
	r := adjacency{start: make([]int32, n+1), to: make([]int32, len(a.to))}
	for _, to := range a.to {
		r.start[to+1]++
	}
	for i := range n {
		r.start[i+1] += r.start[i]
	}
	next := make([]int32, n)
	copy(next, r.start)
	for from := range int32(n) {
		for _, to := range a.of(from) {
			r.to[next[to]] = from
			next[to]++
		}
	}
	return r
}

// builder makes an adjacency, one node after the other.
type builder struct{ adjacency }

func newBuilder(nodes int) *builder {
	return &builder{adjacency{start: make([]int32, 1, nodes+1)}}
}

func (b *builder) add(to ...int32) { b.to = append(b.to, to...) }

func (b *builder) end() { b.start = append(b.start, int32(len(b.to))) }
