// A shape is the layout of a set: its names, sorted by symbol, and where each
// was defined. Sets made by the same expression share one shape, and so do the
// results of the same operations on sets of the same shapes, through
// transitions: the first a // b of two shapes computes which value comes from
// where, the next ones only gather.
//
// What is derived from a shape (hash index, lexicographic order, transitions)
// is built when first needed, behind atomic pointers; two goroutines may build
// it twice, which does no harm.

package eval

import (
	"cmp"
	"slices"
	"sync/atomic"
)

// A Shape is the layout that sets share. It is immutable, and safe for
// concurrent use.
type Shape struct {
	syms   []Sym       // sorted, unique; if placed, the positions are behind them
	from   *transition // what it was made by, if that had positions
	deep   uint8       // how many shapes posAt goes through
	placed bool        // there are positions of its own
	at     Pos         // of the expression, for a set that was written as one

	index atomic.Pointer[nameIndex] // shared by shapes that share syms
	more  atomic.Pointer[derived]
}

// Derived is what few shapes have.
type derived struct {
	bare  atomic.Pointer[Shape] // the same without positions
	trans atomic.Pointer[transitions]
}

// A nameIndex is what is derived from the names of a shape.
type nameIndex struct {
	hash  atomic.Pointer[[]int32] // open addressing: index+1 into syms
	finds atomic.Int32            // by bisection, before there is a hash
	lex   atomic.Pointer[[]int32] // indices of syms in lexicographic order
}

