package closure_test

import (
	"context"
	"fmt"
	"testing"

	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// big is a store of n paths, each referring to some of the next hundred.
type big struct {
	*tuitest.Backend
	g *store.Graph
}

func (b *big) Graph(context.Context) (*store.Graph, error) { return b.g, nil }

func newBig(t testing.TB, n int32) *big {
	nodes := make([]store.GraphNode, n)
	var refs [][2]int32
	for i := range n {
		nodes[i] = store.GraphNode{Path: store.Path(fmt.Sprintf("/nix/store/%032d-package-%d.%d", i, i, i%7)), NarSize: int64(i%1000) << 10}
		for k := int32(1); k <= 7 && i+k*k < n; k++ {
			refs = append(refs, [2]int32{i, i + k*k})
		}
	}
	return &big{tuitest.NewBackend(t), store.NewGraph(nodes, refs, nil)}
}

// BenchmarkMove is a key to the frame after it, in a closure of 150,000 paths.
func BenchmarkMove(b *testing.B) {
	st := newBig(b, 150_000)
	d := start(b, st, 140, 40, tui.ShowPathMsg{Path: st.g.Paths[0]})
	d.Wants("150,000 paths")
	d.Keys("t")
	b.ReportAllocs()
	for b.Loop() {
		d.Keys("j")
		_ = d.Model.View()
	}
}

// BenchmarkSearch is a letter typed into the search there.
func BenchmarkSearch(b *testing.B) {
	st := newBig(b, 150_000)
	d := start(b, st, 140, 40, tui.ShowPathMsg{Path: st.g.Paths[0]})
	d.Keys("t /")
	for b.Loop() {
		d.Type("7")
		d.Keys("backspace")
	}
}
