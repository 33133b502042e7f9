package eval

import (
	"slices"
	"sync/atomic"
)

// A transition is how a // b is made from two shapes.
type transition struct {
	left  *Shape
	right *Shape
	res   *Shape
	plan  []int32 // >= 0: index on the left; else ^index on the right; nil: see gather
	pos   []Pos   // of the result, if they were looked up
}

// Transitions are those of a shape that were computed last.
type transitions struct {
	slots [maxTrans]atomic.Pointer[transition]
	next  atomic.Uint32 // the slot to replace, modulo maxTrans
}

// update returns the transition for left // right.
func (sh *Shape) update(right *Shape) *transition {
	more := sh.derived()
	table := more.trans.Load()
	if table == nil {
		table = &transitions{}
		more.trans.Store(table)
	}
	for i := range table.slots {
		t := table.slots[i].Load()
		if t == nil {
			break
		}
		if t.right == right {
			return t
		}
	}
	t := mergeShapes(sh, right)
	table.slots[(table.next.Add(1)-1)%maxTrans].Store(t)
	return t
}

// minSharedNames is the least number of names that shapes share which were made
// by merging different shapes. Transitions to such shapes have no plan.
const minSharedNames = 256

// mergeShapes computes the transition for a // b.
func mergeShapes(a, b *Shape) *transition {
	large, small := a, b
	if len(a.syms) < len(b.syms) {
		large, small = b, a
	}
	added, sum := lacking(large.syms, small.syms)
	n := len(large.syms) + added
	if n == len(b.syms) {
		return &transition{left: a, right: b, res: b.unplaced()}
	}
	t := &transition{left: a, right: b, res: &Shape{}}
	switch {
	case n == len(a.syms):
		t.res.shareNames(a)
	case n < minSharedNames:
		t.res.syms = appendMerged(make([]Sym, 0, n), a.syms, b.syms)
	default:
		t.res.nameMerged(n, large, small, sum)
	}
	if n < minSharedNames {
		t.plan = makePlan(t.res.syms, a.syms, b.syms)
	}
	if a.hasPos() || b.hasPos() {
		t.res.from, t.res.deep = t, max(a.deep, b.deep)+1
	}
	if t.res.deep > maxDeepPos {
		t.res.from, t.res.deep = &transition{pos: t.res.positions()}, 0
	}
	return t
}

// makePlan says where each of the names in a or b is to be had.
func makePlan(names, a, b []Sym) []int32 {
	plan := make([]int32, len(names))
	i, j := 0, 0
	for k, name := range names {
		onLeft := i < len(a) && a[i] == name
		if j < len(b) && b[j] == name {
			plan[k] = ^int32(j)
			j++
		} else {
			plan[k] = int32(i)
		}
		if onLeft {
			i++
		}
	}
	return plan
}

// gather fills dst with the values of a and those from b on. Without a plan all
// are on the right, or they are so many that finding each again takes less than
// keeping where it is.
func (t *transition) gather(dst, a []Value, b *Value) []Value {
	switch {
	case len(t.res.syms) == len(t.right.syms):
		copy(dst, cells(b, len(dst)))
	case t.plan == nil:
		gatherByName(t, dst, a, cells(b, len(t.right.syms)))
	default:
		for i, x := range t.plan {
			if x >= 0 {
				dst[i] = a[x]
			} else {
				dst[i] = *at(b, uintptr(^x))
			}
		}
	}
	return dst
}

// gatherByName is gather of a transition without a plan, of whatever there is for
// each name.
func gatherByName[T any](t *transition, dst, a, b []T) {
	left, right := t.left.syms[:len(a)], t.right.syms[:len(b)]
	i, j := 0, 0
	for k, name := range t.res.syms {
		onLeft := i < len(left) && left[i] == name
		if j < len(right) && right[j] == name {
			dst[k] = b[j]
			j++
		} else {
			dst[k] = a[i]
		}
		if onLeft {
			i++
		}
	}
}

