package closure

import (
	"context"
	"math/bits"
	"sync"

	"nixbench/store/cores"
)

// exactLimit is the number of paths up to which the closure sizes of all are
// found together when one is asked for. It takes some 50 ms at the limit.
const exactLimit = 20_000

// sizeCache holds the closure sizes found so far.
type sizeCache struct {
	mu sync.Mutex
	// mu guards the fields below.
	size    []int64 // by node, -1 if not known
	all     bool    // none is -1
	mark    []int32 // by node: the last walk that came by
	walk    int32
	pending []Node
}

func (c *sizeCache) init(n int) {
	c.size = make([]int64, n)
	for i := range c.size {
		c.size[i] = -1
	}
}

// ClosureSize returns the sum of the NAR sizes of n and all that it leads to,
// in bytes. The first call may take 50 ms; in closures of more than 20,000
// paths the first call for each node takes up to some milliseconds.
func (g *Graph) ClosureSize(n Node) int64 {
	c := &g.sizes
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.size[n] < 0 && g.Len() <= exactLimit {
		copy(c.size, g.allSizes(1))
		c.all = true
	}
	if c.size[n] < 0 {
		c.size[n] = g.walkSize(c, n)
	}
	return c.size[n]
}

// walkSize adds up what n leads to. The caller holds c.mu.
func (g *Graph) walkSize(c *sizeCache, n Node) (size int64) {
	if c.mark == nil {
		c.mark = make([]int32, g.Len())
	}
	c.walk++
	c.mark[n] = c.walk
	todo := append(c.pending[:0], n)
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		size += g.OwnSize(v)
		for _, r := range g.References(v) {
			if c.mark[r] != c.walk {
				c.mark[r] = c.walk
				todo = append(todo, r)
			}
		}
	}
	c.pending = todo
	return size
}

// ClosureSizes returns the closure sizes of all nodes, in bytes. It may take some
// tenths of a second for a closure of 100,000 paths; after it, ClosureSize answers at
// once. The caller must not modify the result.
func (g *Graph) ClosureSizes(ctx context.Context) ([]int64, error) {
	c := &g.sizes
	c.mu.Lock()
	sizes, done := c.size, c.all
	c.mu.Unlock()
	if done {
		return sizes, nil
	}
	sizes, err := g.allSizesContext(ctx, cores.Usable())
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.size, c.all = sizes, true
	return sizes, nil
}

func (g *Graph) allSizes(workers int) []int64 {
	sizes := make([]int64, g.Len())
	g.addBlocks(sizes, workers, func() bool { return false })
	return sizes
}

func (g *Graph) allSizesContext(ctx context.Context, workers int) ([]int64, error) {
	sizes := make([]int64, g.Len())
	g.addBlocks(sizes, workers, func() bool { return ctx.Err() != nil })
	return sizes, ctx.Err()
}

// Sizes are found for a block of nodes at a time: which nodes of the block each node
// leads to is one bit set, found from those of its references in one pass against the
// topological order. Most nodes lead to the same ones as one of their references does,
// and share its set; a set of its own weighs what it has more than another, which a
// table of the sums for each value of each byte tells.
const (
	blockWords = 16
	blockBits  = 64 * blockWords
	blockBytes = 8 * blockWords
)

type (
	blockSet   [blockWords]uint64
	blockTable [blockBytes][256]int64
)

// A sizer finds the sizes of blocks, one after another.
type sizer struct {
	g     *Graph
	sizes []int64    // what has been found
	set   []int32    // by node: the number of its set
	sets  []blockSet // the first is empty, the second has the whole block
	sums  []int64    // by number of a set: the sum of what is in it
	table blockTable
}

// The sets that every block has.
const (
	emptySet = 0
	fullSet  = 1
)

