package syntax

import "nixbench/engine/pages"

// An arena allocates nodes in blocks, which is several times quicker than one by
// one. A block lives as long as any node in it, that is as long as the tree;
// after a reset its memory is used for another tree.
type arena struct {
	ints     slab[Int]
	strs     slab[Str]
	paths    slab[Path]
	interps  slab[Interp]
	parts    slab[Part]
	vars     slab[Var]
	refs     slab[WithRef]
	refLists slab[[]WithRef]
	selects  slab[Select]
	hasAttrs slab[HasAttr]
	names    slab[AttrName]
	sets     slab[Attrs]
	attrs    slab[Attr]
	lists    slab[List]
	exprs    slab[Expr]
	lambdas  slab[Lambda]
	formals  slab[Formal]
	calls    slab[Call]
	lets     slab[Let]
	withs    slab[With]
	ifs      slab[If]
	asserts  slab[Assert]
	nots     slab[Not]
	binaries slab[Binary]
	folds    slab[Folded]
}

// reset takes back all that was allocated. Nobody may refer to it any more.
func (a *arena) reset() {
	a.ints.reset()
	a.strs.reset()
	a.paths.reset()
	a.interps.reset()
	a.parts.reset()
	a.vars.reset()
	a.refs.reset()
	a.refLists.reset()
	a.selects.reset()
	a.hasAttrs.reset()
	a.names.reset()
	a.sets.reset()
	a.attrs.reset()
	a.lists.reset()
	a.exprs.reset()
	a.lambdas.reset()
	a.formals.reset()
	a.calls.reset()
	a.lets.reset()
	a.withs.reset()
	a.ifs.reset()
	a.asserts.reset()
	a.nots.reset()
	a.binaries.reset()
	a.folds.reset()
}

// A slab hands out values from blocks whose size grows with the demand.
type slab[T any] struct {
	free   []T   // zero; the rest of the last block in use
	blocks [][]T // those in use, then those that are not
	used   int   // blocks in use
	size   int   // of the last block that was made
}

const (
	minBlock   = 8
	maxBlock   = 512
	keptBlocks = 16 // of each slab of an arena that is used again
)

// keptElems and keptBytes are the most elements of a stack, and bytes of a buffer, that
// are kept for the next file: what one very large file needed is not held for the others.
const (
	keptElems = 1 << 12
	keptBytes = 1 << 20
)

func (s *slab[T]) alloc() *T {
	if len(s.free) == 0 {
		s.more(1)
	}
	v := &s.free[0]
	s.free = s.free[1:]
	return v
}

// take returns n zero values; appending to them copies them.
func (s *slab[T]) take(n int) []T {
	if n == 0 {
		return nil
	}
	if n > len(s.free) {
		if n > max(minBlock, s.size)/4 && n > 1 {
			return make([]T, n)
		}
		s.more(n)
	}
	taken := s.free[:n:n]
	s.free = s.free[n:]
	return taken
}

// more makes the next block the current one; n values fit into any.
func (s *slab[T]) more(n int) {
	if s.used == len(s.blocks) {
		s.size = min(max(minBlock, 2*s.size), maxBlock)
		s.blocks = append(s.blocks, make([]T, s.size))
	}
	s.free = s.blocks[s.used]
	s.used++
	if n > len(s.free) {
		s.more(n)
	}
}

func (s *slab[T]) reset() {
	for i, b := range s.blocks[:min(s.used, keptBlocks)] {
		if i == s.used-1 {
			b = b[:len(b)-len(s.free)]
		}
		clear(b)
	}
	if len(s.blocks) > keptBlocks {
		for _, b := range s.blocks[keptBlocks:] {
			pages.Discard(b)
		}
		s.blocks = append([][]T(nil), s.blocks[:keptBlocks]...)
	}
	s.free, s.used = nil, 0
}

// Stacks hold what has been read of nodes that are not complete.
type stacks struct {
	parts  []Part    // pieces of strings and paths
	pieces []indPart // pieces of indented strings
	params []Formal
	exprs  []Expr     // elements of lists and calls
	attrs  []Attr     // attributes of sets, see keepAttrs
	names  []AttrName // components of attribute paths
}

// idle holds stacks that no parser uses.
var idle = pool[stacks]{}

// borrow gives the parser stacks that another has used.
func (p *parser) borrow() {
	p.stacks = *idle.get()
	if p.attrs == nil {
		p.attrs = make([]Attr, 0, 256)
	}
}

// giveBack lets others use the stacks. Nothing of the tree is left in them.
func (p *parser) giveBack() {
	s := stacks{
		parts: emptied(p.parts), pieces: emptied(p.pieces), params: emptied(p.params),
		exprs: emptied(p.exprs), attrs: emptied(p.attrs), names: emptied(p.names),
	}
	p.stacks = stacks{}
	idle.put(&s)
}

// emptied returns a stack without elements; nothing refers to those it had.
func emptied[T any](stack []T) []T {
	if cap(stack) > keptElems {
		pages.Discard(stack[:cap(stack)])
		return nil
	}
	clear(stack[:cap(stack)])
	return stack[:0]
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

// popParts takes the pieces from base on off the stack.
func (p *parser) popParts(base int) []Part {
	parts := p.arena.parts.take(len(p.parts) - base)
	copy(parts, p.parts[base:])
	p.parts = p.parts[:base]
	return parts
}
