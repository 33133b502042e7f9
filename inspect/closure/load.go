package closure

import (
	"context"
	"fmt"

	"nixbench/store"
)

// Load returns the closure of roots in a store that is asked for one path at a
// time. For a store that gives a snapshot, [New] is quicker. Errors are those
// of New and of the store.
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
