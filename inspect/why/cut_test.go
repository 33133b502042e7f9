package why

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nixbench/inspect/closure"
	"nixbench/store"
)

func references(g *closure.Graph, refs []closure.Reference) string {
	var out []string
	for _, r := range refs {
		out = append(out, g.Path(r.From).Name()+">"+g.Path(r.To).Name())
	}
	return strings.Join(out, " ")
}

func TestCut(t *testing.T) {
	g := load(t, system)
	for ends, want := range map[[2]string]string{
		{"sys", "perl"}:  "nginx>perl sys>path", // two will do, and of etc's side the nearest
		{"path", "perl"}: "git>perl tex>perl",
		{"sys", "lib"}:   "nginx>lib perl>lib",
		{"sys", "git"}:   "path>git",
		{"etc", "perl"}:  "nginx>perl",
		{"perl", "perl"}: "",
		{"perl", "sys"}:  "",
	} {
		cut, err := New(g, node(g, ends[0]), node(g, ends[1])).Cut(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Fields(references(g, cut.References))
		slices.Sort(got)
		if s := strings.Join(got, " "); s != want {
			t.Errorf("Cut of %v = %s, want %s", ends, s, want)
		}
	}
	c := New(g, node(g, "sys"), node(g, "perl"))
	if got := names(g, c.Direct()); len(strings.Fields(got)) != 3 {
		t.Errorf("Direct = %s, want tex git nginx", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Cut(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Cut when cancelled: %v", err)
	}
}

// On small graphs all sets of references are tried: none that is smaller
// parts the ends, and none as small lies nearer to the end.
func TestCutAgainstAllSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 7).Draw(t, "paths")
		nodes := make([]store.GraphNode, n)
		for i := range nodes {
			nodes[i] = store.GraphNode{Path: path(fmt.Sprintf("p%d", i)), NarSize: 1}
		}
		var edges [][2]int32
		for i := range n {
			for j := i + 1; j < n && len(edges) < 12; j++ {
				if rapid.Bool().Draw(t, "refers") {
					edges = append(edges, [2]int32{int32(i), int32(j)})
				}
			}
		}
		g, err := closure.New(store.NewGraph(nodes, edges, nil), nodes[0].Path, nodes[n-1].Path)
		if err != nil {
			t.Fatal(err)
		}
		from, _ := g.Node(nodes[0].Path)
		to, _ := g.Node(nodes[n-1].Path)
		cut, err := New(g, from, to).Cut(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		least := len(edges)
		for set := range 1 << len(edges) {
			if bits.OnesCount(uint(set)) < least && !connected(edges, set, int32(n-1)) {
				least = bits.OnesCount(uint(set))
			}
		}
		set := 0
		for _, r := range cut.References {
			for i, e := range edges {
				if nodes[e[0]].Path == g.Path(r.From) && nodes[e[1]].Path == g.Path(r.To) {
					set |= 1 << i
				}
			}
		}
		if connected(edges, set, int32(n-1)) || len(cut.References) != least || bits.OnesCount(uint(set)) != least {
			t.Fatalf("%v: cut %s, want one of %d references", edges, references(g, cut.References), least)
		}
		// The end's side of the cut is the smallest of all smallest cuts.
		for other := range 1 << len(edges) {
			if bits.OnesCount(uint(other)) == least && !connected(edges, other, int32(n-1)) && side(edges, other, n) < side(edges, set, n) {
				t.Fatalf("%v: cut %s is not the nearest", edges, references(g, cut.References))
			}
		}
	})
}

// connected reports whether path 0 leads to path end without a set of edges.
func connected(edges [][2]int32, without int, end int32) bool {
	reached := map[int32]bool{0: true}
	for i, e := range edges { // sorted by where they start
		if without&(1<<i) == 0 && reached[e[0]] {
			reached[e[1]] = true
		}
	}
	return reached[end]
}

// side returns how many paths that path 0 leads to at first lead to the last
// one without a set of edges.
func side(edges [][2]int32, without, n int) int {
	below := map[int32]bool{0: true}
	for _, e := range edges {
		below[e[1]] = below[e[1]] || below[e[0]]
	}
	leads := map[int32]bool{int32(n - 1): true}
	for i, e := range slices.Backward(edges) {
		if without&(1<<i) == 0 && leads[e[1]] {
			leads[e[0]] = true
		}
	}
	count := 0
	for v := range leads {
		if below[v] {
			count++
		}
	}
	return count
}
