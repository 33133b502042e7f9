package closure

import (
	"context"
	"fmt"

	"nixbench/store"
)

// manyPaths is how many paths are asked for one by one before it is worth while to
// take a snapshot of the whole store.
const manyPaths = 1000

// Load returns the closure of roots in a store that is asked for one path at a
// time, until there are many: then, if the store can give a snapshot, that is
// taken. Errors are those of [New] and of the store.
func Load(ctx context.Context, st store.Reader, roots ...store.Path) (*Graph, error) {
	var nodes []store.GraphNode
	var edges [][2]int32
	position := make(map[store.Path]int32) // in nodes
	add := func(p store.Path) int32 {
		at, found := position[p]
		if !found {
			at = int32(len(nodes))
			position[p] = at
			nodes = append(nodes, store.GraphNode{Path: p})
		}
		return at
	}
	for _, p := range roots {
		add(p)
	}
	for next := int32(0); int(next) < len(nodes); next++ {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("load closure: %w", err)
		}
		if whole, ok := st.(snapshotter); ok && len(nodes) >= manyPaths {
			g, err := whole.Graph(ctx)
			if err != nil {
				return nil, fmt.Errorf("load closure: %w", err)
			}
			return New(g, roots...)
		}
		info, err := st.PathInfo(ctx, nodes[next].Path)
		if err != nil {
			return nil, fmt.Errorf("load closure: %w", err)
		}
		n := &nodes[next]
		n.NarSize, n.Registered, n.Deriver = info.NarSize, info.RegistrationTime, info.Deriver
		for _, r := range info.References {
			edges = append(edges, [2]int32{next, add(r)})
		}
	}
	return New(store.NewGraph(nodes, edges, nil), roots...)
}

// A snapshotter is a store that gives a snapshot of all that it has.
type snapshotter interface {
	Graph(ctx context.Context) (*store.Graph, error)
}
