package builtins

import (
	"slices"

	"nixbench/engine/eval"
)

// sortList is a stable mergesort that uses runs which are in order already.
// It is the algorithm of Nix, so that even a comparator that is no order gives
// the same answer.
func sortList(s *eval.State, f, list eval.Value) eval.Value {
	list = s.ForceList(list, "while evaluating the second argument passed to builtins.sort")
	if list.Len() == 0 {
		return list
	}
	f = s.ForceFunction(f, "while evaluating the first argument passed to builtins.sort")
	result, elems := s.NewList(list.Len())
	for i, e := range list.List() {
		if elems[i] = s.Force(e); elems[i].Kind() == eval.KindList {
			elems[i] = e // a list is known by where it was evaluated: see eval's printer
		}
	}
	less := func(a, b eval.Value) bool {
		return s.ForceBool(s.Call2(f, a, b),
			"while evaluating the return value of the sorting function passed to builtins.sort")
	}
	if b := f.Builtin(); f.Kind() == eval.KindBuiltin && b.Name == "lessThan" {
		less = func(a, b eval.Value) bool {
			s.Poll()
			return s.Less(a, b, "while evaluating the ordering function passed to builtins.sort")
		}
	}
	sorter := peekSorter{elems: elems, less: less}
	sorter.sort()
	return result
}

// insertionSortMax is the length up to which insertion sort is used.
const insertionSortMax = 16

// A peekSorter sorts by the algorithm Peeksort.
//
// Source: J. I. Munro, S. Wild, "Nearly-Optimal Mergesorts: Fast, Practical
// Sorting Methods That Optimally Adapt to Existing Runs" (2018).
type peekSorter struct {
	elems, buffer []eval.Value
	less          func(a, b eval.Value) bool
}

func (p *peekSorter) sort() {
	n := len(p.elems)
	switch {
	case n < 2:
	case n == 2:
		if p.less(p.elems[1], p.elems[0]) {
			p.elems[0], p.elems[1] = p.elems[1], p.elems[0]
		}
	default:
		p.buffer = make([]eval.Value, n)
		p.peek(0, n, 0, n)
	}
}

// peek sorts the elements from begin up to end, of which those before leftEnd
// and those from rightBegin on are runs already.
func (p *peekSorter) peek(begin, end, leftEnd, rightBegin int) {
	switch {
	case leftEnd == end || rightBegin == begin:
		return
	case end-begin <= insertionSortMax:
		p.insertionSort(begin, end)
		return
	}
	middle := begin + (end-begin)/2
	switch {
	case middle <= leftEnd:
		p.peek(leftEnd, end, leftEnd+1, rightBegin)
		p.merge(begin, leftEnd, end)
		return
	case middle >= rightBegin:
		p.peek(begin, rightBegin, leftEnd, rightBegin-1)
		p.merge(begin, rightBegin, end)
		return
	}
	runBegin, runEnd := p.runAround(middle, leftEnd, rightBegin)
	switch {
	case runBegin == begin && runEnd == end:
	case middle-runBegin < runEnd-middle:
		p.peek(begin, runBegin, leftEnd, runBegin-1)
		p.peek(runBegin, end, runEnd, rightBegin)
		p.merge(begin, runBegin, end)
	default:
		p.peek(begin, runEnd, leftEnd, runBegin)
		p.peek(runEnd, end, runEnd+1, rightBegin)
		p.merge(begin, runEnd, end)
	}
}

// runAround finds the run that the element before middle is in, within lo and
// hi, and makes it ascending.
func (p *peekSorter) runAround(middle, lo, hi int) (begin, end int) {
	descends := p.less(p.elems[middle], p.elems[middle-1])
	begin, end = middle-1, middle-1
	for begin > lo && p.less(p.elems[begin], p.elems[begin-1]) == descends {
		begin--
	}
	for end+1 < hi && p.less(p.elems[end+1], p.elems[end]) == descends {
		end++
	}
	end++
	if descends {
		slices.Reverse(p.elems[begin:end])
	}
	return begin, end
}

func (p *peekSorter) insertionSort(begin, end int) {
	for i := begin + 1; i < end; i++ {
		for j := i; j > begin && p.less(p.elems[j], p.elems[j-1]); j-- {
			p.elems[j], p.elems[j-1] = p.elems[j-1], p.elems[j]
		}
	}
}

// merge joins two neighbouring runs. Of equal elements, the left one goes first.
func (p *peekSorter) merge(begin, middle, end int) {
	copy(p.buffer, p.elems[begin:end])
	left, right := p.buffer[:middle-begin], p.buffer[middle-begin:end-begin]
	out := p.elems[begin:begin]
	for len(left) > 0 && len(right) > 0 {
		if !p.less(right[0], left[0]) {
			out, left = append(out, left[0]), left[1:]
		} else {
			out, right = append(out, right[0]), right[1:]
		}
	}
	out = append(out, left...)
	copy(p.elems[begin+len(out):end], right)
}
