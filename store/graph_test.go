package store

import (
	"fmt"
	"slices"
	"testing"
)

// What is added in any order is found by index: neighbours both ways, derivers that are
// valid and those that are not.
func TestGraph(t *testing.T) {
	node := func(name string, deriver Path) GraphNode { return GraphNode{Path: Path(name), Deriver: deriver} }
	g := NewGraph([]GraphNode{
		node("/s/c", "/s/a.drv"), node("/s/b", "/s/gone.drv"), node("/other/z", "/s/gone.drv"), node("/s/a.drv", ""),
	}, [][2]int32{{1, 2}, {0, 1}, {0, 0}, {0, 2}}, [][2]int32{{3, 0}})
	if want := []Path{"/other/z", "/s/a.drv", "/s/b", "/s/c"}; !slices.Equal(g.Paths, want) {
		t.Fatalf("got %v, want %v", g.Paths, want)
	}
	for i, want := range []struct {
		refs, referrers, outputs, outputOf []int32
		deriver                            Path
	}{
		{referrers: []int32{2, 3}, deriver: "/s/gone.drv"},
		{outputs: []int32{3}},
		{refs: []int32{0}, referrers: []int32{3}, deriver: "/s/gone.drv"},
		{refs: []int32{0, 2}, outputOf: []int32{1}, deriver: "/s/a.drv"},
	} {
		i := int32(i)
		if !slices.Equal(g.References(i), want.refs) || !slices.Equal(g.Referrers(i), want.referrers) {
			t.Errorf("%s: got references %v and referrers %v, want %v and %v", g.Paths[i], g.References(i), g.Referrers(i), want.refs, want.referrers)
		}
		if !slices.Equal(g.Outputs(i), want.outputs) || !slices.Equal(g.OutputOf(i), want.outputOf) {
			t.Errorf("%s: got outputs %v and output of %v, want %v and %v", g.Paths[i], g.Outputs(i), g.OutputOf(i), want.outputs, want.outputOf)
		}
		if got := g.DeriverPath(i); got != want.deriver {
			t.Errorf("%s: got deriver %q, want %q", g.Paths[i], got, want.deriver)
		}
		if d, valid := g.Deriver(i); valid != (i == 3) || valid && d != 1 {
			t.Errorf("%s: got deriver %d, %t", g.Paths[i], d, valid)
		}
		if g.HasSelfRef(i) != (i == 3) {
			t.Errorf("%s: got self reference %t", g.Paths[i], g.HasSelfRef(i))
		}
	}
}

// What is read of a store is told as it is read.
func TestProgress(t *testing.T) {
	p := new(Progress)
	b := NewGraphBuilder(3000)
	b.Report(ProgressOf(WithProgress(t.Context(), p)))
	want := func(paths, refs int64) {
		t.Helper()
		gotPaths, of := p.Paths()
		gotRefs, _ := p.References()
		if gotPaths != paths || of != 3000 || gotRefs != refs {
			t.Errorf("got %d of %d paths and %d references, want %d of 3000 and %d", gotPaths, of, gotRefs, paths, refs)
		}
	}
	want(0, 0)
	for i := range 3000 {
		if i == 2500 {
			want(2048, 0)
		}
		b.AddPath(Path(fmt.Sprintf("/nix/store/%032d-x", i)), 1, 1)
	}
	b.Sort(2000)
	want(3000, 0)
	for i := range int32(2000) {
		b.AddReference(0, i+1)
	}
	want(3000, 1024)
	if b.Graph(); ProgressOf(t.Context()) != nil {
		t.Error("a context without a progress has one")
	}
}
