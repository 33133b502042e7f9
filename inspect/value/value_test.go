package value

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"nixbench/engine/eval"
)

func newTree(t *testing.T, text string) (*Tree, Node) {
	t.Helper()
	ev := eval.New(eval.Options{})
	v, err := ev.EvalString(t.Context(), text, "/base")
	if err != nil {
		t.Fatal(err)
	}
	tree := NewTree(ev)
	return tree, tree.Add("_1", v)
}

// show prints nodes as "label kind count attrpath".
func show(nodes []Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, fmt.Sprintf("%s %s %d %s", n.Label, n.Kind, n.Count, n.AttrPath))
	}
	return out
}

func children(t *testing.T, tree *Tree, h Handle) []Node {
	t.Helper()
	nodes, err := tree.Children(h, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	return nodes
}

func expand(t *testing.T, tree *Tree, h Handle) Node {
	t.Helper()
	n, err := tree.Expand(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestUnfold(t *testing.T) {
	tree, root := newTree(t, `let f = x: { b = [ 1 (f x) ]; "a b" = x + 1; c = "s"; }; in f 1`)
	if root.Kind != eval.KindAttrs || root.Count != 3 || !root.HasChildren() {
		t.Errorf("root = %+v, want a set of 3", root)
	}
	nodes := children(t, tree, root.Handle)
	want := []string{`a b thunk -1 _1."a b"`, "b thunk -1 _1.b", "c string 0 _1.c"}
	if got := show(nodes); !slices.Equal(got, want) {
		t.Errorf("children = %q, want %q", got, want)
	}
	if got := expand(t, tree, nodes[0].Handle); got.Kind != eval.KindInt || got.Text != "2" || got.HasChildren() {
		t.Errorf("expanded sum = %+v, want 2", got)
	}
	list := expand(t, tree, nodes[1].Handle)
	if list.Count != 2 {
		t.Errorf("expanded list = %+v, want 2 elements", list)
	}
	elems := children(t, tree, list.Handle)
	inner := expand(t, tree, elems[1].Handle)
	if inner.Label != "[1]" || inner.AttrPath != "(builtins.elemAt _1.b 1)" || inner.Count != 3 {
		t.Errorf("element = %+v, want a set of 3 named [1]", inner)
	}
	if got := children(t, tree, inner.Handle)[1].AttrPath; got != "(builtins.elemAt _1.b 1).b" {
		t.Errorf("AttrPath below an element = %s", got)
	}
}

// Handles stay the same, and looking again shows what was evaluated meanwhile.
func TestHandlesStay(t *testing.T) {
	tree, root := newTree(t, `rec { a = b + 1; b = 1 + 1; }`)
	first := children(t, tree, root.Handle)
	expand(t, tree, first[0].Handle)
	second := children(t, tree, root.Handle)
	if second[1].Handle != first[1].Handle || second[1].Text != "2" {
		t.Errorf("b = %+v after a was evaluated, want 2 by the same handle as %+v", second[1], first[1])
	}
	if n, err := tree.Node(first[1].Handle); err != nil || n.Text != "2" {
		t.Errorf("Node = %+v, %v, want 2", n, err)
	}
}

func TestWindow(t *testing.T) {
	tree, root := newTree(t, `[ 0 1 2 3 4 5 6 ]`)
	nodes, err := tree.Children(root.Handle, 3, 2)
	if err != nil || len(nodes) != 2 || nodes[0].Label != "[3]" || nodes[1].Text != "4" {
		t.Errorf("children 3 and 4 = %+v, %v", nodes, err)
	}
	if nodes, err := tree.Children(root.Handle, 7, 2); err != nil || len(nodes) > 0 {
		t.Errorf("children beyond the end = %+v, %v, want none", nodes, err)
	}
}

func TestErrors(t *testing.T) {
	tree, root := newTree(t, `{ bad = 1 + "x"; ok = 1; }`)
	bad := children(t, tree, root.Handle)[0]
	got := expand(t, tree, bad.Handle)
	if got.Err == nil || !strings.HasPrefix(got.Text, "«error: ") {
		t.Errorf("expanded error = %+v, want it to say so", got)
	}
	if again := children(t, tree, root.Handle)[0]; again.Err == nil {
		t.Errorf("looked at again = %+v, want the error", again)
	}
	if again := expand(t, tree, bad.Handle); again.Err == nil || !again.HasChildren() {
		t.Errorf("tried again = %+v, want the error", again)
	}
}

func TestCancelled(t *testing.T) {
	tree, root := newTree(t, `{ a = let f = n: if n == 0 then 0 else f (n - 1); in f 5; }`)
	a := children(t, tree, root.Handle)[0]
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := tree.Expand(ctx, a.Handle); err == nil {
		t.Errorf("Expand when cancelled = %+v, want an error", n)
	}
	if got := expand(t, tree, a.Handle); got.Text != "0" || got.Err != nil {
		t.Errorf("Expand after that = %+v, want 0", got)
	}
}

func TestRelease(t *testing.T) {
	tree, root := newTree(t, `{ a = { b = 1; }; }`)
	a := children(t, tree, root.Handle)[0]
	expand(t, tree, a.Handle)
	children(t, tree, a.Handle)
	if tree.Len() != 3 {
		t.Errorf("Len = %d, want 3", tree.Len())
	}
	tree.Release(root.Handle)
	tree.Release(root.Handle)
	if tree.Len() != 0 {
		t.Errorf("Len after Release = %d, want 0", tree.Len())
	}
	_, errNode := tree.Node(a.Handle)
	_, errExpand := tree.Expand(t.Context(), a.Handle)
	_, errChildren := tree.Children(a.Handle, 0, 1)
	for _, err := range []error{errNode, errExpand, errChildren} {
		if !errors.Is(err, ErrReleased) {
			t.Errorf("a released handle: %v, want ErrReleased", err)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	tree, root := newTree(t, `let f = n: { inherit n; next = f (n + 1); }; in f 0`)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			h := root.Handle
			for range 50 {
				if _, err := tree.Expand(t.Context(), h); err != nil {
					t.Error(err)
					return
				}
				nodes, err := tree.Children(h, 0, 10)
				if err != nil || len(nodes) != 2 {
					t.Errorf("children = %+v, %v", nodes, err)
					return
				}
				h = nodes[1].Handle
			}
		})
	}
	wg.Wait()
}
