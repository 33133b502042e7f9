package why

import (
	"cmp"
	"context"
	"slices"

	"nixbench/inspect/closure"
)

// A Cut is a smallest set of references without which the start would not lead
// to the end any more.
type Cut struct {
	// References are as few as possible and, of all such sets, as near to the
	// end as possible: sorted by what refers, then by what it refers to.
	References []closure.Reference
	// Gone are the paths that would leave the closure without them, in
	// topological order; Size is what they take, in bytes. Where roots lead to
	// the end by other ways than from the start, it stays.
	Gone []Node
	Size int64
}

// Cut returns a smallest set of references that all chains go through. It is
// empty if there is no chain, or only one of no steps. It takes some
// milliseconds for most ends, and up to a second where tens of thousands of
// references lie on chains; the only error is that of ctx.
func (c *Chains) Cut(ctx context.Context) (*Cut, error) {
	cut := &Cut{}
	if !c.Found() || c.from == c.to {
		return cut, nil
	}
	f := newFlow(c)
	for f.levels() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f.block()
	}
	cut.References = f.lastCut()
	cut.Gone, cut.Size = c.g.WithoutReferences(cut.References...)
	return cut, nil
}

// Direct returns what refers to the end itself on chains, in topological order:
// what is to be changed if the end alone is to go.
func (c *Chains) Direct() []Node {
	var direct []Node
	for _, n := range c.g.Referrers(c.to) {
		if c.steps[n] >= 0 {
			direct = append(direct, n)
		}
	}
	return direct
}

// A flow is a largest set of chains that share no reference, by Dinic's method:
// as long as a way is left, find the nearest ones by levels and fill them all.
// There are as many as a smallest cut has references.
type flow struct {
	nodes []Node
	at    map[Node]int32 // position in nodes
	arcs  [][]arc        // by position
	level []int32        // steps from the start, -1 if not reached
	next  []int32        // which arc to try next
	from  int32
	to    int32
}

// An arc is a reference, or the way back along one.
type arc struct {
	to      int32
	back    int32 // position of its opposite in arcs[to]
	free    bool
	forward bool // a reference
}

func newFlow(c *Chains) *flow {
	f := &flow{nodes: c.nodes, at: make(map[Node]int32, len(c.nodes)), arcs: make([][]arc, len(c.nodes))}
	for i, n := range c.nodes {
		f.at[n] = int32(i)
	}
	f.from, f.to = f.at[c.from], f.at[c.to]
	for i, n := range c.nodes {
		if n == c.to {
			continue
		}
		for _, r := range c.g.References(n) {
			if c.steps[r] < 0 {
				continue
			}
			j := f.at[r]
			f.arcs[i] = append(f.arcs[i], arc{to: j, back: int32(len(f.arcs[j])), free: true, forward: true})
			f.arcs[j] = append(f.arcs[j], arc{to: int32(i), back: int32(len(f.arcs[i]) - 1)})
		}
	}
	f.level, f.next = make([]int32, len(f.nodes)), make([]int32, len(f.nodes))
	return f
}

// levels finds how far each node is from the start along free arcs, and
// reports whether the end can be reached.
func (f *flow) levels() bool {
	for i := range f.level {
		f.level[i], f.next[i] = -1, 0
	}
	f.level[f.from] = 0
	for todo := []int32{f.from}; len(todo) > 0; todo = todo[1:] {
		for _, a := range f.arcs[todo[0]] {
			if a.free && f.level[a.to] < 0 {
				f.level[a.to] = f.level[todo[0]] + 1
				todo = append(todo, a.to)
			}
		}
	}
	return f.level[f.to] >= 0
}

// block fills ways to the end, level by level, until none is left.
func (f *flow) block() {
	var way []int32 // nodes from the start on; the arc taken is next[node]
	for v := f.from; ; {
		switch {
		case v == f.to:
			for _, u := range way {
				a := &f.arcs[u][f.next[u]]
				a.free = false
				f.arcs[a.to][a.back].free = true
			}
			way, v = way[:0], f.from
		case int(f.next[v]) == len(f.arcs[v]):
			if v == f.from {
				return
			}
			v = way[len(way)-1]
			way = way[:len(way)-1]
			f.next[v]++ // a dead end
		default:
			a := f.arcs[v][f.next[v]]
			if a.free && f.level[a.to] == f.level[v]+1 {
				way = append(way, v)
				v = a.to
			} else {
				f.next[v]++
			}
		}
	}
}

// lastCut returns the references that lead into what the end can still be
// reached from: they are full, and as near to the end as such a set can be.
func (f *flow) lastCut() []closure.Reference {
	leads := make([]bool, len(f.nodes))
	leads[f.to] = true
	for todo := []int32{f.to}; len(todo) > 0; todo = todo[1:] {
		for _, a := range f.arcs[todo[0]] {
			if f.arcs[a.to][a.back].free && !leads[a.to] {
				leads[a.to] = true
				todo = append(todo, a.to)
			}
		}
	}
	var refs []closure.Reference
	for i, arcs := range f.arcs {
		for _, a := range arcs {
			if a.forward && !leads[i] && leads[a.to] {
				refs = append(refs, closure.Reference{From: f.nodes[i], To: f.nodes[a.to]})
			}
		}
	}
	slices.SortFunc(refs, func(a, b closure.Reference) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return refs
}
