package edges

// Postorder returns the nodes that a walk from each of first to end-1 meets, each after
// those that it led to for the first time; where there are no circles, after all that it
// leads to. Next returns the neighbours of a node. What is marked as seen is not walked
// to, and what is met gets marked.
func Postorder[N ~int32](next func(N) []N, first, end N, seen []bool) []N {
	type frame struct {
		node N
		rest []N // neighbours not yet walked to
	}
	var order []N
	var stack []frame
	visit := func(n N) {
		if !seen[n] {
			seen[n] = true
			stack = append(stack, frame{n, next(n)})
		}
	}
	for start := first; start < end; start++ {
		visit(start)
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if len(top.rest) == 0 {
				order = append(order, top.node)
				stack = stack[:len(stack)-1]
				continue
			}
			to := top.rest[0]
			top.rest = top.rest[1:]
			visit(to)
		}
	}
	return order
}