// addBlocks adds to each node's size what it leads to, block by block, until
// stop says so.
func (g *Graph) addBlocks(sizes []int64, workers int, stop func() bool) {
	blocks := (g.Len() + blockBits - 1) / blockBits
	workers = max(1, min(workers, blocks))
	if workers == 1 {
		newSizer(g, sizes).addEvery(0, 1, stop)
		return
	}
	partial := make([][]int64, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			partial[w] = make([]int64, g.Len())
			newSizer(g, partial[w]).addEvery(w, workers, stop)
		})
	}
	wg.Wait()
	for _, part := range partial {
		for i, s := range part {
			sizes[i] += s
		}
	}
}

func newSizer(g *Graph, sizes []int64) *sizer {
	return &sizer{g: g, sizes: sizes, set: make([]int32, g.Len())}
}

// addEvery adds the blocks first, first+step and so on.
func (z *sizer) addEvery(first, step int, stop func() bool) {
	for low := first * blockBits; low < z.g.Len() && !stop(); low += step * blockBits {
		z.addBlock(low, min(low+blockBits, z.g.Len()))
	}
}

// addBlock adds what leads to the nodes from low to high, high excluded. Nodes from
// high on come after the block, and lead to nothing in it.
func (z *sizer) addBlock(low, high int) {
	z.begin(low, high)
	for n := high - 1; n >= 0; n-- {
		at := z.union(Node(n), high)
		if n >= low {
			at = z.with(at, n-low)
		}
		z.set[n] = at
		z.sizes[n] += z.sums[at]
	}
}

// begin makes the table, the empty set and that of the whole block.
func (z *sizer) begin(low, high int) {
	for k := range z.table {
		for value := 1; value < 256; value++ {
			own := int64(0)
			if n := low + 8*k + bits.TrailingZeros(uint(value)); n < high {
				own = z.g.OwnSize(Node(n))
			}
			z.table[k][value] = z.table[k][value&(value-1)] + own
		}
	}
	var full blockSet
	for n := range high - low {
		full[n/64] |= 1 << (n % 64)
	}
	z.sets = append(z.sets[:0], blockSet{}, full)
	z.sums = append(z.sums[:0], 0, 0)
	z.sums[fullSet] = z.more(&full, emptySet)
}

// union is the set of what the references of n lead to.
func (z *sizer) union(n Node, high int) int32 {
	at := int32(emptySet)
	for _, r := range z.g.References(n) {
		if int(r) >= high {
			continue
		}
		switch other := z.set[r]; {
		case other == at, other == emptySet:
		case other == fullSet:
			return fullSet
		case at == emptySet:
			at = other
		default:
			at = z.join(at, other)
		}
	}
	return at
}

// join is the set of what is in a or in b: one of them, if it has the other.
func (z *sizer) join(a, b int32) int32 {
	x, y := &z.sets[a], &z.sets[b]
	var both blockSet
	more, less := uint64(0), uint64(0) // what each lacks
	for k := range both {
		both[k] = x[k] | y[k]
		more |= both[k] ^ x[k]
		less |= both[k] ^ y[k]
	}
	switch {
	case more == 0:
		return a
	case less == 0:
		return b
	}
	return z.add(&both, a)
}

// with is set a and a node of the block.
func (z *sizer) with(a int32, bit int) int32 {
	set := z.sets[a]
	set[bit/64] |= 1 << (bit % 64)
	return z.add(&set, a)
}

// add makes a set that has what set a has and more.
func (z *sizer) add(set *blockSet, a int32) int32 {
	if *set == z.sets[fullSet] {
		return fullSet
	}
	z.sets = append(z.sets, *set)
	z.sums = append(z.sums, z.sums[a]+z.more(set, a))
	return int32(len(z.sets) - 1)
}

// more is the sum of what is in set and not in a.
func (z *sizer) more(set *blockSet, a int32) (sum int64) {
	have := &z.sets[a]
	for k, word := range set {
		word &^= have[k]
		for j := 0; word != 0; j++ {
			sum += z.table[8*k+j][byte(word)]
			word >>= 8
		}
	}
	return sum
}
