package closure

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nixbench/store"
)

// path returns a store path named name, with a digest of its first letters.
func path(name string) store.Path {
	return store.Path(fmt.Sprintf("/nix/store/%032x-%s", []byte(name)[:min(16, len(name))], name))
}

// parse reads "a 10: b c; b 5:" into a graph: names, sizes and references.
func parse(t testing.TB, text string) *store.Graph {
	t.Helper()
	var nodes []store.GraphNode
	var edges [][2]int32
	position := map[string]int32{}
	lines := strings.Split(text, ";")
	for i, line := range lines {
		var name string
		var size int64
		if _, err := fmt.Sscanf(strings.TrimSpace(line), "%s %d:", &name, &size); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		position[name] = int32(i)
		nodes = append(nodes, store.GraphNode{Path: path(name), NarSize: size})
	}
	for i, line := range lines {
		_, refs, _ := strings.Cut(line, ":")
		for r := range strings.FieldsSeq(refs) {
			edges = append(edges, [2]int32{int32(i), position[r]})
		}
	}
	return store.NewGraph(nodes, edges, nil)
}

func newGraph(t testing.TB, st *store.Graph, roots ...string) *Graph {
	t.Helper()
	var paths []store.Path
	for _, r := range roots {
		paths = append(paths, path(r))
	}
	g, err := New(st, paths...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *Graph) names(nodes []Node) string {
	var names []string
	for _, n := range nodes {
		names = append(names, g.Path(n).Name())
	}
	return strings.Join(names, " ")
}

// A system with a shared library, and a tool only one program needs.
const system = "sys 1: web db; web 10: lib tool; db 20: lib; tool 5: lib tool; lib 100:; other 7: lib"

func TestSizes(t *testing.T) {
	g := newGraph(t, parse(t, system), "sys")
	if g.Len() != 5 || g.Total() != 136 {
		t.Errorf("closure has %d paths and %d bytes, want 5 and 136", g.Len(), g.Total())
	}
	got := map[string][3]int64{}
	for n := range Node(g.Len()) {
		got[g.Path(n).Name()] = [3]int64{g.OwnSize(n), g.ClosureSize(n), g.AddedSize(n)}
	}
	want := map[string][3]int64{
		"sys":  {1, 136, 136},
		"web":  {10, 115, 15}, // itself and tool
		"db":   {20, 120, 20},
		"tool": {5, 105, 5},
		"lib":  {100, 100, 100},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("own, closure and added sizes (-want +got):\n%s", diff)
	}
}

func TestSeveralRoots(t *testing.T) {
	g := newGraph(t, parse(t, system), "web", "db", "web")
	if got := g.names(g.Roots()); got != "web db" {
		t.Errorf("Roots = %s, want web db", got)
	}
	lib, _ := g.Node(path("lib"))
	if d := g.Dominator(lib); d != None {
		t.Errorf("Dominator of what both roots need = %s, want none", g.Path(d))
	}
	tool, _ := g.Node(path("tool"))
	if d := g.Dominator(tool); d == None || g.Path(d).Name() != "web" {
		t.Errorf("Dominator of tool = %v, want web", d)
	}
	if _, found := g.Node(path("sys")); found {
		t.Error("Node finds a path outside the closure")
	}
}

// A root that another root leads to does not leave with that.
func TestRootBelowRoot(t *testing.T) {
	g := newGraph(t, parse(t, system), "sys", "db")
	sys, _ := g.Node(path("sys"))
	if got := g.AddedSize(sys); got != 16 {
		t.Errorf("AddedSize of sys beside db = %d, want 16", got)
	}
}

func TestReferences(t *testing.T) {
	g := newGraph(t, parse(t, system), "sys")
	node := func(name string) Node { n, _ := g.Node(path(name)); return n }
	if got := g.names(g.Children(node("web"), ByName)); got != "lib tool" {
		t.Errorf("Children of web = %s, want lib tool", got)
	}
	if got := g.names(g.References(node("tool"))); got != "lib" {
		t.Errorf("References of what refers to itself = %s, want lib", got)
	}
}

func TestSort(t *testing.T) {
	g := newGraph(t, parse(t, system), "sys")
	for order, want := range map[Order]string{
		ByAdded:      "sys lib db web tool",
		ByClosure:    "sys db web tool lib",
		ByOwn:        "lib db web tool sys",
		ByName:       "db lib sys tool web",
		ByReferences: "sys web db tool lib",
		ByReferrers:  "lib db tool web sys",
	} {
		if got := g.names(g.All(order)); got != want {
			t.Errorf("sorted by %s: %s, want %s", order, got, want)
		}
	}
}

func TestWithout(t *testing.T) {
	g := newGraph(t, parse(t, system), "sys")
	node := func(name string) Node { n, _ := g.Node(path(name)); return n }
	gone, size := g.Without(node("web"), node("db"))
	if got := g.names(gone); got != "db web tool lib" || size != 135 {
		t.Errorf("Without both = %s, %d bytes, want db web tool lib, 135", got, size)
	}
	gone, size = g.WithoutReferences(Reference{node("sys"), node("web")})
	if got := g.names(gone); got != "web tool" || size != 15 {
		t.Errorf("without the reference to web = %s, %d bytes, want web tool, 15", got, size)
	}
	if gone, size := g.WithoutReferences(Reference{node("web"), node("lib")}); len(gone) > 0 || size != 0 {
		t.Errorf("without one of several references = %s, want none gone", g.names(gone))
	}
}

func TestErrors(t *testing.T) {
	if _, err := New(parse(t, "a 1: b; b 1: a"), path("a")); !errors.As(err, new(*store.CycleError)) {
		t.Errorf("New of a circle: %v, want a CycleError", err)
	}
	if _, err := New(parse(t, "a 1:"), path("b")); !errors.Is(err, store.ErrInvalidPath) {
		t.Errorf("New of an absent path: %v, want ErrInvalidPath", err)
	}
	if g, err := New(parse(t, "a 1:")); err != nil || g.Len() != 0 {
		t.Errorf("New of no roots = %v, %v, want an empty closure", g, err)
	}
}

// random returns a graph of n paths that refer to later ones, mostly near.
func random(n, degree int, seed uint64) *store.Graph {
	rnd := rand.New(rand.NewPCG(seed, 0))
	nodes := make([]store.GraphNode, n)
	var edges [][2]int32
	for i := range nodes {
		nodes[i] = store.GraphNode{
			Path:    store.Path(fmt.Sprintf("/nix/store/%032d-p%d", rnd.Uint32(), i)),
			NarSize: rnd.Int64N(1000),
		}
		for range rnd.IntN(2*degree + 1) {
			to := i + 1 + rnd.IntN(1+rnd.IntN(n))
			if to < n {
				edges = append(edges, [2]int32{int32(i), int32(to)})
			}
		}
	}
	return store.NewGraph(nodes, edges, nil)
}

// someRoots returns k paths of st.
func someRoots(st *store.Graph, k int, seed uint64) []store.Path {
	rnd := rand.New(rand.NewPCG(seed, 1))
	var roots []store.Path
	for range k {
		roots = append(roots, st.Paths[rnd.IntN(st.Len())])
	}
	return roots
}

// Sizes, dominators and what goes equal what a plain walk finds.
func TestAgainstPlainWalk(t *testing.T) {
	for seed := range uint64(30) {
		st := random(150+50*int(seed), 3, seed)
		g, err := New(st, someRoots(st, 1+int(seed%4), seed)...)
		if err != nil {
			t.Fatal(err)
		}
		all, err := g.ClosureSizes(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		total := plain(g, g.Roots(), None)
		for n := range Node(g.Len()) {
			if got, want := g.ClosureSize(n), plain(g, []Node{n}, None); got != want || all[n] != want || g.walkSize(&sizeCache{}, n) != want {
				t.Fatalf("seed %d: closure size of %d = %d, %d, want %d", seed, n, got, all[n], want)
			}
			want := total - plain(g, g.Roots(), n)
			if _, got := g.Without(n); got != want || g.AddedSize(n) != want {
				t.Fatalf("seed %d: node %d adds %d, %d, want %d", seed, n, g.AddedSize(n), got, want)
			}
			for _, r := range g.References(n) {
				if r <= n {
					t.Fatalf("seed %d: node %d refers back to %d", seed, n, r)
				}
			}
		}
	}
}

// plain adds up what roots lead to but for skip.
func plain(g *Graph, roots []Node, skip Node) (size int64) {
	seen := map[Node]bool{skip: true}
	var visit func(Node)
	visit = func(n Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		size += g.OwnSize(n)
		for _, r := range g.References(n) {
			visit(r)
		}
	}
	for _, r := range roots {
		visit(r)
	}
	return size
}

func TestConcurrentUse(t *testing.T) {
	st := random(2000, 3, 1)
	g, err := New(st, st.Paths...)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for n := range Node(g.Len()) {
				g.ClosureSize(n)
			}
			if _, err := g.ClosureSizes(t.Context()); err != nil {
				t.Error(err)
			}
			g.All(ByClosure)
		})
	}
	wg.Wait()
}

