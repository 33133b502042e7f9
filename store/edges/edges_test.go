package edges_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nixbench/store/edges"
)

func build(nodes int, pairs [][2]int32) edges.Lists[int32] {
	b := edges.NewBuilder[int32](nodes, len(pairs))
	for _, p := range pairs {
		b.Add(p[0], p[1])
	}
	b.Sort()
	return b.Lists()
}

func lists(l edges.Lists[int32], nodes int) [][]int32 {
	out := make([][]int32, nodes)
	for n := range out {
		out[n] = slices.Clone(l.Of(int32(n)))
	}
	return out
}

func TestLists(t *testing.T) {
	l := build(4, [][2]int32{{2, 3}, {2, 0}, {0, 3}})
	if diff := cmp.Diff([][]int32{{3}, {}, {0, 3}, {}}, lists(l, 4)); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]int32{{2}, {}, {}, {0, 2}}, lists(l.Reversed(), 4)); diff != "" {
		t.Errorf("reversed (-want +got):\n%s", diff)
	}
	var none edges.Lists[int32]
	if got := none.Reversed().Of(3); got != nil {
		t.Errorf("neighbours where there are no edges: %v", got)
	}
}

// An edge is in the lists if and only if it is turned round in the reversed ones, and what is
// turned round twice is as it was.
func TestReversedTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes := rapid.IntRange(1, 20).Draw(t, "nodes")
		node := rapid.Int32Range(0, int32(nodes-1))
		set := make(map[[2]int32]bool)
		for range rapid.IntRange(0, 60).Draw(t, "edges") {
			set[[2]int32{node.Draw(t, "from"), node.Draw(t, "to")}] = true
		}
		pairs := slices.SortedFunc(maps.Keys(set), func(a, b [2]int32) int { return slices.Compare(a[:], b[:]) })
		l := build(nodes, pairs)
		for n, back := range lists(l.Reversed(), nodes) {
			for from := range int32(nodes) {
				if slices.Contains(back, from) != set[[2]int32{from, int32(n)}] {
					t.Fatalf("edge %d to %d, reversed %v", from, n, back)
				}
			}
		}
		if diff := cmp.Diff(lists(l, nodes), lists(l.Reversed().Reversed(), nodes)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestPostorder(t *testing.T) {
	l := build(6, [][2]int32{{0, 1}, {0, 2}, {1, 3}, {2, 3}, {3, 0}, {4, 5}})
	seen := make([]bool, 6)
	seen[5] = true
	got := edges.Postorder(l.Of, 2, 6, seen)
	if diff := cmp.Diff([]int32{1, 0, 3, 2, 4}, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
