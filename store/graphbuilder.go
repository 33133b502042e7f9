package store

import (
	"cmp"
	"encoding/binary"
	"slices"
	"sort"
	"sync"

	"nixbench/store/edges"
)

// A GraphBuilder makes a [Graph] of what is added to it, without taking much more
// memory than that: first all paths, whose positions are in the order in which they
// are added, then Sort, then what leads from one to another. It is not safe for
// concurrent use.
type GraphBuilder struct {
	g    *Graph
	rank []int32  // by position: the index in the graph
	keys []uint64 // by index: the path's sortKey; nil if there is more than one store directory
	// The place in derivers of those that are not valid.
	invalid map[Path]int32
	report  *Progress
	refs    *edges.Builder[int32] // from Sort on
	outputs *edges.Builder[int32] // nil as long as there are none
}

// NewGraphBuilder returns a builder with room for so many paths.
func NewGraphBuilder(paths int) *GraphBuilder {
	return &GraphBuilder{g: &Graph{
		Paths: make([]Path, 0, paths), NarSize: make([]int64, 0, paths), Registered: make([]int64, 0, paths),
	}}
}

// Report makes the builder tell p, which may be nil, how far it is. It is called before
// anything is added.
func (b *GraphBuilder) Report(p *Progress) {
	b.report = p
	p.Begin(cap(b.g.Paths))
}

// AddPath adds a path, which is not there yet.
func (b *GraphBuilder) AddPath(p Path, narSize, registered int64) {
	if b.report != nil && (len(b.g.Paths)+1)%reportEvery == 0 {
		b.report.Did(reportEvery)
	}
	b.g.Paths = append(b.g.Paths, p)
	b.g.NarSize = append(b.g.NarSize, narSize)
	b.g.Registered = append(b.g.Registered, registered)
}

// sortKey returns the beginning of the base name of a path, its digest, as a number:
// where these differ, they are in the order of the paths, if those are of one store
// directory.
func sortKey(base string) uint64 {
	var b [8]byte
	copy(b[:], base)
	return binary.BigEndian.Uint64(b[:])
}

// Sort puts the paths in order, and makes room for so many references.
func (b *GraphBuilder) Sort(refs int) {
	b.report.Did(len(b.g.Paths) % reportEvery)
	if b.report != nil {
		b.report.allRefs.Add(int64(refs))
	}
	type keyed struct {
		key uint64
		at  int32
	}
	g := b.g
	n := len(g.Paths)
	order := make([]keyed, n)
	for i, p := range g.Paths {
		order[i] = keyed{sortKey(p.Base()), int32(i)}
	}
	oneDir := n == 0 || !slices.ContainsFunc(g.Paths, func(p Path) bool { return p.Dir() != g.Paths[0].Dir() })
	slices.SortFunc(order, func(a, b keyed) int {
		if oneDir && a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return cmp.Compare(g.Paths[a.at], g.Paths[b.at])
	})
	b.rank, b.keys = make([]int32, n), make([]uint64, n)
	for i, o := range order {
		b.rank[o.at] = int32(i)
		b.keys[i] = o.key
	}
	if !oneDir {
		b.keys = nil
	}
	g.Paths, g.NarSize, g.Registered = permuted(g.Paths, b.rank), permuted(g.NarSize, b.rank), permuted(g.Registered, b.rank)
	g.self = make([]uint64, (n+63)/64)
	g.derivers = make([]int32, n)
	for i := range g.derivers {
		g.derivers[i] = noDeriver
	}
	b.refs = edges.NewBuilder[int32](n, refs)
}

// permuted returns a list with each element where rank says.
func permuted[T any](list []T, rank []int32) []T {
	out := make([]T, len(list))
	for i, x := range list {
		out[rank[i]] = x
	}
	return out
}

// index returns that of a path.
func (b *GraphBuilder) index(p Path) (int32, bool) {
	if b.keys == nil {
		return b.g.Index(p)
	}
	key := sortKey(p.Base())
	at, found := sort.Find(len(b.keys), func(i int) int {
		if key != b.keys[i] {
			return cmp.Compare(key, b.keys[i])
		}
		return cmp.Compare(p, b.g.Paths[i])
	})
	return int32(at), found
}

// SetDeriver says what made the path at a position.
func (b *GraphBuilder) SetDeriver(at int32, deriver Path) {
	i, found := b.index(deriver)
	if !found {
		if i, found = b.invalid[deriver]; !found {
			if b.invalid == nil {
				b.invalid = make(map[Path]int32)
			}
			i = ^int32(len(b.g.otherDerivers))
			b.invalid[deriver] = i
			b.g.otherDerivers = append(b.g.otherDerivers, deriver)
		}
	}
	b.g.derivers[b.rank[at]] = i
}

// AddReference adds one path's reference to another, both by position. Those of one
// referrer are added one after the other, and are not there yet.
func (b *GraphBuilder) AddReference(referrer, reference int32) {
	if referrer == reference {
		i := b.rank[referrer]
		b.g.self[i/64] |= 1 << (i % 64)
		return
	}
	b.refs.Add(b.rank[referrer], b.rank[reference])
	if b.report != nil && b.refs.Len()%reportEvery == 0 {
		b.report.refs.Add(reportEvery)
	}
}

// AddOutput adds a valid output of a derivation, as AddReference does.
func (b *GraphBuilder) AddOutput(drv, output int32) {
	if b.outputs == nil {
		b.outputs = edges.NewBuilder[int32](len(b.rank), 0)
	}
	b.outputs.Add(b.rank[drv], b.rank[output])
}

// Graph returns the graph. The builder must not be used any more.
func (b *GraphBuilder) Graph() *Graph {
	b.refs.Sort()
	b.g.refs = b.refs.Lists()
	if b.outputs != nil {
		b.outputs.Sort()
		b.g.outputs = b.outputs.Lists()
	}
	b.g.referrers, b.g.outputOf = sync.OnceValue(b.g.refs.Reversed), sync.OnceValue(b.g.outputs.Reversed)
	return b.g
}
