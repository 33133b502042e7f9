// Package value shows values of the language as a tree that is unfolded step
// by step. Looking evaluates nothing; opening a node evaluates that node and
// nothing below it.
//
// Callers get snapshots, never values: a [Node] is what a value looked like
// when it was asked for, with a [Handle] to ask again.
package value

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"nixbench/engine/eval"
)

// Handle names a value in a [Tree]; 0 names none.
type Handle uint64

// ErrReleased reports a handle that the tree does not know, or not any more.
var ErrReleased = errors.New("value has been released")

// Node is what a value looked like.
type Node struct {
	Handle Handle
	// Label is the attribute's name, or "[3]" for an element; for a value that
	// was added, the name it was given.
	Label string
	Kind  eval.Kind
	// Text is the value on one line, cut short. Nothing is evaluated to make it.
	// It may hold whatever strings hold: clean it before it is shown.
	Text string
	// Count is the number of attributes or elements, -1 if the value has not
	// been evaluated.
	Count int
	// AttrPath is an expression for the value that starts with the name of what
	// was added: "_4.meta.license".
	AttrPath string
	// DrvPath is the derivation's path if the value is a derivation whose path
	// has been evaluated.
	DrvPath string
	Context eval.StringContext // of a string
	File    string             // where the value was written, absolute; "" if not in a file
	Line    int                // from 1; 0 if File is ""
	// Err is why the value could not be evaluated, when that was tried.
	Err *eval.Error
}

// HasChildren reports whether there is, or may be, something below the value.
func (n *Node) HasChildren() bool { return n.Count != 0 }

// Tree keeps the values that handles stand for, until they are released. It is
// safe for concurrent use.
type Tree struct {
	ev *eval.Evaluator

	mu sync.Mutex
	// mu guards the fields below.
	items map[Handle]*item
	last  Handle
}

// item is a value that has a handle.
type item struct {
	value    eval.Value
	node     Node
	children map[int]Handle // by index, of those that were asked for
}

// NewTree returns an empty tree of ev's values.
func NewTree(ev *eval.Evaluator) *Tree {
	return &Tree{ev: ev, items: make(map[Handle]*item)}
}

// Add takes a value into the tree. The name says how expressions call it, such
// as "_4".
func (t *Tree) Add(name string, v eval.Value) Node {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.add(v, Node{Label: name, AttrPath: name}).node
}

// add gives a value a handle. The caller holds t.mu.
func (t *Tree) add(v eval.Value, node Node) *item {
	t.last++
	node.Handle = t.last
	it := &item{value: v, node: node}
	it.look(t.ev.Snapshot(v))
	t.items[t.last] = it
	return it
}

// look takes over what a value looks like.
func (it *item) look(s eval.Snapshot) {
	n := &it.node
	n.Kind, n.Text, n.DrvPath, n.Context, n.Err = s.Kind, s.Text, s.DrvPath, s.Context, s.Err
	n.Count = s.Children
	if s.Kind == eval.KindThunk {
		n.Count = -1
	}
}

// Node looks at a value again, which may have been evaluated meanwhile.
func (t *Tree) Node(h Handle) (Node, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	it, err := t.item(h)
	if err != nil {
		return Node{}, err
	}
	return it.again(t.ev), nil
}

// again looks at the value. An error stays until the value is evaluated.
func (it *item) again(ev *eval.Evaluator) Node {
	s := ev.Snapshot(it.value)
	if s.Kind == eval.KindThunk && it.node.Err != nil {
		return it.node
	}
	it.look(s)
	return it.node
}

func (t *Tree) item(h Handle) (*item, error) {
	it := t.items[h]
	if it == nil {
		return nil, fmt.Errorf("look at value %d: %w", h, ErrReleased)
	}
	return it, nil
}

// Value returns the value that a handle stands for. It belongs to the
// evaluator.
func (t *Tree) Value(h Handle) (eval.Value, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	it, err := t.item(h)
	if err != nil {
		return eval.Value{}, err
	}
	return it.value, nil
}

// Expand evaluates a value, and nothing below it. If that fails, the node says
// so; the error returned is for what is no fault of the value, as when ctx is
// cancelled. A value that failed is tried again.
func (t *Tree) Expand(ctx context.Context, h Handle) (Node, error) {
	v, err := t.Value(h)
	if err != nil {
		return Node{}, err
	}
	s, err := t.ev.Expand(ctx, v) // not under the lock: it may take long
	if err != nil {
		return Node{}, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	it, err := t.item(h)
	if err != nil {
		return Node{}, err
	}
	it.look(s)
	return it.node, nil
}

// Children returns up to n of what is below a value, attributes by name, from
// the index from on. It evaluates nothing: a value that has not been expanded
// has no children.
func (t *Tree) Children(h Handle, from, n int) ([]Node, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	it, err := t.item(h)
	if err != nil {
		return nil, err
	}
	var nodes []Node
	for _, c := range t.ev.Children(it.value, from, n) {
		child := t.items[it.children[c.Index]]
		if child == nil {
			child = t.addChild(it, c)
		} else {
			child.again(t.ev)
		}
		nodes = append(nodes, child.node)
	}
	return nodes, nil
}

func (t *Tree) addChild(parent *item, c eval.Child) *item {
	node := Node{Label: c.Name}
	if parent.node.Kind == eval.KindList {
		node.Label = "[" + strconv.Itoa(c.Index) + "]"
		node.AttrPath = fmt.Sprintf("(builtins.elemAt %s %d)", parent.node.AttrPath, c.Index)
	} else {
		node.AttrPath = parent.node.AttrPath + "." + eval.QuoteName(c.Name)
	}
	if p := t.ev.Position(c.Pos); p.Line > 0 && strings.HasPrefix(p.Name, "/") {
		node.File, node.Line = p.Name, p.Line
	}
	if parent.children == nil {
		parent.children = make(map[int]Handle)
	}
	child := t.add(c.Value, node)
	parent.children[c.Index] = child.node.Handle
	return child
}

// Release forgets a value and everything below it. Handles that are not known
// are ignored.
func (t *Tree) Release(h Handle) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for todo := []Handle{h}; len(todo) > 0; {
		next := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		it := t.items[next]
		if it == nil {
			continue
		}
		delete(t.items, next)
		for _, c := range it.children {
			todo = append(todo, c)
		}
	}
}

// Len returns how many values the tree keeps.
func (t *Tree) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.items)
}
