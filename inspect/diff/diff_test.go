package diff

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"nixbench/inspect/closure"
	"nixbench/inspect/version"
	"nixbench/store"
)

// load reads "sys 1: a-1.0 a-2; a-1.0 5:" into a closure of the first name. A
// name may begin with "digest/" to tell paths of one name apart.
func load(t *testing.T, text string) *closure.Graph {
	t.Helper()
	position := map[string]int32{}
	var nodes []store.GraphNode
	var edges [][2]int32
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
	root := nodes[0].Path
	g, err := closure.New(store.NewGraph(nodes, edges, nil), root)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func path(name string) store.Path {
	digest, base, found := strings.Cut(name, "/")
	if !found {
		base = name
	}
	return store.Path(fmt.Sprintf("/nix/store/%032x-%s", []byte(digest)[:min(16, len(digest))], base))
}

func TestClosures(t *testing.T) {
	before := load(t, "sys-1 1: fox-126 glibc-2.39 mesa-24.1.1 vlc-3.0 p/python3-3.12 q/rust-1.0 cfg multi-1 multi-2; "+
		"fox-126 100: glibc-2.39 fox-126-lib; fox-126-lib 10:; glibc-2.39 50:; mesa-24.1.1 30:; vlc-3.0 70:; "+
		"p/python3-3.12 100000:; q/rust-1.0 9:; cfg 1:; multi-1 1:; multi-2 1:")
	after := load(t, "sys-2 2: fox-127 glibc-2.39 mesa-24.0.8 texlive-2024 r/python3-3.12 s/rust-1.0 cfg multi-2 multi-3 multi-0; "+
		"fox-127 120: glibc-2.39 fox-127-lib; fox-127-lib 10:; glibc-2.39 50:; mesa-24.0.8 30:; texlive-2024 198:; "+
		"r/python3-3.12 200000:; s/rust-1.0 10:; cfg 1:; multi-2 1:; multi-3 1:; multi-0 1:")
	d := Closures(before, after)
	want := []Change{
		{Name: "fox", Kind: Upgraded, Before: []string{"126"}, After: []string{"127"}, Gone: []string{"126"}, New: []string{"127"},
			SizeBefore: 110, SizeAfter: 130, Selected: true},
		{Name: "mesa", Kind: Downgraded, Before: []string{"24.1.1"}, After: []string{"24.0.8"}, Gone: []string{"24.1.1"}, New: []string{"24.0.8"},
			SizeBefore: 30, SizeAfter: 30, Selected: true},
		{Name: "multi", Kind: Changed, Before: []string{"1", "2"}, After: []string{"0", "2", "3"}, Gone: []string{"1"}, New: []string{"0", "3"},
			SizeBefore: 2, SizeAfter: 3, Selected: true},
		{Name: "python3", Kind: Resized, Before: []string{"3.12"}, After: []string{"3.12"}, SizeBefore: 100000, SizeAfter: 200000, Selected: true},
		{Name: "rust", Kind: Rebuilt, Before: []string{"1.0"}, After: []string{"1.0"}, SizeBefore: 9, SizeAfter: 10, Selected: true},
		{Name: "sys", Kind: Upgraded, Before: []string{"1"}, After: []string{"2"}, Gone: []string{"1"}, New: []string{"2"}, SizeBefore: 1, SizeAfter: 2},
		{Name: "texlive", Kind: Added, After: []string{"2024"}, New: []string{"2024"}, SizeAfter: 198, Selected: true},
		{Name: "vlc", Kind: Removed, Before: []string{"3.0"}, Gone: []string{"3.0"}, SizeBefore: 70, Selected: true},
	}
	ignorePaths := cmpopts.IgnoreFields(Change{}, "PathsGone", "PathsNew", "Pairs")
	if diff := cmp.Diff(want, d.Changes, ignorePaths); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if d.PathsShared != 3 || d.SizeShared != 52 { // glibc, cfg and multi-2
		t.Errorf("shared: got %d paths, %d bytes, want 3 of 52", d.PathsShared, d.SizeShared)
	}
	if got, want := d.Changes[2].Pairs, []version.Pair{{Before: "1", After: "0"}}; !slices.Equal(got, want) {
		t.Errorf("Pairs of multi = %v, want %v", got, want)
	}
	if got, want := d.SizeDelta(), after.Total()-before.Total(); got != want {
		t.Errorf("SizeDelta = %d, want %d", got, want)
	}
	if d.PathsBefore != 11 || d.PathsAfter != 12 || d.PathsGone != 8 || d.PathsNew != 9 {
		t.Errorf("paths: %d, %d, %d gone, %d new, want 11, 12, 8, 9", d.PathsBefore, d.PathsAfter, d.PathsGone, d.PathsNew)
	}
	if got := d.Count(Upgraded); got != 2 {
		t.Errorf("Count(Upgraded) = %d, want 2", got)
	}
	if got, want := d.Changes[0].PathsGone, []store.Path{path("fox-126"), path("fox-126-lib")}; len(got) != len(want) {
		t.Errorf("PathsGone of fox = %v, want %v", got, want)
	}
}

// What an environment holds is selected, what that needs is not.
func TestSelected(t *testing.T) {
	after := load(t, "sys 1: system-path lib-1; system-path 1: fox-1; fox-1 1: dep-1; dep-1 1:; lib-1 1:")
	got := map[string]bool{}
	empty, err := closure.New(after.Store())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Closures(empty, after).Changes {
		got[c.Name] = c.Selected
	}
	want := map[string]bool{"sys": false, "system-path": true, "system": true, "lib": true, "fox": true, "dep": false}
	delete(want, "system-path") // "-path" looks like an output
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("selected (-want +got):\n%s", diff)
	}
}

func TestGenerations(t *testing.T) {
	g := load(t, "a-1 1: b-1; b-1 2:")
	d, err := Generations(g.Store(), "", path("b-1"))
	if err != nil || d.Count(Added) != 1 || d.SizeDelta() != 2 {
		t.Errorf("Generations from nothing = %+v, %v", d, err)
	}
	d, err = Generations(g.Store(), path("a-1"), path("a-1"))
	if err != nil || len(d.Changes) > 0 {
		t.Errorf("Generations of the same = %+v, %v, want no changes", d, err)
	}
	if _, err := Generations(g.Store(), path("c"), ""); err == nil {
		t.Error("Generations of an absent path: no error")
	}
}
