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
// milliseconds for most ends, and up to a second where a million references lie
// on chains; the only error is that of ctx.
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
//
// References are numbered, those of each node end to end; a way leads along one
// that is not full, or back along one that is.
type flow struct {
	nodes    []Node
	from, to int32
	out, in  arcs
	full     []bool  // by reference
	level    []int32 // steps from the start, -1 if not reached
	next     []int32 // how many ways out of a node were tried
}

// arcs are the references at one end of each node.
type arcs struct {
	start []int32 // of node i's in the others; one more than there are nodes
	other []int32 // the node at the other end
	ref   []int32 // the number of the reference
}

func newFlow(c *Chains) *flow {
	f := &flow{nodes: c.nodes, level: make([]int32, len(c.nodes)), next: make([]int32, len(c.nodes))}
	at := make([]int32, c.g.Len()) // position in nodes
	for i, n := range c.nodes {
		at[n] = int32(i)
	}
	f.from, f.to = at[c.from], at[c.to]
	f.out.start = make([]int32, len(c.nodes)+1)
	f.in.start = make([]int32, len(c.nodes)+1)
	for i, n := range c.nodes {
		if n != c.to {
			for _, r := range c.g.References(n) {
				if c.steps[r] >= 0 {
					f.out.ref = append(f.out.ref, int32(len(f.out.ref)))
					f.out.other = append(f.out.other, at[r])
					f.in.start[at[r]+1]++
				}
			}
		}
		f.out.start[i+1] = int32(len(f.out.other))
	}
	f.full = make([]bool, len(f.out.other))
	f.in.other, f.in.ref = make([]int32, len(f.full)), make([]int32, len(f.full))
	for i := range c.nodes {
		f.in.start[i+1] += f.in.start[i]
	}
	for i := range c.nodes {
		for e := f.out.start[i]; e < f.out.start[i+1]; e++ {
			j := f.out.other[e]
			at := f.in.start[j] + f.next[j]
			f.in.other[at], f.in.ref[at] = int32(i), e
			f.next[j]++
		}
	}
	return f
}

// way returns the k-th way out of v and the reference that it takes; free says
// whether it can be gone, and more whether there is such a way.
func (f *flow) way(v, k int32) (to, ref int32, free, more bool) {
	if e := f.out.start[v] + k; e < f.out.start[v+1] {
		return f.out.other[e], e, !f.full[e], true
	}
	e := f.in.start[v] + k - (f.out.start[v+1] - f.out.start[v])
	if e < f.in.start[v+1] {
		return f.in.other[e], f.in.ref[e], f.full[f.in.ref[e]], true
	}
	return 0, 0, false, false
}

// levels finds how far nodes are from the start, as far as the end is, and
// reports whether that can be reached.
func (f *flow) levels() bool {
	for i := range f.level {
		f.level[i], f.next[i] = -1, 0
	}
	f.level[f.from] = 0
	for todo := []int32{f.from}; len(todo) > 0 && f.level[f.to] < 0; todo = todo[1:] {
		v := todo[0]
		for k := int32(0); ; k++ {
			to, _, free, more := f.way(v, k)
			if !more {
				break
			}
			if free && f.level[to] < 0 {
				f.level[to] = f.level[v] + 1
				todo = append(todo, to)
			}
		}
	}
	return f.level[f.to] >= 0
}

// block fills ways to the end, level by level, until none is left.
func (f *flow) block() {
	var nodes, refs []int32 // of the way so far
	for v := f.from; ; {
		to, ref, free, more := f.way(v, f.next[v])
		switch {
		case v == f.to:
			for _, ref := range refs {
				f.full[ref] = !f.full[ref]
			}
			nodes, refs, v = nodes[:0], refs[:0], f.from
		case !more && v == f.from:
			return
		case !more: // a dead end
			v = nodes[len(nodes)-1]
			nodes, refs = nodes[:len(nodes)-1], refs[:len(refs)-1]
			f.next[v]++
		case free && f.level[to] == f.level[v]+1:
			nodes, refs = append(nodes, v), append(refs, ref)
			v = to
		default:
			f.next[v]++
		}
	}
}

// lastCut returns the references that lead into what leads to the end along
// ways that are left: they are full, and as near to the end as such a set can be.
func (f *flow) lastCut() []closure.Reference {
	leads := make([]bool, len(f.nodes))
	leads[f.to] = true
	for todo := []int32{f.to}; len(todo) > 0; todo = todo[1:] {
		v := todo[0]
		visit := func(from int32, free bool) {
			if free && !leads[from] {
				leads[from] = true
				todo = append(todo, from)
			}
		}
		for e := f.in.start[v]; e < f.in.start[v+1]; e++ {
			visit(f.in.other[e], !f.full[f.in.ref[e]])
		}
		for e := f.out.start[v]; e < f.out.start[v+1]; e++ {
			visit(f.out.other[e], f.full[e])
		}
	}
	var refs []closure.Reference
	for v := range f.nodes {
		for e := f.out.start[v]; e < f.out.start[v+1]; e++ {
			if to := f.out.other[e]; !leads[v] && leads[to] {
				refs = append(refs, closure.Reference{From: f.nodes[v], To: f.nodes[to]})
			}
		}
	}
	slices.SortFunc(refs, func(a, b closure.Reference) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return refs
}
