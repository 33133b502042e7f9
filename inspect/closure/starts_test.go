package closure

import (
	"fmt"
	"slices"
	"testing"

	"nixbench/store"
)

func TestStarts(t *testing.T) {
	path := func(name string) store.Path { return store.Path("/nix/store/0123456789abcdfghijklmnpqrsvwxyz-" + name) }
	nodes := []store.GraphNode{
		{Path: path("source"), Registered: 99, NarSize: 70},
		{Path: path("a.drv"), Registered: 99, Deriver: path("b.drv"), NarSize: 999},
		{Path: path("empty"), Registered: 1},
	}
	for i := range 6 {
		nodes = append(nodes, store.GraphNode{
			Path: path(fmt.Sprintf("out-%d", i)), Registered: int64(i), Deriver: path("a.drv"), NarSize: int64(100 - 10*i),
		})
	}
	used := int32(len(nodes) - 1) // the newest is needed by another
	g := store.NewGraph(nodes, [][2]int32{{used - 1, used}}, nil)
	names := func(list []int32) (out []string) {
		for _, i := range list {
			out = append(out, g.Paths[i].Name())
		}
		return out
	}
	for _, tt := range []struct {
		what string
		got  []int32
		want []string
	}{
		{"Newest 3", Newest(g, 3), []string{"out-4", "out-3", "out-2"}},
		{"Newest 9", Newest(g, 9), []string{"out-4", "out-3", "out-2", "out-1", "out-0"}},
		{"Largest 3", Largest(g, 3), []string{"out-0", "out-1", "out-2"}},
		{"Largest 5", Largest(g, 5), []string{"out-0", "out-1", "out-2", "out-3", "source"}},
		{"Largest 20", Largest(g, 20), []string{"out-0", "out-1", "out-2", "out-3", "source", "out-4", "out-5"}},
	} {
		if got := names(tt.got); !slices.Equal(got, tt.want) {
			t.Errorf("%s = %v, want %v", tt.what, got, tt.want)
		}
	}
}

func TestChains(t *testing.T) {
	nodes := make([]store.GraphNode, 5)
	for i := range nodes {
		nodes[i].Path = store.Path(fmt.Sprintf("/nix/store/%032d-p%d", i, i))
	}
	// p0 -> p1 -> p3 -> p4, p0 -> p2 -> p4
	g, err := New(store.NewGraph(nodes, [][2]int32{{0, 1}, {0, 2}, {1, 3}, {2, 4}, {3, 4}}, nil), nodes[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	cost := map[store.Path]int64{nodes[0].Path: 1, nodes[1].Path: 2, nodes[2].Path: 50, nodes[3].Path: 4, nodes[4].Path: 8}
	chains := g.Chains(func(n Node) int64 { return cost[g.Path(n)] })
	for i, want := range []int64{59, 14, 58, 12, 8} {
		n, _ := g.Node(nodes[i].Path)
		if chains[n] != want {
			t.Errorf("chain of p%d = %d, want %d", i, chains[n], want)
		}
	}
}
