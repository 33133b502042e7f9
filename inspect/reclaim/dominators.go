package reclaim

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
	order = net.postorder()
	for i, j := 0, len(order)-1; i < j; i, j = i+1, j-1 {
		order[i], order[j] = order[j], order[i]
	}
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
	for _, b := range net.before.of(v) {
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

// postorder returns the nodes that a walk from all roots meets, each after
// those that it led to for the first time.
func (net *network) postorder() []int32 {
	seen := make([]bool, net.len())
	order := make([]int32, 0, net.len())
	type frame struct {
		v    int32
		rest []int32
	}
	var stack []frame
	for start := int32(net.paths); int(start) < net.len(); start++ {
		seen[start] = true
		stack = append(stack, frame{start, net.next.of(start)})
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if len(top.rest) == 0 {
				order = append(order, top.v)
				stack = stack[:len(stack)-1]
				continue
			}
			to := top.rest[0]
			top.rest = top.rest[1:]
			if !seen[to] {
				seen[to] = true
				stack = append(stack, frame{to, net.next.of(to)})
			}
		}
	}
	return order
}
