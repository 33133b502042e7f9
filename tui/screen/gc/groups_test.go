package gc_test

import (
	"fmt"
	"testing"

	"nixbench/store"
	storegc "nixbench/store/gc"
	"nixbench/tui/tuitest"
)

// Generations that share what only they keep are told of by the first and the last of
// them, and what cannot go as a whole comes last, with how much of it stays.
func TestLargeGroups(t *testing.T) {
	lib, both, now := tuitest.PathNamed("lib"), tuitest.PathNamed("both"), tuitest.PathNamed("now")
	nodes := []store.GraphNode{{Path: lib, NarSize: 300}, {Path: both, NarSize: 9000}, {Path: now, NarSize: 1}}
	c := &custom{Backend: tuitest.NewBackend(t), nodes: nodes, refs: [][2]int32{{2, 1}}}
	for i := range 7 {
		n := i + 8 // as names, 10 sorts before 8
		c.nodes = append(c.nodes, store.GraphNode{Path: tuitest.PathNamed(fmt.Sprint("gen-", n)), NarSize: 1})
		gen := int32(len(c.nodes) - 1)
		c.refs = append(c.refs, [2]int32{gen, 0})
		if i == 0 {
			c.refs = append(c.refs, [2]int32{gen, 1})
		}
		c.roots = append(c.roots, storegc.Root{
			Link: fmt.Sprintf("/nix/var/nix/profiles/system-%d-link", n), Path: c.nodes[gen].Path, Kind: storegc.KindGeneration,
		})
	}
	c.roots = append(c.roots, storegc.Root{Link: "/proc/7/maps", Path: now, Kind: storegc.KindProcess, Note: "web, process 7"})
	result := storegc.Root{Link: "/srv/of/somebody/a-project/of/theirs/result", Path: both, Kind: storegc.KindResult}
	c.roots = append(c.roots, result)
	d := start(t, c, 80, 24)
	d.Keys("i")
	d.Wants("300B  7 roots: system-8 .. 14", "8.8K  1 cannot go  /proc/7/maps (web 7) + /..of/theirs/result + ")
	d.Keys("space")
	d.Wants("7 of 7 marked  7 roots: system-8 .. 14", "1 of 3 marked  1 cannot go  ", "7 marked roots ")
}
