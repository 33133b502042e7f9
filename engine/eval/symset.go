package eval

import "slices"

// A symSet is a set of symbols, a bit for each up to the highest that it has had.
type symSet struct{ bits []uint64 }

// takeSymSet returns an empty set. Who gives it back removes what is in it.
func (s *State) takeSymSet() *symSet {
	last := len(s.symSets) - 1
	if last < 0 {
		return &symSet{}
	}
	x := s.symSets[last]
	s.symSets = s.symSets[:last]
	return x
}

func (x *symSet) has(sym Sym) bool {
	return int(sym/64) < len(x.bits) && x.bits[sym/64]>>(sym%64)&1 != 0
}

func (x *symSet) add(sym Sym) {
	if n := int(sym/64) + 1; n > len(x.bits) {
		x.bits = slices.Grow(x.bits, n-len(x.bits))
		x.bits = x.bits[:cap(x.bits)]
	}
	x.bits[sym/64] |= 1 << (sym % 64)
}

func (x *symSet) remove(sym Sym) { x.bits[sym/64] &^= 1 << (sym % 64) }
