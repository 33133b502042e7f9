package closure

import (
	"context"
	"math/bits"
	"runtime"
	"sync"
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

// ClosureSizes returns the closure sizes of all nodes, in bytes. It may take
// seconds for a closure of 100,000 paths; after it, ClosureSize answers at
// once. The caller must not modify the result.
func (g *Graph) ClosureSizes(ctx context.Context) ([]int64, error) {
	c := &g.sizes
	c.mu.Lock()
	sizes, done := c.size, c.all
	c.mu.Unlock()
	if done {
		return sizes, nil
	}
	sizes, err := g.allSizesContext(ctx, runtime.GOMAXPROCS(0))
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

// Sizes are found for a block of nodes at a time: which nodes of the block
// each node leads to is one bit set, found from those of its references in one
// pass against the topological order. A table of the sums for each value of
// each byte then weighs the set.
const (
	blockWords = 8
	blockBits  = 64 * blockWords
	blockBytes = 8 * blockWords
)

type (
	blockSet   [blockWords]uint64
	blockTable [blockBytes][256]int64
)

// addBlocks adds to each node's size what it leads to, block by block, until
// stop says so.
func (g *Graph) addBlocks(sizes []int64, workers int, stop func() bool) {
	blocks := (g.Len() + blockBits - 1) / blockBits
	workers = max(1, min(workers, blocks))
	if workers == 1 {
		g.addEvery(sizes, 0, 1, stop)
		return
	}
	partial := make([][]int64, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			partial[w] = make([]int64, g.Len())
			g.addEvery(partial[w], w, workers, stop)
		})
	}
	wg.Wait()
	for _, part := range partial {
		for i, s := range part {
			sizes[i] += s
		}
	}
}

// addEvery adds the blocks first, first+step and so on.
func (g *Graph) addEvery(sizes []int64, first, step int, stop func() bool) {
	sets := make([]blockSet, g.Len())
	var table blockTable
	for low := first * blockBits; low < g.Len() && !stop(); low += step * blockBits {
		g.addBlock(sizes, low, sets, &table)
	}
}

func (g *Graph) addBlock(sizes []int64, low int, sets []blockSet, table *blockTable) {
	high := min(low+blockBits, g.Len())
	for k := range table {
		for value := 1; value < 256; value++ {
			own := int64(0)
			if n := low + 8*k + bits.TrailingZeros(uint(value)); n < high {
				own = g.OwnSize(Node(n))
			}
			table[k][value] = table[k][value&(value-1)] + own
		}
	}
	// Nodes from high on come after the block, and lead to nothing in it.
	for n := high - 1; n >= 0; n-- {
		var set blockSet
		if n >= low {
			set[(n-low)/64] = 1 << ((n - low) % 64)
		}
		for _, r := range g.References(Node(n)) {
			if int(r) < high {
				for k, word := range &sets[r] {
					set[k] |= word
				}
			}
		}
		sets[n] = set
		for k, word := range set {
			for j := 0; word != 0; j++ {
				sizes[n] += table[8*k+j][byte(word)]
				word >>= 8
			}
		}
	}
}
