package reclaim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
	"nixbench/store/gc"
)

func path(name string) store.Path {
	return store.Path(fmt.Sprintf("/nix/store/%032x-%s", []byte(name)[:min(16, len(name))], name))
}

// parse reads "a 10: b c; b 5:" into a plan whose roots are "link=a link=b".
// A derivation's outputs follow a bar: "x.drv 1: src | x".
func parse(t testing.TB, text, roots string, opts gc.Options) *gc.Plan {
	t.Helper()
	position := map[string]int32{}
	var nodes []store.GraphNode
	lines := strings.Split(text, ";")
	for i, line := range lines {
		var name string
		var size int64
		if _, err := fmt.Sscanf(strings.TrimSpace(line), "%s %d:", &name, &size); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		position[name] = int32(i)
		nodes = append(nodes, store.GraphNode{Path: path(name), NarSize: size, Registered: int64(i)})
	}
	var refs, outputs [][2]int32
	for i, line := range lines {
		_, rest, _ := strings.Cut(line, ":")
		before, after, _ := strings.Cut(rest, "|")
		for r := range strings.FieldsSeq(before) {
			refs = append(refs, [2]int32{int32(i), position[r]})
		}
		for o := range strings.FieldsSeq(after) {
			outputs = append(outputs, [2]int32{int32(i), position[o]})
			nodes[position[o]].Deriver = nodes[i].Path
		}
	}
	plan := &gc.Plan{Options: opts, Graph: store.NewGraph(nodes, refs, outputs)}
	for root := range strings.FieldsSeq(roots) {
		link, target, _ := strings.Cut(root, "=")
		plan.Roots = append(plan.Roots, gc.Root{Link: link, Path: path(target), Kind: gc.KindResult})
	}
	return plan
}

func names(paths []store.Path) string {
	var out []string
	for _, p := range paths {
		out = append(out, p.Name())
	}
	return strings.Join(out, " ")
}

const system = "gen1 1: fox1 lib; gen2 1: fox2 lib; fox1 100: lib; fox2 110: lib; lib 50:; tool 7: lib; dead 9:"

