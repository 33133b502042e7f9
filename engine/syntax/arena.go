package syntax

import "sync"

// An arena allocates the commonest nodes in blocks, which is several times
// quicker than one by one. A block lives as long as any node in it, that is as
// long as the tree.
type arena struct {
	vars     slab[Var]
	strs     slab[Str]
	selects  slab[Select]
	calls    slab[Call]
	binaries slab[Binary]
	sets     slab[Attrs]
	lambdas  slab[Lambda]
	exprs    slab[Expr]
	names    slab[AttrName]
	attrs    slab[Attr]
}

// A slab hands out values from blocks whose size grows with the demand.
type slab[T any] struct {
	free []T
	size int
}

const (
	minBlock = 8
	maxBlock = 256
)

func (s *slab[T]) alloc() *T {
	return &s.take(1)[0]
}

// take returns n zero values; appending to them copies them.
func (s *slab[T]) take(n int) []T {
	if n == 0 {
		return nil
	}
	if n > len(s.free) {
		s.size = min(max(minBlock, 2*s.size), maxBlock)
		if n > s.size/4 && n > 1 {
			return make([]T, n)
		}
		s.free = make([]T, s.size)
	}
	taken := s.free[:n:n]
	s.free = s.free[n:]
	return taken
}

// Stacks hold what has been read of nodes that are not complete.
type stacks struct {
	exprs []Expr     // elements of lists and calls
	attrs []Attr     // attributes of sets, see keepAttrs
	names []AttrName // components of attribute paths
}

// idle holds *stacks that no parser uses.
var idle = sync.Pool{New: func() any { return &stacks{attrs: make([]Attr, 0, 256)} }}

// borrow gives the parser stacks that another has used.
func (p *parser) borrow() { p.stacks = *idle.Get().(*stacks) }

// giveBack lets others use the stacks. Nothing of the tree is left in them.
func (p *parser) giveBack() {
	s := p.stacks
	clear(s.exprs[:cap(s.exprs)])
	clear(s.attrs[:cap(s.attrs)])
	clear(s.names[:cap(s.names)])
	s.exprs, s.attrs, s.names = s.exprs[:0], s.attrs[:0], s.names[:0]
	p.stacks = stacks{}
	idle.Put(&s)
}

// popExprs takes the elements from base on off the stack.
func (p *parser) popExprs(base int) []Expr {
	if base == len(p.exprs) {
		return nil
	}
	es := p.arena.exprs.take(len(p.exprs) - base)
	copy(es, p.exprs[base:])
	p.exprs = p.exprs[:base]
	return es
}
