package closure_test

import (
	"context"
	"testing"

	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/tuitest"
)

// A twins store has two paths of one name that refer to a third, and one that refers to
// both.
type twins struct{ *tuitest.Backend }

func (twins) Graph(context.Context) (*store.Graph, error) {
	nodes := []store.GraphNode{
		{Path: "/nix/store/00000000000000000000000000000001-base-1"},
		{Path: "/nix/store/aaaa0000000000000000000000000002-lib-2"},
		{Path: "/nix/store/bbbb0000000000000000000000000003-lib-2"},
		{Path: "/nix/store/00000000000000000000000000000004-top-3"},
	}
	return store.NewGraph(nodes, [][2]int32{{1, 0}, {2, 0}, {3, 1}, {3, 2}}, nil), nil
}

// Paths of one name are told apart by their digests: in lists, in the answer to why and
// among referrers.
func TestNamesakes(t *testing.T) {
	d := start(t, twins{tuitest.NewBackend(t)}, 80, 24, tui.ShowPathMsg{Path: "/nix/store/00000000000000000000000000000004-top-3"})
	both := []string{"lib-2  aaaa..", "lib-2  bbbb.."}
	d.Wants(both...)
	d.Keys("t")
	d.Wants(both...)
	d.Lacks("top-3  0000..", "base-1  0000..")
	d.Keys("t t t")
	for _, key := range []string{"/", "b", "a", "s", "e", "enter", "w", "a"} {
		d.Keys(key)
	}
	d.Wants("why does top-3 depend on base-1?")
	d.Wants(both...)
	d.Keys("esc esc r")
	d.Wants("referrers of base-1")
	d.Wants(both...)
}
