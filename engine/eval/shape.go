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
	loose atomic.Pointer[Shape] // the same without at
	trans atomic.Pointer[transitions]
}

// A nameIndex is what is derived from the names of a shape.
type nameIndex struct {
	hash  atomic.Pointer[[]int32] // open addressing: index+1 into syms
	finds atomic.Int32            // by bisection, before there is a hash
	lex   atomic.Pointer[[]int32] // indices of syms in lexicographic order
	sum   atomic.Uint64           // of the names as [sumNames] counts them; 0: not known
}

const (
	linearShape = 8  // up to so many names, search from left to right
	binaryShape = 24 // up to so many, bisect; hash beyond
	bisections  = 48 // lookups that a larger shape must see before it is hashed
	maxTrans    = 8  // transitions kept for a shape
)

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

// unplaced returns the shape of the same attributes in a set that was not written as one.
func (sh *Shape) unplaced() *Shape {
	if sh.at == 0 {
		return sh
	}
	more := sh.derived()
	if l := more.loose.Load(); l != nil {
		return l
	}
	l := &Shape{syms: sh.syms, from: sh.from, deep: sh.deep, placed: sh.placed}
	l.index.Store(sh.indexed())
	more.loose.Store(l)
	return l
}