func TestFrees(t *testing.T) {
	r := New(parse(t, system, "a=gen1 b=gen2 c=tool d=tool e=lib f=gone", gc.Options{}))
	got := map[string][2]int64{}
	for i, root := range r.Plan().Roots {
		got[root.Link] = [2]int64{r.Frees(i), r.ClosureSize(i)}
	}
	want := map[string][2]int64{
		"a": {101, 151},
		"b": {111, 161},
		"c": {0, 57}, // d keeps it too
		"d": {0, 57},
		"e": {0, 50}, // the others keep it too
		"f": {0, 0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what roots free and their closures (-want +got):\n%s", diff)
	}
}

func TestEffect(t *testing.T) {
	r := New(parse(t, system, "a=gen1 b=gen2 c=tool d=tool", gc.Options{}))
	got := r.Effect([]int{0, 2, 3})
	want := &Effect{
		Freed:     []store.Path{path("fox1"), path("tool"), path("gen1")},
		FreedSize: 108, AloneSize: 101, SharedPaths: 1, SharedSize: 50,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Effect (-want +got):\n%s", diff)
	}
	if all := r.Effect([]int{0, 1, 2, 3}); all.FreedSize != 269 || all.SharedPaths != 0 {
		t.Errorf("Effect of all = %+v, want 269 bytes freed and nothing shared", all)
	}
	if none := r.Effect(nil); none.FreedSize != 0 || none.SharedPaths != 0 {
		t.Errorf("Effect of none = %+v, want nothing", none)
	}
}

func TestGroups(t *testing.T) {
	r := New(parse(t, system, "a=gen1 b=gen2 c=tool d=tool", gc.Options{}))
	want := []Group{{Roots: []int{0, 1, 2, 3}, Size: 50, Paths: 1, Removable: true}, {Roots: []int{2, 3}, Size: 7, Paths: 1, Removable: true}}
	if diff := cmp.Diff(want, r.Groups(10)); diff != "" {
		t.Errorf("Groups (-want +got):\n%s", diff)
	}
	if got := r.Groups(1); len(got) != 1 {
		t.Errorf("Groups(1) has %d groups", len(got))
	}
}

// Many roots may share what only they keep: the generations of years, say. What can go as
// a whole comes first.
func TestLargeGroups(t *testing.T) {
	const shared = "a 1: lib both; b 2: lib; c 4: lib; d 8: lib; e 16: lib; f 32: lib; now 64: both; lib 700:; both 9000:"
	plan := parse(t, shared, "1=a 2=b 3=c 4=d 5=e 6=f 7=now", gc.Options{})
	plan.Roots[6].Kind = gc.KindProcess
	want := []Group{
		{Roots: []int{0, 1, 2, 3, 4, 5}, Size: 700, Paths: 1, Removable: true},
		{Roots: []int{0, 6}, Size: 9000, Paths: 1},
	}
	if diff := cmp.Diff(want, New(plan).Groups(10)); diff != "" {
		t.Errorf("Groups (-want +got):\n%s", diff)
	}
}

func TestKeptBy(t *testing.T) {
	r := New(parse(t, system, "a=gen1 b=gen2 c=tool", gc.Options{}))
	if got, want := r.KeptBy(path("lib")), []int{0, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("KeptBy(lib) = %v, want %v", got, want)
	}
	if got := r.KeptBy(path("dead")); len(got) > 0 {
		t.Errorf("KeptBy(dead) = %v, want none", got)
	}
	if got := names(r.Chain(0, path("lib"))); got != "gen1 lib" {
		t.Errorf("Chain to lib = %s, want gen1 lib", got)
	}
	if got := r.Chain(2, path("fox1")); got != nil {
		t.Errorf("Chain from tool to fox1 = %v, want none", got)
	}
}

// With both settings a derivation and its output keep each other: a circle.
func TestKeepDerivationsAndOutputs(t *testing.T) {
	const text = "x.drv 1: src dep.drv | x xdev; dep.drv 2: | dep; src 4:; x 8: dep; xdev 16:; dep 32:; other 64: dep"
	for _, tc := range []struct {
		opts        gc.Options
		frees       int64
		bySettings  int64
		keepsXdevBy string
	}{
		{gc.Options{}, 8, 0, ""},
		{gc.Options{KeepDerivations: true}, 8 + 1 + 4, 1 + 2 + 4, ""},
		{gc.Options{KeepOutputs: true}, 8, 0, ""},
		{gc.Options{KeepDerivations: true, KeepOutputs: true}, 8 + 1 + 4 + 16, 1 + 2 + 4 + 16, "x x.drv xdev"},
	} {
		r := New(parse(t, text, "a=x b=other", tc.opts))
		if got := r.Frees(0); got != tc.frees {
			t.Errorf("%+v: Frees = %d, want %d", tc.opts, got, tc.frees)
		}
		if _, got := r.BySettings(); got != tc.bySettings {
			t.Errorf("%+v: BySettings = %d, want %d", tc.opts, got, tc.bySettings)
		}
		if got := names(r.Chain(0, path("xdev"))); got != tc.keepsXdevBy {
			t.Errorf("%+v: Chain to xdev = %q, want %q", tc.opts, got, tc.keepsXdevBy)
		}
	}
}

// What is kept for its age is not freed, whatever roots go.
func TestKeepSince(t *testing.T) {
	opts := gc.Options{KeepSince: time.Unix(3, 0)} // fox2 and later
	r := New(parse(t, system, "a=gen1 b=gen2", opts))
	if got := r.Effect([]int{0, 1}); got.FreedSize != 102 {
		t.Errorf("Effect of both = %+v, want 102 bytes freed", got)
	}
	if got := r.Groups(10); len(got) > 0 {
		t.Errorf("Groups = %v, want none: others keep what they share", got)
	}
}

func TestOld(t *testing.T) {
	plan := parse(t, system, "a=gen1 b=gen2 c=tool d=lib", gc.Options{})
	then := time.Unix(1000, 0)
	plan.Roots[0].Since = then.Add(-1)
	plan.Roots[1].Since = then
	plan.Roots[2].Since, plan.Roots[2].Kind = then.Add(-1), gc.KindGeneration
	if got, want := New(plan).Old(then), []int{0}; !slices.Equal(got, want) {
		t.Errorf("Old = %v, want %v", got, want)
	}
}

// random makes a plan of n paths and k roots, some with one target.
func random(n, k int, seed uint64, opts gc.Options) *gc.Plan {
	rnd := rand.New(rand.NewPCG(seed, 0))
	nodes := make([]store.GraphNode, n)
	var refs, outputs [][2]int32
	for i := range nodes {
		nodes[i] = store.GraphNode{Path: store.Path(fmt.Sprintf("/nix/store/%032d-p", i)), NarSize: 1 + rnd.Int64N(1000)}
		for range rnd.IntN(12) {
			if to := i + 1 + rnd.IntN(1+rnd.IntN(n)); to < n {
				refs = append(refs, [2]int32{int32(i), int32(to)})
			}
		}
	}
	for i := 0; i+7 < n; i += 7 {
		outputs = append(outputs, [2]int32{int32(i), int32(i + 1)})
		nodes[i+1].Deriver = nodes[i].Path
	}
	plan := &gc.Plan{Options: opts, Graph: store.NewGraph(nodes, refs, outputs)}
	for i := range k {
		plan.Roots = append(plan.Roots, gc.Root{Link: fmt.Sprint(i), Path: nodes[rnd.IntN(n)].Path, Kind: gc.KindResult})
	}
	return plan
}

// What each root frees, alone and in groups, is what a collection without it
// finds dead.
func TestAgainstEffect(t *testing.T) {
	for seed := range uint64(40) {
		opts := gc.Options{KeepOutputs: seed%2 == 0, KeepDerivations: seed%3 == 0}
		plan := random(200, 2+int(seed%9), seed, opts)
		r := New(plan)
		for i := range plan.Roots {
			if got, want := r.Frees(i), r.Effect([]int{i}).FreedSize; got != want {
				t.Fatalf("seed %d: Frees(%d) = %d, Effect says %d", seed, i, got, want)
			}
		}
		for _, group := range r.Groups(100) {
			if want := exactly(r, group.Roots); group.Size != want {
				t.Fatalf("seed %d: group %v has %d bytes, want %d", seed, group.Roots, group.Size, want)
			}
		}
	}
}

// exactly returns the size of what these roots keep together and no smaller set of them
// does: by inclusion and exclusion of what each set frees.
func exactly(r *Reclaim, roots []int) (size int64) {
	for mask := range 1 << len(roots) {
		var subset []int
		sign := int64(1)
		for i, root := range roots {
			if mask>>i&1 == 1 {
				subset = append(subset, root)
			} else {
				sign = -sign
			}
		}
		if len(subset) > 0 {
			size += sign * r.Effect(subset).FreedSize
		}
	}
	return size
}

func BenchmarkNew(b *testing.B) {
	plan := random(100_000, 60, 1, gc.Options{KeepDerivations: true})
	b.ReportAllocs()
	for b.Loop() {
		New(plan)
	}
}

func BenchmarkEffect(b *testing.B) {
	r := New(random(100_000, 60, 1, gc.Options{KeepDerivations: true}))
	for b.Loop() {
		r.Effect([]int{1, 2, 3})
	}
}

func BenchmarkGroups(b *testing.B) {
	r := New(random(100_000, 60, 1, gc.Options{KeepDerivations: true}))
	for b.Loop() {
		r.Groups(20)
	}
}