func TestClosureSizesCancelled(t *testing.T) {
	st := random(2000, 3, 1)
	g, err := New(st, st.Paths...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.ClosureSizes(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("ClosureSizes when cancelled: %v", err)
	}
}

// reader is a store that is asked for one path at a time.
type reader struct{ *store.Graph }

func (reader) Dir() store.Dir                                              { return store.DefaultDir }
func (reader) IsValid(context.Context, store.Path) (bool, error)           { return true, nil }
func (reader) Referrers(context.Context, store.Path) ([]store.Path, error) { return nil, nil }
func (reader) RealPath(p store.Path) string                                { return string(p) }

func (r reader) PathInfo(_ context.Context, p store.Path) (*store.PathInfo, error) {
	i, found := r.Index(p)
	if !found {
		return nil, store.ErrInvalidPath
	}
	info := &store.PathInfo{Path: p, NarSize: r.NarSize[i], References: []store.Path{p}}
	for _, to := range r.Graph.References(i) {
		info.References = append(info.References, r.Paths[to])
	}
	return info, nil
}

func TestLoad(t *testing.T) {
	st := random(200, 3, 7)
	roots := someRoots(st, 3, 7)
	want, err := New(st, roots...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Load(t.Context(), store.NewLookup(reader{st}), roots...)
	if err != nil {
		t.Fatal(err)
	}
	if got.Len() != want.Len() || got.Total() != want.Total() || got.names(got.All(ByAdded)) != want.names(want.All(ByAdded)) {
		t.Errorf("Load finds %d paths of %d bytes, want %d of %d", got.Len(), got.Total(), want.Len(), want.Total())
	}
	if _, err := Load(t.Context(), store.NewLookup(reader{st}), path("absent")); !errors.Is(err, store.ErrInvalidPath) {
		t.Errorf("Load of an absent path: %v, want ErrInvalidPath", err)
	}
}

// large is a graph like that of a large store: 100,000 paths, a million
// references.
var large = sync.OnceValue(func() *store.Graph { return random(100_000, 10, 42) })

func BenchmarkNew(b *testing.B) {
	st := large()
	roots := slices.Clone(st.Paths[:60])
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(st, roots...); err != nil {
			b.Fatal(err)
		}
	}
}

func benchGraph(b *testing.B, st *store.Graph) *Graph {
	b.Helper()
	g, err := New(st, st.Paths...)
	if err != nil {
		b.Fatal(err)
	}
	return g
}

func BenchmarkDominate(b *testing.B) {
	g := benchGraph(b, large())
	for b.Loop() {
		g.dominate()
	}
}

func BenchmarkWithout(b *testing.B) {
	g := benchGraph(b, large())
	for b.Loop() {
		g.Without(0, 10, 20)
	}
}

func BenchmarkClosureSize(b *testing.B) {
	g := benchGraph(b, large())
	n := Node(0)
	for b.Loop() {
		g.walkSize(&g.sizes, n)
		n = (n + 997) % Node(g.Len())
	}
}

func BenchmarkAllSizes20k(b *testing.B) {
	g := benchGraph(b, random(exactLimit, 10, 43))
	for b.Loop() {
		g.allSizes(1)
	}
}

func BenchmarkAllSizes100k(b *testing.B) {
	g := benchGraph(b, large())
	for b.Loop() {
		g.allSizes(2)
	}
}

func BenchmarkSort(b *testing.B) {
	g := benchGraph(b, large())
	for b.Loop() {
		g.All(ByAdded)
	}
}
