package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// A Snapshotter is a store that gives a snapshot of all that it has.
type Snapshotter interface {
	// Graph returns a snapshot of all valid paths.
	Graph(ctx context.Context) (*Graph, error)
	// GraphCost returns how many calls of PathInfo take about as long as Graph.
	GraphCost(ctx context.Context) (int, error)
}

// A Lookup answers questions about what a store's paths refer to. It asks for one
// path at a time and remembers it, until so many are wanted that a snapshot of the
// store, if it gives one, costs no more: then that is taken, once, and asked. It is
// safe for concurrent use.
type Lookup struct {
	st Reader

	mu    sync.Mutex // mu guards the fields below
	known map[Path]*PathInfo
	graph *Graph // nil until it was worth it
	cost  int    // of the graph, in paths; 0 if it is not known yet
}

// NewLookup returns a lookup of a store.
func NewLookup(st Reader) *Lookup { return &Lookup{st: st, known: make(map[Path]*PathInfo)} }

// References returns what p refers to, as [PathInfo] has it. If p is not valid,
// errors.Is(err, ErrInvalidPath).
func (l *Lookup) References(ctx context.Context, p Path) ([]Path, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g, err := l.snapshot(ctx, len(l.known)+1)
	if err != nil {
		return nil, err
	}
	if g != nil {
		if i, found := g.Index(p); found {
			return g.referencePaths(i), nil
		}
	}
	info, err := l.info(ctx, p)
	if err != nil {
		return nil, err
	}
	return info.References, nil
}

// info asks for a path unless it is known. The caller holds l.mu.
func (l *Lookup) info(ctx context.Context, p Path) (*PathInfo, error) {
	if info, ok := l.known[p]; ok {
		return info, nil
	}
	info, err := l.st.PathInfo(ctx, p)
	if err == nil {
		l.known[p] = info
	}
	return info, err
}

// snapshot returns the graph of the store, if it is worth it when so many paths are
// wanted, or else nil. The caller holds l.mu.
func (l *Lookup) snapshot(ctx context.Context, wanted int) (g *Graph, err error) {
	const few = 32 // for which it never is
	whole, ok := l.st.(Snapshotter)
	if l.graph != nil || !ok || wanted < few {
		return l.graph, nil
	}
	if l.cost == 0 {
		if l.cost, err = whole.GraphCost(ctx); err != nil {
			return nil, err
		}
		l.cost = max(l.cost, few)
	}
	if wanted >= l.cost {
		l.graph, err = whole.Graph(ctx)
	}
	return l.graph, err
}

// Requisites returns the closure of roots, as the function [Requisites] does.
func (l *Lookup) Requisites(ctx context.Context, roots ...Path) ([]Path, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g, all, err := l.reach(ctx, roots)
	if err != nil || g == nil {
		slices.Sort(all)
		return all, err
	}
	found, err := g.indexes(roots)
	if err != nil {
		return nil, err
	}
	return g.pathsOf(g.Requisites(found)), nil
}

// reach returns the closure of roots, in no order: all of it is known then. If that is
// not worth it, the graph of the store is returned instead. The caller holds l.mu.
func (l *Lookup) reach(ctx context.Context, roots []Path) (*Graph, []Path, error) {
	seen := make(map[Path]bool, len(roots))
	var all []Path
	add := func(paths []Path) {
		for _, p := range paths {
			if !seen[p] {
				seen[p] = true
				all = append(all, p)
			}
		}
	}
	if g, err := l.snapshot(ctx, len(roots)); g != nil || err != nil {
		return g, nil, err
	}
	add(roots)
	for next := 0; next < len(all); next++ {
		if err := ctx.Err(); err != nil {
			return nil, nil, fmt.Errorf("find requisites: %w", err)
		}
		info, err := l.info(ctx, all[next])
		if err != nil {
			return nil, nil, err
		}
		add(info.References)
		if g, err := l.snapshot(ctx, len(all)); g != nil || err != nil {
			return g, nil, err
		}
	}
	return nil, all, nil
}

// Closure returns a graph of the closure of roots. There may be more in it. If a root
// is not valid, errors.Is(err, ErrInvalidPath).
func (l *Lookup) Closure(ctx context.Context, roots ...Path) (*Graph, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	g, all, err := l.reach(ctx, roots)
	if err != nil || g != nil {
		return g, err
	}
	nodes := make([]GraphNode, len(all))
	position := make(map[Path]int32, len(all))
	for i, p := range all {
		info := l.known[p]
		nodes[i] = GraphNode{Path: p, NarSize: info.NarSize, Registered: info.RegistrationTime, Deriver: info.Deriver}
		position[p] = int32(i)
	}
	var refs [][2]int32
	for i, p := range all {
		for _, r := range l.known[p].References {
			refs = append(refs, [2]int32{int32(i), position[r]})
		}
	}
	return NewGraph(nodes, refs, nil), nil
}

// TopoSort returns paths without duplicates such that each comes after those of them
// that it refers to, as the function [TopoSort] does. Those that are not valid refer to
// nothing.
func (l *Lookup) TopoSort(ctx context.Context, paths []Path) ([]Path, error) {
	l.mu.Lock()
	g, err := l.snapshot(ctx, len(paths))
	l.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if g != nil {
		if found, err := g.indexes(paths); err == nil {
			sorted, err := g.TopoSort(found)
			return g.pathsOf(sorted), err
		}
	}
	return TopoSort(ctx, paths, func(ctx context.Context, p Path) ([]Path, error) {
		refs, err := l.References(ctx, p)
		if errors.Is(err, ErrInvalidPath) {
			return nil, nil
		}
		return refs, err
	})
}

// indexes returns those of paths. For one that the graph does not have it is an error
// for which errors.Is(err, ErrInvalidPath).
func (g *Graph) indexes(paths []Path) ([]int32, error) {
	out := make([]int32, len(paths))
	for i, p := range paths {
		var found bool
		if out[i], found = g.Index(p); !found {
			return nil, fmt.Errorf("query %s: %w", p, ErrInvalidPath)
		}
	}
	return out, nil
}

// pathsOf returns the paths with these indexes.
func (g *Graph) pathsOf(indexes []int32) []Path {
	out := make([]Path, len(indexes))
	for k, i := range indexes {
		out[k] = g.Paths[i]
	}
	return out
}

// referencePaths returns what path i refers to, itself among it.
func (g *Graph) referencePaths(i int32) []Path {
	refs := g.pathsOf(g.References(i))
	if g.HasSelfRef(i) {
		at, _ := slices.BinarySearch(refs, g.Paths[i])
		refs = slices.Insert(refs, at, g.Paths[i])
	}
	return refs
}
