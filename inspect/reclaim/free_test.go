package reclaim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"nixbench/store"
	"nixbench/store/gc"
)

// each counts roots as equal.
func each(gc.Root) float64 { return 1 }

func TestFree(t *testing.T) {
	plan := parse(t, system, "a=gen1 b=gen2 c=tool d=tool", gc.Options{})
	r := New(plan)
	for _, tc := range []struct {
		size  int64
		spare []string
		roots string
		freed int64
	}{
		{9, nil, "", 0},             // is dead already
		{10, nil, "b", 111},         // any root would do: the one that frees most
		{10 + 111, nil, "a b", 212}, // one is not enough
		{9 + 112, []string{"b"}, "a c d", 108},
		{9 + 213, nil, "a b c d", 269}, // a and b have the library only with the others
		{1 << 30, nil, "a b c d", 269},
	} {
		f := r.Free(tc.size, FreeOptions{Spare: func(root gc.Root) bool { return slices.Contains(tc.spare, root.Link) }, Loss: each})
		var links []string
		for _, i := range f.Roots {
			links = append(links, plan.Roots[i].Link)
		}
		enough := f.DeadSize+f.Effect.FreedSize >= tc.size
		if got := strings.Join(links, " "); got != tc.roots || f.Effect.FreedSize != tc.freed || f.Enough != enough || !f.Exact {
			t.Errorf("Free(%d) = %s of %d bytes, %+v, want %s of %d", tc.size, got, f.Effect.FreedSize, f, tc.roots, tc.freed)
		}
	}
}

// Old roots go before new ones, and those that are no user's to remove stay.
func TestFreeOldFirst(t *testing.T) {
	plan := parse(t, "new 10:; old 10:; gen 10:; proc 10:", "a=new b=old c=gen d=proc", gc.Options{})
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, age := range []time.Duration{0, 90, 200, 300} {
		plan.Roots[i].Since = now.Add(-age * 24 * time.Hour)
	}
	plan.Roots[2].Kind, plan.Roots[2].Note = gc.KindGeneration, "current"
	plan.Roots[3].Kind = gc.KindProcess
	if f := New(plan).Free(5, FreeOptions{}); !slices.Equal(f.Roots, []int{1}) || f.Loss > 5 {
		t.Errorf("Free = %v of loss %f, want the old root", f.Roots, f.Loss)
	}
	if f := New(plan).Free(35, FreeOptions{}); !slices.Equal(f.Roots, []int{0, 1}) || f.Enough {
		t.Errorf("Free of more than there is = %+v, want both and not enough", f)
	}
}

// drawPlan draws a small plan with roots, some of which keep the same.
func drawPlan(t *rapid.T) *gc.Plan {
	n := rapid.IntRange(1, 10).Draw(t, "paths")
	var nodes []store.GraphNode
	var refs [][2]int32
	for i := range n {
		nodes = append(nodes, store.GraphNode{Path: path(fmt.Sprintf("p%02d", i)), NarSize: int64(rapid.IntRange(1, 50).Draw(t, "size"))})
		for j := range i {
			if rapid.IntRange(0, 3).Draw(t, "refers") == 0 {
				refs = append(refs, [2]int32{int32(i), int32(j)})
			}
		}
	}
	plan := &gc.Plan{Graph: store.NewGraph(nodes, refs, nil)}
	for i := range rapid.IntRange(0, 6).Draw(t, "roots") {
		kind := rapid.SampledFrom([]gc.Kind{gc.KindResult, gc.KindResult, gc.KindProcess}).Draw(t, "kind")
		plan.Roots = append(plan.Roots, gc.Root{
			Link: fmt.Sprint(i), Kind: kind, Path: path(fmt.Sprintf("p%02d", rapid.IntRange(0, n-1).Draw(t, "target"))),
		})
	}
	return plan
}

// No other set of roots frees as much at less loss, and the step by step way
// finds sets that are enough and hold nothing superfluous.
func TestFreeAgainstAllSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := drawPlan(t)
		r := New(plan)
		weights := map[string]float64{}
		for _, root := range plan.Roots {
			weights[root.Link] = float64(rapid.IntRange(1, 5).Draw(t, "loss"))
		}
		opts := FreeOptions{Loss: func(root gc.Root) float64 { return weights[root.Link] }}
		size := int64(rapid.IntRange(0, 400).Draw(t, "wanted"))
		f := r.Free(size, opts)
		freed := func(set int) (size int64, loss float64, may bool) {
			var marked []int
			may = true
			for i, root := range plan.Roots {
				if set&(1<<i) != 0 {
					marked = append(marked, i)
					loss += weights[root.Link]
					may = may && root.Removable()
				}
			}
			return r.Effect(marked).FreedSize, loss, may
		}
		least := -1.0
		for set := range 1 << len(plan.Roots) {
			if got, loss, may := freed(set); may && f.DeadSize+got >= size && (least < 0 || loss < least) {
				least = loss
			}
		}
		if f.Enough != (least >= 0) || f.Enough && (f.Loss != least || f.DeadSize+f.Effect.FreedSize < size) {
			t.Fatalf("Free(%d) = %+v, want loss %f", size, f, least)
		}
		for _, i := range f.Roots {
			if !plan.Roots[i].Removable() {
				t.Fatalf("Free takes root %d, which may not go", i)
			}
		}
		c := r.newChoice(opts)
		if wanted := size - f.DeadSize; wanted > 0 && f.Enough {
			chosen := c.greedy(wanted)
			c.prune(chosen, wanted)
			if c.freed(chosen) < wanted {
				t.Fatalf("greedy frees %d, want %d", c.freed(chosen), wanted)
			}
			for i, in := range chosen {
				if chosen[i] = false; in && c.freed(chosen) >= wanted {
					t.Fatalf("target %d is superfluous", i)
				}
				chosen[i] = in
			}
		}
	})
}

// BenchmarkFree frees half of a store of 100,000 paths with 120 roots that
// share most of what they keep, as generations do.
func BenchmarkFree(b *testing.B) {
	const n, roots = 100_000, 120
	nodes := make([]store.GraphNode, n)
	var refs [][2]int32
	for i := range nodes {
		nodes[i] = store.GraphNode{Path: store.Path(fmt.Sprintf("/nix/store/%032d-p", i)), NarSize: int64(1 + i%1000)}
		for k := 1; k <= 10 && i+k*137 < n; k++ {
			refs = append(refs, [2]int32{int32(i), int32(i + k*137)})
		}
	}
	plan := &gc.Plan{Graph: store.NewGraph(nodes, refs, nil)}
	for i := range roots {
		plan.Roots = append(plan.Roots, gc.Root{Link: fmt.Sprint(i), Kind: gc.KindResult, Path: nodes[i*700].Path})
	}
	r := New(plan)
	b.ReportAllocs()
	for b.Loop() {
		if f := r.Free(20<<20, FreeOptions{}); !f.Enough {
			b.Fatal("not enough")
		}
	}
}
