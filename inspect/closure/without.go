package closure

import "slices"

// A Reference is that of one path to another.
type Reference struct{ From, To Node }

// Without returns what would leave the closure if the given paths did: they
// and what only they together lead to, in topological order, with the sum of
// the sizes in bytes. It takes time for what leaves, not for all there is.
func (g *Graph) Without(removed ...Node) (gone []Node, size int64) {
	w := withdrawal{g: g}
	for _, n := range removed {
		w.remove(n)
	}
	return w.finish()
}

// WithoutReferences returns what would leave the closure if it had none of the
// given references, as [Graph.Without] does. What is no reference in it
// changes nothing.
func (g *Graph) WithoutReferences(cut ...Reference) (gone []Node, size int64) {
	w := withdrawal{g: g, cut: make(map[Reference]bool, len(cut))}
	for _, r := range cut {
		if slices.Contains(g.References(r.From), r.To) {
			w.cut[r] = true
		}
	}
	for r := range w.cut {
		w.lose(r.To)
	}
	return w.finish()
}

// WithoutReference returns what would leave the closure if from did not refer
// to to.
func (g *Graph) WithoutReference(from, to Node) (gone []Node, size int64) {
	return g.WithoutReferences(Reference{from, to})
}

// A withdrawal follows what leaves a closure. Since there are no circles, a
// path that is no root leaves when the last of its referrers does.
type withdrawal struct {
	g    *Graph
	cut  map[Reference]bool
	gone []Node
	left map[Node]bool  // the same as a set
	lost map[Node]int32 // how many referrers have left, or refer no more
}

func (w *withdrawal) remove(n Node) {
	if w.left == nil {
		w.left = make(map[Node]bool)
	}
	if !w.left[n] {
		w.left[n] = true
		w.gone = append(w.gone, n)
	}
}

// lose notes that one path less refers to n.
func (w *withdrawal) lose(n Node) {
	if w.lost == nil {
		w.lost = make(map[Node]int32)
	}
	w.lost[n]++
	if int(w.lost[n]) == len(w.g.Referrers(n)) && !w.g.IsRoot(n) {
		w.remove(n)
	}
}

func (w *withdrawal) finish() (gone []Node, size int64) {
	for next := 0; next < len(w.gone); next++ {
		n := w.gone[next]
		size += w.g.OwnSize(n)
		for _, r := range w.g.References(n) {
			if !w.cut[Reference{n, r}] {
				w.lose(r)
			}
		}
	}
	slices.Sort(w.gone)
	return w.gone, size
}
