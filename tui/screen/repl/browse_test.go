package repl

import (
	"testing"

	"nixbench/tui"
)

// TestWritten pins that the documentation and the arguments of a function were written
// where it was, and what is in a set not where that was.
func TestWritten(t *testing.T) {
	set := &node{Node: tui.Node{Kind: tui.NodeSet, File: "/lib.nix", Line: 1}}
	function := &node{Node: tui.Node{Kind: tui.NodeLambda, File: "/lib.nix", Line: 9}, parent: set}
	for _, test := range []struct {
		kind tui.NodeKind
		in   *node
		want int
	}{{tui.NodeDoc, function, 9}, {tui.NodeFormal, function, 9}, {tui.NodeSource, function, 9}, {tui.NodeString, set, 0}, {tui.NodeDoc, nil, 0}} {
		if got := written(&node{Node: tui.Node{Kind: test.kind}, parent: test.in}).Line; got != test.want {
			t.Errorf("%v: got line %d, want %d", test.kind, got, test.want)
		}
	}
}
