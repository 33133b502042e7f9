package cli

import "math/bits"

// This file sorts as std::sort of the GNU C++ library does, which nix-env uses:
// equal elements end up in the same, otherwise arbitrary, order. It is an
// introsort: quicksort around the median of three, heapsort where that goes too
// deep, and insertion sort at the end. It splits lists as std::partition does, which
// leaves them in an arbitrary order too.

// sortedInserts is the size below which parts are left to the insertion sort.
const sortedInserts = 16

// cxxSort sorts list by less.
func cxxSort[T any](list []T, less func(a, b T) bool) {
	if len(list) == 0 {
		return
	}
	s := cxxSorter[T]{less}
	s.introsort(list, 2*(bits.Len(uint(len(list)))-1))
	for i := 1; i < len(list); i++ {
		s.insert(list, i)
	}
}

// cxxPartition puts the elements that are to stay before the others, as std::partition
// does with a list, and returns where the others begin.
func cxxPartition[T any](list []T, stays func(T) bool) int {
	for lo, hi := 0, len(list); ; lo++ {
		for lo < hi && stays(list[lo]) {
			lo++
		}
		for hi--; lo < hi && !stays(list[hi]); hi-- {
		}
		if lo >= hi {
			return lo
		}
		list[lo], list[hi] = list[hi], list[lo]
	}
}

type cxxSorter[T any] struct{ less func(a, b T) bool }

// insert moves element i down to its place; one that is not greater comes
// before it.
func (s cxxSorter[T]) insert(list []T, i int) {
	v := list[i]
	for ; i > 0 && s.less(v, list[i-1]); i-- {
		list[i] = list[i-1]
	}
	list[i] = v
}

func (s cxxSorter[T]) introsort(list []T, depth int) {
	for len(list) > sortedInserts {
		if depth == 0 {
			s.heapsort(list)
			return
		}
		depth--
		cut := s.partition(list)
		s.introsort(list[cut:], depth)
		list = list[:cut]
	}
}

// partition puts the median of three first, and then what is not greater before
// what is not less. It returns where the second part begins.
func (s cxxSorter[T]) partition(list []T) int {
	s.medianToFirst(list, 1, len(list)/2, len(list)-1)
	lo, hi := 1, len(list)
	for {
		for s.less(list[lo], list[0]) {
			lo++
		}
		for hi--; s.less(list[0], list[hi]); hi-- {
		}
		if lo >= hi {
			return lo
		}
		list[lo], list[hi] = list[hi], list[lo]
		lo++
	}
}

func (s cxxSorter[T]) medianToFirst(list []T, a, b, c int) {
	median := a
	switch ab, bc, ac := s.less(list[a], list[b]), s.less(list[b], list[c]), s.less(list[a], list[c]); {
	case ab && bc, !ab && !ac && !bc:
		median = b
	case ab && ac, !ab && !ac:
		median = c
	}
	list[0], list[median] = list[median], list[0]
}

func (s cxxSorter[T]) heapsort(list []T) {
	for i := (len(list) - 2) / 2; i >= 0; i-- {
		s.sift(list, i, list[i])
	}
	for n := len(list) - 1; n > 0; n-- {
		v := list[n]
		list[n] = list[0]
		s.sift(list[:n], 0, v)
	}
}

// sift lets the hole at top sink to a leaf of the heap, and v rise from there.
func (s cxxSorter[T]) sift(list []T, top int, v T) {
	hole := top
	child := hole
	for child < (len(list)-1)/2 {
		child = 2 * (child + 1)
		if s.less(list[child], list[child-1]) {
			child--
		}
		list[hole] = list[child]
		hole = child
	}
	if len(list)%2 == 0 && child == (len(list)-2)/2 {
		child = 2*child + 1
		list[hole] = list[child]
		hole = child
	}
	for hole > top && s.less(list[(hole-1)/2], v) {
		list[hole] = list[(hole-1)/2]
		hole = (hole - 1) / 2
	}
	list[hole] = v
}
