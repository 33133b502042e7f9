package reclaim

import (
	"nixbench/store/edges"
	"nixbench/store/gc"
)

// network is what keeps what: paths by their index in the store's graph, then
// the plan's roots, then one node for all that is kept for other reasons. An
// edge leads from what keeps to what is kept. With derivers and outputs kept
// there are circles.
type network struct {
	paths, roots int
	next, before edges.Lists[int32]
}

func newNetwork(plan *gc.Plan) network {
	g, opts := plan.Graph, plan.Options
	net := network{paths: g.Len(), roots: len(plan.Roots)}
	b := edges.NewBuilder[int32](net.len(), 0)
	add := func(keeper int32, kept ...int32) {
		for _, to := range kept {
			b.Add(keeper, to)
		}
	}
	keepMore := opts.Only == nil // as the plan does
	for v := range int32(net.paths) {
		add(v, g.References(v)...)
		if keepMore && opts.KeepOutputs {
			add(v, g.Outputs(v)...)
		}
		if d, found := g.Deriver(v); found && keepMore && opts.KeepDerivations {
			add(v, d)
		}
	}
	for i, root := range plan.Roots {
		inUse := root.Kind == gc.KindTemp || root.Kind == gc.KindBuild
		if v, found := g.Index(root.Path); found && (inUse || !root.Dangling) {
			add(net.root(i), v)
		}
	}
	add(net.pinned(), pinnedPaths(plan)...)
	net.next = b.Lists()
	net.before = net.next.Reversed()
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
func (net *network) reach(from []int32) []bool { return net.walk(net.next, from) }

// reachBack returns which nodes lead to v, itself included.
func (net *network) reachBack(v int32) []bool { return net.walk(net.before, []int32{v}) }

func (net *network) walk(along edges.Lists[int32], from []int32) []bool {
	seen := make([]bool, net.len())
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
		for _, to := range along.Of(v) {
			if !seen[to] {
				seen[to] = true
				todo = append(todo, to)
			}
		}
	}
	return seen
}
