package closure

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"nixbench/store"
)

// drawGraph draws a small graph whose paths refer to later ones, and some
// roots of it.
func drawGraph(t *rapid.T) *Graph {
	n := rapid.IntRange(1, 14).Draw(t, "paths")
	nodes := make([]store.GraphNode, n)
	for i := range nodes {
		nodes[i] = store.GraphNode{Path: path(fmt.Sprintf("p%02d", i)), NarSize: int64(1) << i}
	}
	var refs [][2]int32
	for i := range n {
		for j := i + 1; j < n; j++ {
			if rapid.IntRange(0, 3).Draw(t, "refers") == 0 {
				refs = append(refs, [2]int32{int32(i), int32(j)})
			}
		}
	}
	var roots []store.Path
	for range rapid.IntRange(1, 3).Draw(t, "roots") {
		roots = append(roots, path(fmt.Sprintf("p%02d", rapid.IntRange(0, n-1).Draw(t, "root"))))
	}
	g, err := New(store.NewGraph(nodes, refs, nil), roots...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// unreached is what roots do not lead to without some paths and references.
func unreached(g *Graph, removed []Node, cut []Reference) (gone []Node) {
	seen := map[Node]bool{}
	var visit func(Node)
	visit = func(n Node) {
		if seen[n] || slices.Contains(removed, n) {
			return
		}
		seen[n] = true
		for _, r := range g.References(n) {
			if !slices.Contains(cut, Reference{n, r}) {
				visit(r)
			}
		}
	}
	for _, r := range g.Roots() {
		visit(r)
	}
	for n := range Node(g.Len()) {
		if !seen[n] {
			gone = append(gone, n)
		}
	}
	return gone
}

// What leaves with a set of paths, or of references, is what a walk from the
// roots does not meet without them.
func TestWithoutAgainstPlainWalk(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		node := rapid.Map(rapid.IntRange(0, g.Len()-1), func(i int) Node { return Node(i) })
		removed := rapid.SliceOfN(node, 0, 4).Draw(t, "removed")
		gone, size := g.Without(removed...)
		if want := unreached(g, removed, nil); !slices.Equal(gone, want) || size != sum(g, want) {
			t.Errorf("without %v: %v of %d bytes, want %v of %d", removed, gone, size, want, sum(g, want))
		}
		reference := rapid.Custom(func(t *rapid.T) Reference { return Reference{node.Draw(t, "from"), node.Draw(t, "to")} })
		cut := rapid.SliceOfN(reference, 0, 12).Draw(t, "cut")
		for n := range Node(g.Len()) {
			for _, r := range g.References(n) {
				if rapid.IntRange(0, 3).Draw(t, "cuts") == 0 {
					cut = append(cut, Reference{n, r})
				}
			}
		}
		gone, size = g.WithoutReferences(cut...)
		if want := unreached(g, nil, cut); !slices.Equal(gone, want) || size != sum(g, want) {
			t.Errorf("without references %v: %v of %d bytes, want %v of %d", cut, gone, size, want, sum(g, want))
		}
	})
}

// So it is where thousands leave: each path refers to the three after it, and
// another root to one in the middle.
func TestWithoutMany(t *testing.T) {
	const n = 4 * fewSet
	nodes := make([]store.GraphNode, n)
	var refs [][2]int32
	for i := range nodes {
		nodes[i] = store.GraphNode{Path: store.Path(fmt.Sprintf("/nix/store/%032d-p", i)), NarSize: int64(i)}
		for k := i + 1; k <= i+3 && k < n-1; k++ {
			refs = append(refs, [2]int32{int32(i), int32(k)})
		}
	}
	refs = append(refs, [2]int32{n - 1, n - 100})
	top, other := nodes[0].Path, nodes[n-1].Path
	g, err := New(store.NewGraph(nodes, refs, nil), top, other)
	if err != nil {
		t.Fatal(err)
	}
	removed := g.Roots()[:1]
	gone, size := g.Without(removed...)
	if want := unreached(g, removed, nil); len(want) != n-100 || !slices.Equal(gone, want) || size != sum(g, want) {
		t.Errorf("%d paths of %d bytes leave, want %d of %d", len(gone), size, len(want), sum(g, want))
	}
}

func sum(g *Graph, nodes []Node) (size int64) {
	for _, n := range nodes {
		size += g.OwnSize(n)
	}
	return size
}

// A derivation counts what its valid outputs take, a source itself.
func TestBuildTime(t *testing.T) {
	nodes := []store.GraphNode{
		{Path: path("app.drv"), NarSize: 1}, {Path: path("app"), NarSize: 100}, {Path: path("app-doc"), NarSize: 50},
		{Path: path("cc.drv"), NarSize: 1}, {Path: path("cc"), NarSize: 1000},
		{Path: path("src"), NarSize: 7}, {Path: path("unbuilt.drv"), NarSize: 1},
	}
	refs := [][2]int32{{0, 3}, {0, 5}, {3, 5}, {0, 6}}
	st := store.NewGraph(nodes, refs, [][2]int32{{0, 1}, {0, 2}, {3, 4}})
	g, err := BuildTime(st, path("app.drv"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][3]int64{}
	for n := range Node(g.Len()) {
		got[g.Path(n).Name()] = [3]int64{g.OwnSize(n), g.ClosureSize(n), g.AddedSize(n)}
	}
	want := map[string][3]int64{"app.drv": {150, 1157, 1157}, "cc.drv": {1000, 1007, 1000}, "src": {7, 7, 7}, "unbuilt.drv": {}}
	if fmt.Sprint(got) != fmt.Sprint(want) || g.Total() != 1157 {
		t.Errorf("sizes = %v of %d, want %v of 1157", got, g.Total(), want)
	}
	app, _ := g.Node(path("app.drv"))
	if outs := g.Outputs(app); len(outs) != 2 {
		t.Errorf("Outputs of app.drv = %v, want app and app-doc", outs)
	}
}
