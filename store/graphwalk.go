package store

import "math/bits"

// Requisites returns the closure of roots, given by index: the roots and everything
// that they refer to, directly or not, sorted.
func (g *Graph) Requisites(roots []int32) []int32 {
	seen, open := newIndexSet(g.Len()), newIndexSet(g.Len())
	size := 0
	for list := roots; ; {
		for _, i := range list {
			if seen.add(i) {
				open.add(i)
				size++
			}
		}
		// In the order of indices references are read one after the other, which the
		// processor foresees.
		next, found := open.takeFirst()
		if !found {
			break
		}
		list = g.References(next)
	}
	all := make([]int32, 0, size)
	for w, word := range seen.words {
		for ; word != 0; word &= word - 1 {
			all = append(all, int32(w<<6+bits.TrailingZeros64(word)))
		}
	}
	return all
}

// An indexSet is a set of indices.
type indexSet struct {
	words []uint64 // a bit for each index
	some  []uint64 // a bit for each word that is not zero
	first int      // no word of some before it is anything but zero
}

// newIndexSet returns an empty set for indices below n.
func newIndexSet(n int) *indexSet {
	words := (n + 63) / 64
	return &indexSet{words: make([]uint64, words), some: make([]uint64, (words+63)/64)}
}

// add adds i, and reports whether it was not there.
func (s *indexSet) add(i int32) bool {
	w, bit := i>>6, uint64(1)<<(i&63)
	if s.words[w]&bit != 0 {
		return false
	}
	s.words[w] |= bit
	s.some[w>>6] |= 1 << (w & 63)
	s.first = min(s.first, int(w>>6))
	return true
}

// takeFirst takes the lowest index out, if there is one.
func (s *indexSet) takeFirst() (i int32, found bool) {
	for ; s.first < len(s.some); s.first++ {
		if s.some[s.first] == 0 {
			continue
		}
		w := s.first<<6 + bits.TrailingZeros64(s.some[s.first])
		word := s.words[w]
		s.words[w] = word & (word - 1)
		if s.words[w] == 0 {
			s.some[s.first] &^= 1 << (w & 63)
		}
		return int32(w<<6 + bits.TrailingZeros64(word)), true
	}
	return 0, false
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
