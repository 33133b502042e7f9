package store

// Requisites returns the closure of roots, given by index: the roots and everything
// that they refer to, directly or not, sorted.
func (g *Graph) Requisites(roots []int32) []int32 {
	seen := make([]bool, g.Len())
	todo := make([]int32, 0, g.Len())
	for list, next := roots, 0; ; next++ {
		for _, i := range list {
			if !seen[i] {
				seen[i] = true
				todo = append(todo, i)
			}
		}
		if next == len(todo) {
			break
		}
		list = g.References(todo[next])
	}
	all := todo[:0]
	for i := range int32(len(seen)) {
		if seen[i] {
			all = append(all, i)
		}
	}
	return all
}

// TopoSort returns paths, given by index, as the function [TopoSort] does.
func (g *Graph) TopoSort(paths []int32) ([]int32, error) {
	return TopoSortIndices(paths, g.Paths, g.References)
}

// TopoSortIndices is [TopoSort] of paths that are given by their index in all. Refs
// returns the indices of the references, without the path itself.
func TopoSortIndices(paths []int32, all []Path, refs func(i int32) []int32) ([]int32, error) {
	const (
		waiting = iota + 1
		open    // on the way from a path that is being visited
		done
	)
	type frame struct {
		i    int32
		rest []int32 // references not yet visited
	}
	state := make([]uint8, len(all))
	for _, i := range paths {
		state[i] = waiting
	}
	sorted := make([]int32, 0, len(paths))
	var stack []frame
	for _, root := range paths {
		next := root
		for {
			if state[next] == waiting {
				state[next] = open
				stack = append(stack, frame{next, refs(next)})
			}
			if len(stack) == 0 {
				break
			}
			top := &stack[len(stack)-1]
			if len(top.rest) == 0 {
				state[top.i] = done
				sorted = append(sorted, top.i)
				stack = stack[:len(stack)-1]
				continue
			}
			next, top.rest = top.rest[0], top.rest[1:]
			if state[next] == open {
				return nil, &CycleError{Path: all[top.i], Reference: all[next]}
			}
		}
	}
	return sorted, nil
}
