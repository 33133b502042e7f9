package closure

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

// Order says how to sort paths.
type Order uint8

// The orders. Sizes and counts go from large to small, names from A to Z.
const (
	ByAdded Order = iota
	ByClosure
	ByOwn
	ByName
	ByReferences // how many paths it refers to
	ByReferrers  // how many paths in the closure refer to it
)

// String returns the order in a word: "added".
func (o Order) String() string {
	switch o {
	case ByAdded:
		return "added"
	case ByClosure:
		return "closure"
	case ByOwn:
		return "own"
	case ByName:
		return "name"
	case ByReferences:
		return "references"
	case ByReferrers:
		return "referrers"
	}
	return ""
}

// ParseOrder returns the order of that name.
func ParseOrder(name string) (Order, error) {
	for o := ByAdded; o <= ByReferrers; o++ {
		if o.String() == name {
			return o, nil
		}
	}
	return 0, fmt.Errorf("got '%s', want added, closure, own, name, references or referrers", name)
}

// Sort sorts nodes, equals by name and then by path. By closure size it may
// take as long as [Graph.ClosureSize] takes for each.
func (g *Graph) Sort(nodes []Node, by Order) {
	key := map[Order]func(Node) int64{
		ByAdded:      g.AddedSize,
		ByClosure:    g.ClosureSize,
		ByOwn:        g.OwnSize,
		ByName:       func(Node) int64 { return 0 },
		ByReferences: func(n Node) int64 { return int64(len(g.References(n))) },
		ByReferrers:  func(n Node) int64 { return int64(len(g.Referrers(n))) },
	}[by]
	sorted := make([]keyed, len(nodes))
	for i, n := range nodes {
		name := g.Path(n).Name()
		sorted[i] = keyed{key(n), nameHead(name), name, n}
	}
	slices.SortFunc(sorted, func(a, b keyed) int {
		switch {
		case a.key != b.key:
			return cmp.Compare(b.key, a.key)
		case a.head != b.head:
			return cmp.Compare(a.head, b.head)
		case a.name != b.name:
			return cmp.Compare(a.name, b.name)
		}
		return cmp.Compare(g.index[a.n], g.index[b.n])
	})
	for i, s := range sorted {
		nodes[i] = s.n
	}
}

// keyed is a node with what it is sorted by.
type keyed struct {
	key  int64
	head uint64 // of the name
	name string
	n    Node
}

// nameHead returns the first eight bytes of a name as a number. Two such compare as the
// names do, unless they are equal: names are in as many places of memory as there are paths.
func nameHead(name string) uint64 {
	var head [8]byte
	copy(head[:], name)
	return binary.BigEndian.Uint64(head[:])
}

// Children returns what n refers to, sorted. The caller may modify it.
func (g *Graph) Children(n Node, by Order) []Node {
	nodes := slices.Clone(g.References(n))
	g.Sort(nodes, by)
	return nodes
}

// All returns all nodes, sorted. The caller may modify it.
func (g *Graph) All(by Order) []Node {
	nodes := make([]Node, g.Len())
	for i := range nodes {
		nodes[i] = Node(i)
	}
	g.Sort(nodes, by)
	return nodes
}