const (
	linearShape = 8  // up to so many names, search from left to right
	binaryShape = 24 // up to so many, bisect; hash beyond
	bisections  = 48 // lookups that a larger shape must see before it is hashed
	maxTrans    = 8  // transitions kept for a shape
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

// NewShape returns the shape of sets with these names, for builtins that make
// sets of fixed names. See [State.AttrsOf]. Names must be unique.
func NewShape(names ...string) *Shape {
	sh := &Shape{syms: make([]Sym, len(names))}
	for i, name := range names {
		sh.syms[i] = Intern(name)
	}
	slices.Sort(sh.syms)
	return sh
}

// find returns the index of s, or -1.
func (sh *Shape) find(s Sym) int {
	n := len(sh.syms)
	if n <= linearShape {
		for i, x := range sh.syms {
			if x == s {
				return i
			}
		}
		return -1
	}
	if n > binaryShape {
		x := sh.indexed()
		if h := x.hash.Load(); h != nil || x.finds.Add(1) > bisections {
			return sh.findHashed(h, s)
		}
	}
	lo, hi := 0, n
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		if sh.syms[m] < s {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo < n && sh.syms[lo] == s {
		return lo
	}
	return -1
}

func hashSym(s Sym) uint32 { return uint32(s) * 2654435769 >> 7 }

func (sh *Shape) findHashed(p *[]int32, s Sym) int {
	if p == nil {
		p = sh.buildHash()
	}
	h := *p
	mask := uint32(len(h) - 1)
	for i := hashSym(s) & mask; ; i = (i + 1) & mask {
		x := h[i]
		if x == 0 {
			return -1
		}
		if sh.syms[x-1] == s {
			return int(x - 1)
		}
	}
}

func (sh *Shape) buildHash() *[]int32 {
	size := 2 * binaryShape
	for size&(size-1) != 0 || size < len(sh.syms)*2 {
		size = (size | (size - 1)) + 1
	}
	h := make([]int32, size)
	mask := uint32(size - 1)
	for k, s := range sh.syms {
		i := hashSym(s) & mask
		for h[i] != 0 {
			i = (i + 1) & mask
		}
		h[i] = int32(k + 1)
	}
	sh.indexed().hash.Store(&h)
	return &h
}

// indexed returns the index of the names, which is there from the first time on
// that somebody asks.
func (sh *Shape) indexed() *nameIndex {
	if x := sh.index.Load(); x != nil {
		return x
	}
	sh.index.CompareAndSwap(nil, &nameIndex{})
	return sh.index.Load()
}

// shareNames makes a shape one with the names of another, which are equal.
func (sh *Shape) shareNames(other *Shape) {
	sh.syms = other.syms[:len(other.syms):len(other.syms)]
	sh.index.Store(other.indexed())
}

// lexOrder returns the indices of the names in lexicographic order.
func (sh *Shape) lexOrder() []int32 { return sh.lexOrderPolled(nil) }

// pollCompared is after how many comparisons a sort calls its poll.
const pollCompared = 1 << 12

// polled returns compare, which calls poll, if it is not nil, once in a while.
func polled[T any](poll func(), compare func(a, b T) int) func(a, b T) int {
	if poll == nil {
		return compare
	}
	n := 0
	return func(a, b T) int {
		if n++; n%pollCompared == 0 {
			poll()
		}
		return compare(a, b)
	}
}

// lexOrderPolled is lexOrder, which calls poll once in a while.
func (sh *Shape) lexOrderPolled(poll func()) []int32 {
	x := sh.indexed()
	if p := x.lex.Load(); p != nil {
		return *p
	}
	names := make([]string, len(sh.syms))
	order := make([]int32, len(sh.syms))
	for i, s := range sh.syms {
		names[i] = SymName(s)
		order[i] = int32(i)
	}
	slices.SortFunc(order, polled(poll, func(a, b int32) int { return cmp.Compare(names[a], names[b]) }))
	x.lex.Store(&order)
	return order
}

// names returns the names in lexicographic order.
func (sh *Shape) names() []string {
	names := make([]string, 0, len(sh.syms))
	for _, i := range sh.lexOrder() {
		names = append(names, SymName(sh.syms[i]))
	}
	return names
}

// posAt returns where the i-th name was defined.
func (sh *Shape) posAt(i int) Pos {
	for sh.from != nil {
		if sh.from.pos != nil {
			return sh.from.pos[i]
		}
		name := sh.syms[i]
		if i = sh.from.right.find(name); i >= 0 {
			sh = sh.from.right
		} else {
			sh = sh.from.left
			i = sh.find(name)
		}
	}
	if !sh.placed {
		return 0
	}
	n := len(sh.syms)
	return Pos(sh.syms[n : 2*n][i])
}

// placedShape returns a shape of n names, yet to be set, with positions.
func placedShape(n int) *Shape { return &Shape{syms: make([]Sym, 2*n)[:n], placed: true} }

// setPos sets a position of a shape that was made by placedShape.
func (sh *Shape) setPos(i int, p Pos) {
	n := len(sh.syms)
	sh.syms[n : 2*n][i] = Sym(p)
}

// derived returns what was derived from the shape, which is there from the first
// time on that somebody asks.
func (sh *Shape) derived() *derived {
	if d := sh.more.Load(); d != nil {
		return d
	}
	sh.more.CompareAndSwap(nil, &derived{})
	return sh.more.Load()
}

// hasPos reports whether there may be positions.
func (sh *Shape) hasPos() bool { return sh.placed || sh.from != nil }

// withoutPos returns the shape with the same names and no positions.
func (sh *Shape) withoutPos() *Shape {
	if !sh.hasPos() {
		return sh
	}
	more := sh.derived()
	if b := more.bare.Load(); b != nil {
		return b
	}
	b := &Shape{}
	b.shareNames(sh)
	more.bare.Store(b)
	return b
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

// mergeShapes computes the transition for a // b.
func mergeShapes(a, b *Shape) *transition {
	n := unionSize(a.syms, b.syms)
	if n == len(b.syms) {
		return &transition{left: a, right: b, res: b}
	}
	t := &transition{left: a, right: b, res: &Shape{}}
	switch {
	case n == len(a.syms):
		t.res.shareNames(a)
	case n < minSharedNames:
		t.res.syms = appendMerged(make([]Sym, 0, n), a.syms, b.syms)
	default:
		t.res.nameMerged(n, a.syms, b.syms)
	}
	if n < minSharedNames {
		t.plan = makePlan(t.res.syms, a.syms, b.syms)
	}
	if a.hasPos() || b.hasPos() {
		t.res.from, t.res.deep = t, max(a.deep, b.deep)+1
	}
	if t.res.deep > maxDeepPos {
		t.res.flattenPos()
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

// A merging yields the names in a or b, which are sorted, in order.
type merging struct{ a, b []Sym }

func (m *merging) next() (name Sym) {
	onLeft := len(m.b) == 0 || len(m.a) > 0 && m.a[0] <= m.b[0]
	if onLeft {
		name = m.a[0]
	} else {
		name = m.b[0]
	}
	if onLeft {
		m.a = m.a[1:]
	}
	if len(m.b) > 0 && m.b[0] == name {
		m.b = m.b[1:]
	}
	return name
}

func (m *merging) done() bool { return len(m.a) == 0 && len(m.b) == 0 }

// appendMerged appends the names in a or b.
func appendMerged(names, a, b []Sym) []Sym {
	for m := (merging{a, b}); !m.done(); {
		names = append(names, m.next())
	}
	return names
}

// nameMerged gives a shape the n names in a or b, and one array of them with other
// shapes that were made lately.
func (sh *Shape) nameMerged(n int, a, b []Sym) {
	h := uint32(n)
	for m := (merging{a, b}); !m.done(); {
		h = (h ^ uint32(m.next())) * 16777619
	}
	slot := &mergedLately[h>>8%uint32(len(mergedLately))]
	if other := slot.Load(); other != nil && other.named(n, merging{a, b}) {
		sh.shareNames(other)
		return
	}
	sh.syms = appendMerged(make([]Sym, 0, n), a, b)
	slot.Store(sh)
}

// named reports whether a shape has the n names that m yields.
func (sh *Shape) named(n int, m merging) bool {
	if len(sh.syms) != n {
		return false
	}
	for _, name := range sh.syms {
		if m.next() != name {
			return false
		}
	}
	return true
}

// minSharedNames is the least number of names that shapes share which were made
// by merging different shapes. Transitions to such shapes have no plan.
const minSharedNames = 256

// mergedLately are large shapes that were made by merging, by the hash of their
// names. Variants of a package set have the same names.
var mergedLately [256]atomic.Pointer[Shape]

// maxDeepPos is how many shapes are gone through for a position.
const maxDeepPos = 8

// flattenPos looks up the positions of a merged shape.
func (sh *Shape) flattenPos() {
	pos := make([]Pos, len(sh.syms))
	for i := range pos {
		pos[i] = sh.posAt(i)
	}
	sh.from, sh.deep = &transition{pos: pos}, 0
}

// unionSize returns how many symbols are in a or b, which are sorted.
func unionSize(a, b []Sym) int {
	n := len(a) + len(b)
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			i++
			j++
			n--
		}
	}
	return n
}