// maxDeepPos is how many shapes are gone through for a position.
const maxDeepPos = 8

// positions returns where each of the names was defined, to read.
func (sh *Shape) positions() []Pos {
	if t := sh.from; t != nil {
		if t.pos == nil {
			pos := make([]Pos, len(sh.syms))
			gatherByName(t, pos, t.left.positions(), t.right.positions())
			return pos
		}
		return t.pos
	}
	pos := make([]Pos, len(sh.syms))
	for i := range pos {
		pos[i] = sh.posAt(i)
	}
	return pos
}

// Names of merged shapes. Where a few names are added to many, as overlays do it, the many
// are not gone through one by one.

// fewNames is how many times as many the one must be for the other to be few.
const fewNames = 16

func areFew(small, large []Sym) bool { return len(small) <= len(large)/fewNames }

// lacking returns how many names are in small and not in large, which are sorted, and
// what they add to the sum of large.
func lacking(large, small []Sym) (n int, sum uint64) {
	search := areFew(small, large)
	i := 0
	for _, name := range small {
		if search {
			k, _ := slices.BinarySearch(large[i:], name)
			i += k
		} else {
			for i < len(large) && large[i] < name {
				i++
			}
		}
		if i == len(large) || large[i] != name {
			n++
			sum += mixSym(name)
		}
	}
	return n, sum
}

// appendMerged appends the names in a or b, in order.
func appendMerged(names, a, b []Sym) []Sym {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		x, y := a[i], b[j]
		names = append(names, min(x, y))
		if x <= y {
			i++
		}
		if y <= x {
			j++
		}
	}
	return append(append(names, a[i:]...), b[j:]...)
}

// isMerged reports whether names are those in a or b.
func isMerged(names, a, b []Sym) bool {
	i, j := 0, 0
	for _, name := range names {
		onLeft, onRight := i < len(a) && a[i] == name, j < len(b) && b[j] == name
		if onLeft {
			i++
		}
		if onRight {
			j++
		}
		if !onLeft && !onRight {
			return false
		}
	}
	return i == len(a) && j == len(b)
}

// appendFew is appendMerged of many names and few.
func appendFew(names, large, small []Sym) []Sym {
	for _, name := range small {
		k, found := slices.BinarySearch(large, name)
		names = append(append(names, large[:k]...), name)
		if found {
			k++
		}
		large = large[k:]
	}
	return append(names, large...)
}

// mergedLately are large shapes that were made by merging, by the sum of their
// names. Variants of a package set have the same names.
var mergedLately [256]atomic.Pointer[Shape]

// nameMerged gives a shape the n names in large or small, and one array of them with
// other shapes that were made lately. Added is the sum of those that are in small alone.
func (sh *Shape) nameMerged(n int, large, small *Shape, added uint64) {
	sum := large.sumNames() + added
	slot := &mergedLately[sum>>56]
	if other := slot.Load(); other != nil && len(other.syms) == n && other.sumNames() == sum &&
		isMerged(other.syms, large.syms, small.syms) {
		sh.shareNames(other)
		return
	}
	names := make([]Sym, 0, n)
	if areFew(small.syms, large.syms) {
		sh.syms = appendFew(names, large.syms, small.syms)
	} else {
		sh.syms = appendMerged(names, large.syms, small.syms)
	}
	sh.indexed().sum.Store(sum)
	slot.Store(sh)
}

// sumNames returns a sum over the names, to tell shapes from others by.
func (sh *Shape) sumNames() uint64 {
	x := sh.indexed()
	sum := x.sum.Load()
	if sum == 0 {
		for _, s := range sh.syms {
			sum += mixSym(s)
		}
		x.sum.Store(sum)
	}
	return sum
}

func mixSym(s Sym) uint64 {
	x := uint64(s) * 0x9e3779b97f4a7c15
	return (x ^ x>>32) * 0xd6e8feb86659fd93
}
