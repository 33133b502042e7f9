package duplicates

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"pgregory.net/rapid"

	"nixbench/inspect/closure"
	"nixbench/inspect/version"
	"nixbench/store"
)

// path returns the path of "digest/name".
func path(s string) store.Path {
	digest, name, _ := strings.Cut(s, "/")
	return store.Path(fmt.Sprintf("/nix/store/%032x-%s", digest, name))
}

// parse reads lines "digest/name size deriver: digest/name ...", of which the
// deriver may be "-", into the closure of the first path.
func parse(t testing.TB, text string) *closure.Graph {
	t.Helper()
	position := map[string]int32{}
	var nodes []store.GraphNode
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		var name, deriver string
		var size int64
		head, _, _ := strings.Cut(line, ":")
		if _, err := fmt.Sscan(head, &name, &size, &deriver); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		position[name] = int32(i)
		n := store.GraphNode{Path: path(name), NarSize: size}
		if deriver != "-" {
			n.Deriver = path(deriver)
		}
		nodes = append(nodes, n)
	}
	var refs [][2]int32
	for i, line := range lines {
		_, rest, _ := strings.Cut(line, ":")
		for r := range strings.FieldsSeq(rest) {
			refs = append(refs, [2]int32{int32(i), position[r]})
		}
	}
	root := nodes[0].Path
	g, err := closure.New(store.NewGraph(nodes, refs, nil), root)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestFind reads testdata/*.txtar: a closure, and what it has twice.
func TestFind(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parts := map[string]string{}
		for _, f := range ar.Files {
			parts[f.Name] = string(f.Data)
		}
		g := parse(t, parts["closure"])
		var b strings.Builder
		for _, p := range Find(g) {
			fmt.Fprintf(&b, "%s size %d spare %d\n", p.Name, p.Size, p.Spare)
			for _, c := range p.Copies {
				var names []string
				for _, n := range c.Nodes {
					names = append(names, g.Path(n).Name())
				}
				fmt.Fprintf(&b, "  %q own %d cost %d: %s\n", c.Version, c.Own, c.Cost, strings.Join(names, " "))
			}
		}
		if diff := cmp.Diff(parts["want"], b.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

// Every path of a package is in one copy, copies of a version share an output,
// and none has an output twice; sizes add up.
func TestFindHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "paths")
		nodes := []store.GraphNode{{Path: path("0/root")}}
		var refs [][2]int32
		for i := 1; i <= n; i++ {
			name := rapid.SampledFrom([]string{"a-1", "a-1-dev", "a-1-lib", "a-2", "b-1", "b-1-dev", "c", "c-d"}).Draw(t, "name")
			node := store.GraphNode{Path: path(fmt.Sprintf("%d/%s", i, name)), NarSize: int64(1) << i}
			if by := rapid.IntRange(0, 3).Draw(t, "deriver"); by > 0 {
				node.Deriver = path(fmt.Sprintf("%d/x.drv", by))
			}
			nodes = append(nodes, node)
			refs = append(refs, [2]int32{int32(rapid.IntRange(0, i-1).Draw(t, "referrer")), int32(i)})
		}
		g, err := closure.New(store.NewGraph(nodes, refs, nil), path("0/root"))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range Find(g) {
			size, seen := int64(0), map[closure.Node]bool{}
			outputs := map[string]map[string]int{} // how many copies of a version have an output
			for _, c := range p.Copies {
				own, has := int64(0), map[string]bool{}
				for _, n := range c.Nodes {
					_, ver, output := version.Split(g.Path(n).Name())
					if ver == "" {
						output = ""
					}
					if seen[n] || has[output] || ver != c.Version {
						t.Fatalf("%s: copy %v", p.Name, c)
					}
					seen[n], has[output] = true, true
					own += g.OwnSize(n)
				}
				if outputs[c.Version] == nil {
					outputs[c.Version] = map[string]int{}
				}
				for o := range has {
					outputs[c.Version][o]++
				}
				size += own
				if _, cost := g.Without(c.Nodes...); own != c.Own || cost != c.Cost || cost < own {
					t.Fatalf("%s: copy %v of %d bytes costs %d", p.Name, c, own, cost)
				}
			}
			if size != p.Size || len(p.Copies) < 2 {
				t.Fatalf("%s has %d copies of %d bytes, says %d", p.Name, len(p.Copies), size, p.Size)
			}
			for i, c := range p.Copies {
				if i > 0 && c.Version == p.Copies[i-1].Version {
					shared := false
					for _, times := range outputs[c.Version] {
						shared = shared || times > 1
					}
					if !shared {
						t.Fatalf("%s: copies of %s have no output in common", p.Name, c.Version)
					}
				}
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	const n = 100_000
	nodes := []store.GraphNode{{Path: path("0/root")}}
	var refs [][2]int32
	for i := 1; i <= n; i++ {
		name := fmt.Sprintf("package%d-%d.%d", i%30_000, i%7, i%11)
		nodes = append(nodes, store.GraphNode{Path: path(fmt.Sprintf("%d/%s", i, name)), NarSize: int64(i)})
		refs = append(refs, [2]int32{int32(i / 2), int32(i)})
		for k := 1; k < 10; k++ {
			refs = append(refs, [2]int32{int32(max(0, i-k*37)), int32(i)})
		}
	}
	g, err := closure.New(store.NewGraph(nodes, refs, nil), path("0/root"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		Find(g)
	}
}
