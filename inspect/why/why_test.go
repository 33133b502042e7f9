package why

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"nixbench/inspect/closure"
	"nixbench/store"
)

// load reads "a: b c; b: c" into the closure of the first name.
func load(t testing.TB, text string) *closure.Graph {
	t.Helper()
	position := map[string]int32{}
	var nodes []store.GraphNode
	var edges [][2]int32
	lines := strings.Split(text, ";")
	for i, line := range lines {
		name, _, _ := strings.Cut(strings.TrimSpace(line), ":")
		position[name] = int32(i)
		nodes = append(nodes, store.GraphNode{Path: path(name), NarSize: 1})
	}
	for i, line := range lines {
		_, refs, _ := strings.Cut(line, ":")
		for r := range strings.FieldsSeq(refs) {
			edges = append(edges, [2]int32{int32(i), position[r]})
		}
	}
	root := nodes[0].Path
	g, err := closure.New(store.NewGraph(nodes, edges, nil), root)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func path(name string) store.Path {
	return store.Path(fmt.Sprintf("/nix/store/%032x-%s", name, name))
}

func node(g *closure.Graph, name string) Node {
	n, _ := g.Node(path(name))
	return n
}

func names(g *closure.Graph, nodes []Node) string {
	var out []string
	for _, n := range nodes {
		out = append(out, g.Path(n).Name())
	}
	return strings.Join(out, " ")
}

const system = "sys: path etc; path: tex git; tex: perl; git: perl; etc: unit; unit: nginx; nginx: perl lib; perl: lib; lib:"

func TestChains(t *testing.T) {
	g := load(t, system)
	c := New(g, node(g, "sys"), node(g, "perl"))
	if !c.Found() || c.Count() != 3 {
		t.Errorf("Count = %d, want 3", c.Count())
	}
	if got := names(g, c.Shortest()); got != "sys path git perl" {
		t.Errorf("Shortest = %s, want sys path git perl", got)
	}
	if got := names(g, c.Next(c.From())); got != "path etc" {
		t.Errorf("Next of sys = %s, want path etc", got)
	}
	if got := names(g, c.Next(node(g, "nginx"))); got != "perl" {
		t.Errorf("Next of nginx = %s, want perl", got)
	}
	if got := c.Steps(node(g, "sys")); got != 3 {
		t.Errorf("Steps of sys = %d, want 3", got)
	}
	if got := c.Steps(node(g, "lib")); got != -1 {
		t.Errorf("Steps of lib = %d, want -1", got)
	}
	if got := c.CountFrom(node(g, "path")); got != 2 {
		t.Errorf("CountFrom path = %d, want 2", got)
	}
	var all []string
	for chain := range c.All() {
		all = append(all, names(g, chain))
	}
	want := []string{"sys path git perl", "sys path tex perl", "sys etc unit nginx perl"}
	if !slices.Equal(all, want) {
		t.Errorf("All = %q, want %q", all, want)
	}
	if got := names(g, c.Bottlenecks()); got != "sys perl" {
		t.Errorf("Bottlenecks = %s, want sys perl", got)
	}
	if got := names(g, New(g, node(g, "etc"), node(g, "perl")).Bottlenecks()); got != "etc unit nginx perl" {
		t.Errorf("Bottlenecks from etc = %s, want etc unit nginx perl", got)
	}
}

func TestNoChain(t *testing.T) {
	g := load(t, system)
	for _, ends := range [][2]string{{"perl", "sys"}, {"tex", "git"}, {"lib", "perl"}} {
		c := New(g, node(g, ends[0]), node(g, ends[1]))
		if c.Found() || c.Count() != 0 || c.Shortest() != nil || len(c.Next(c.From())) > 0 || len(c.Bottlenecks()) > 0 {
			t.Errorf("%s has a chain to %s, want none", ends[0], ends[1])
		}
	}
	itself := New(g, node(g, "perl"), node(g, "perl"))
	if got := names(g, itself.Shortest()); got != "perl" || itself.Count() != 1 {
		t.Errorf("chain to itself = %s, want perl", got)
	}
}

// A ladder of 100 rungs has 2^100 chains; none of it may take long.
func TestCountSaturates(t *testing.T) {
	var text strings.Builder
	for i := range 100 {
		fmt.Fprintf(&text, "n%03d: a%03d b%03d; a%03d: n%03d; b%03d: n%03d;", i, i, i, i, i+1, i, i+1)
	}
	text.WriteString("n100:")
	g := load(t, text.String())
	c := New(g, node(g, "n000"), node(g, "n100"))
	if c.Count() != math.MaxUint64 || c.Steps(c.From()) != 200 {
		t.Errorf("Count = %d, Steps = %d, want the largest number and 200", c.Count(), c.Steps(c.From()))
	}
	n := 0
	for chain := range c.All() {
		if len(chain) != 201 {
			t.Fatalf("chain of %d paths, want 201", len(chain))
		}
		if n++; n == 1000 {
			break
		}
	}
	if got := len(c.Bottlenecks()); got != 101 {
		t.Errorf("%d bottlenecks, want 101", got)
	}
}

// Counts, chains and bottlenecks equal what a plain walk finds.
func TestAgainstPlainWalk(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		n := 4 + rnd.IntN(12)
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, "n%02d:", i)
			for j := i + 1; j < n; j++ {
				if j == i+1 || rnd.IntN(4) == 0 {
					fmt.Fprintf(&text, " n%02d", j)
				}
			}
			text.WriteString(";")
		}
		g := load(t, strings.TrimSuffix(text.String(), ";"))
		from, to := Node(rnd.IntN(n)), Node(rnd.IntN(n))
		var want [][]Node
		var walk func(chain []Node)
		walk = func(chain []Node) {
			if last := chain[len(chain)-1]; last == to {
				want = append(want, slices.Clone(chain))
			} else {
				for _, r := range g.References(last) {
					walk(append(chain, r))
				}
			}
		}
		walk([]Node{from})
		c := New(g, from, to)
		if c.Count() != uint64(len(want)) {
			t.Fatalf("Count = %d, want %d", c.Count(), len(want))
		}
		var got [][]Node
		for chain := range c.All() {
			got = append(got, slices.Clone(chain))
		}
		on := func(chains [][]Node) (all []Node) {
			for n := range Node(g.Len()) {
				if len(chains) > 0 && !slices.ContainsFunc(chains, func(c []Node) bool { return !slices.Contains(c, n) }) {
					all = append(all, n)
				}
			}
			return all
		}
		if bottlenecks := on(want); !slices.Equal(c.Bottlenecks(), bottlenecks) {
			t.Fatalf("Bottlenecks = %v, want %v", c.Bottlenecks(), bottlenecks)
		}
		if len(got) > 0 && len(got[0]) != len(slices.MinFunc(want, func(a, b []Node) int { return len(a) - len(b) })) {
			t.Fatalf("the first chain is not a shortest one")
		}
		slices.SortFunc(got, slices.Compare)
		slices.SortFunc(want, slices.Compare)
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("All = %v, want %v", got, want)
		}
	}
}

// benchGraph is a closure of 100,000 paths, each of which refers to ten near it.
func benchGraph(b *testing.B) *closure.Graph {
	b.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	const n = 100_000
	nodes := make([]store.GraphNode, n)
	var edges [][2]int32
	for i := range nodes {
		nodes[i].Path = store.Path(fmt.Sprintf("/nix/store/%032d-p", i))
		for range 10 {
			if to := i + 1 + rnd.IntN(1000); to < n {
				edges = append(edges, [2]int32{int32(i), int32(to)})
			}
		}
	}
	g, err := closure.New(store.NewGraph(nodes, edges, nil), nodes[0].Path)
	if err != nil {
		b.Fatal(err)
	}
	return g
}

func BenchmarkNew(b *testing.B) {
	g := benchGraph(b)
	b.ReportAllocs()
	for b.Loop() {
		if c := New(g, 0, Node(g.Len()-1)); !c.Found() {
			b.Fatal("no chain")
		}
	}
}

func BenchmarkCut(b *testing.B) {
	g := benchGraph(b)
	c := New(g, 0, Node(g.Len()-1))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Cut(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
