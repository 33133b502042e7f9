package gc

import (
	"slices"
	"strings"
	"testing"

	"nixbench/inspect/reclaim"
	"nixbench/store"
	storegc "nixbench/store/gc"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
)

// TestRootNames pins what roots are called: all temporary roots of a process
// have one file, so that its name tells them not apart.
func TestRootNames(t *testing.T) {
	p := store.Path("/nix/store/0mwmi6n06v0ggxwp8p7w0bs2hjnf07ls-libjson-4.0")
	tests := []struct {
		root       storegc.Root
		name, kind string
	}{
		{storegc.Root{Link: "/s/temproots/7-a", Path: p, Kind: storegc.KindTemp, Note: "nixbench, pid 7"}, "libjson-4.0 (nixbench, pid 7)", "temp"},
		{storegc.Root{Link: "/s/temproots/7-a", Path: p, Kind: storegc.KindTemp, Dangling: true}, "libjson-4.0", "temp"},
		{storegc.Root{Link: "/s/temproots/7-a", Path: p, Kind: storegc.KindTemp, Note: "nixbench, process 7"}, "libjson-4.0 (nixbench 7)", "temp"},
		{storegc.Root{Link: "/proc/7/maps", Path: p, Kind: storegc.KindProcess, Note: "sh"}, "/proc/7/maps (sh)", "process"},
		{storegc.Root{Link: "/p/profile-2-link", Path: p, Kind: storegc.KindGeneration, Note: "current"}, "profile-2-link", "current"},
		{storegc.Root{Link: "/home/result", Path: p, Kind: storegc.KindResult, Dangling: true}, "/home/result", "dangling"},
	}
	for _, test := range tests {
		if name, kind := rootName(test.root, "/home/me"), kindName(test.root); name != test.name || kind != test.kind {
			t.Errorf("%+v: got %q, %q, want %q, %q", test.root, name, kind, test.name, test.kind)
		}
	}
}

// What a process holds in two of its files is one row; what two processes hold are two.
func TestTemporaryRootsOnce(t *testing.T) {
	p := store.Path("/nix/store/0mwmi6n06v0ggxwp8p7w0bs2hjnf07ls-libjson-4.0")
	all := []storegc.Root{
		{Link: "/s/temproots/7-a", Path: p, Kind: storegc.KindTemp, Note: "nixbench, process 7"},
		{Link: "/s/temproots/7-b", Path: p, Kind: storegc.KindTemp, Note: "nixbench, process 7"},
		{Link: "/s/temproots/8-a", Path: p, Kind: storegc.KindTemp, Note: "nixbench, process 8"},
		{Link: "/p/profile-2-link", Path: p, Kind: storegc.KindGeneration},
		{Link: "/p/profile-3-link", Path: p, Kind: storegc.KindGeneration},
	}
	if got, want := rootsOf(all, kindAll.has), []int{0, 2, 3, 4}; !slices.Equal(got, want) {
		t.Errorf("got the rows %v, want %v", got, want)
	}
}

// The roots of a group stand in the order of their names and numbers, in whichever they
// were found.
func TestGroupsAreSorted(t *testing.T) {
	s := &Screen{env: &tui.Env{}, data: &data{plan: &storegc.Plan{Roots: []storegc.Root{
		{Link: "/p/profile-4-link", Kind: storegc.KindGeneration},
		{Link: "/home/result", Kind: storegc.KindResult},
		{Link: "/p/profile-3-link", Kind: storegc.KindGeneration},
		{Link: "/p/profile-10-link", Kind: storegc.KindGeneration},
	}}}}
	var got []string
	for _, m := range s.members(reclaim.Group{Roots: []int{0, 1, 2, 3}}) {
		got = append(got, m.name)
	}
	if want := []string{"/home/result", "profile-3-link", "profile-4-link", "profile-10-link"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Counts of many paths fit into the plan, also where it stands beside the roots.
func TestPlanOfManyPaths(t *testing.T) {
	for _, w := range []int{36, 38, 40, 46, 52, 60, 76, 100} {
		got := ""
		for _, span := range entry(w, "kept by others", themes.Live, 123_456, 46<<30, "w: why") {
			got += span.Text
		}
		if !strings.Contains(got, " 123,456 ") || w >= 40 && !strings.Contains(got, " 123,456 paths ") || !strings.Contains(got, " 46.00 GiB") || style.Width(strings.TrimRight(got, " ")) > w {
			t.Errorf("at %d cells: got %q", w, got)
		}
	}
}
