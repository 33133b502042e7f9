package closure

import (
	"strings"
	"testing"

	"nixbench/store"
)

// Only the listed nodes and the references among them are written, with all escaped.
func TestExport(t *testing.T) {
	const dir = "/nix/store/00000000000000000000000000000000-"
	nodes := []store.GraphNode{{Path: dir + "a", NarSize: 10}, {Path: dir + "b\"", NarSize: 5}, {Path: dir + "c", NarSize: 1}}
	g, err := New(store.NewGraph(nodes, [][2]int32{{0, 1}, {1, 2}}, nil), dir+"a")
	if err != nil {
		t.Fatal(err)
	}
	listed := []Node{0, 1}
	var csv, dot strings.Builder
	if err := WriteCSV(&csv, g, listed); err != nil {
		t.Fatal(err)
	}
	if got, want := csv.String(), "path,own,closure,added,references,referrers\n"+dir+"a,10,16,16,1,0\n\""+dir+"b\"\"\",5,6,6,1,1\n"; got != want {
		t.Errorf("csv: got %q, want %q", got, want)
	}
	if err := WriteDot(&dot, g, listed, func(int64) string { return "size" }); err != nil {
		t.Fatal(err)
	}
	if got := dot.String(); strings.Count(got, "->") != 1 || !strings.Contains(got, `b\"" [label="b\"\nsize"]`) {
		t.Errorf("dot: got %s", got)
	}
	r := Report(g, listed)
	if r.Count != 3 || r.Size != 16 || len(r.Paths) != 2 || r.Paths[1].ClosureSize != 6 || r.Paths[1].References[0] != dir+"c" {
		t.Errorf("report: got %+v", r)
	}
}
