package store

import "testing"

func TestMergeGraphs(t *testing.T) {
	node := func(name string, size int64) GraphNode {
		return GraphNode{Path: Path("/nix/store/0123456789abcdfghijklmnpqrsvwxyz-" + name), NarSize: size}
	}
	a := NewGraph([]GraphNode{node("app", 1), node("lib", 2)}, [][2]int32{{0, 1}}, nil)
	b := NewGraph([]GraphNode{node("lib", 20), node("other", 3)}, [][2]int32{{1, 0}}, nil)
	g := MergeGraphs(a, b)
	if g.Len() != 3 {
		t.Fatalf("got %d paths, want 3", g.Len())
	}
	lib, _ := g.Index(node("lib", 0).Path)
	if g.NarSize[lib] != 2 {
		t.Errorf("got size %d of the shared path, want the first store's 2", g.NarSize[lib])
	}
	if n := len(g.Referrers(lib)); n != 2 {
		t.Errorf("got %d referrers of the shared path, want 2", n)
	}
}

// A derivation that both stores have may have been built in the second alone.
func TestMergeGraphsOutputs(t *testing.T) {
	node := func(name string) GraphNode {
		return GraphNode{Path: Path("/nix/store/0123456789abcdfghijklmnpqrsvwxyz-" + name)}
	}
	a := NewGraph([]GraphNode{node("x.drv"), node("x-dev")}, nil, [][2]int32{{0, 1}})
	b := NewGraph([]GraphNode{node("x"), node("x-dev"), node("x.drv")}, nil, [][2]int32{{2, 0}, {2, 1}})
	g := MergeGraphs(a, b)
	drv, _ := g.Index(node("x.drv").Path)
	if n := len(g.Outputs(drv)); n != 2 {
		t.Errorf("got %d outputs, want 2", n)
	}
}
