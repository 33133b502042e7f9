package closure

import "slices"

// A Reference is that of one path to another.
type Reference struct{ From, To Node }

// Without returns what would leave the closure if the given paths did: they
// and what only they together lead to, in topological order, with the sum of
// the sizes in bytes. It takes time for what leaves, not for all there is.
func (g *Graph) Without(removed ...Node) (left []Node, size int64) {
	w := withdrawal{g: g}
	for _, n := range removed {
		w.remove(n)
	}
	return w.finish()
}

// WithoutReferences returns what would leave the closure if it had none of the
// given references, as [Graph.Without] does. What is no reference in it
// changes nothing.
func (g *Graph) WithoutReferences(cut ...Reference) (left []Node, size int64) {
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

// A withdrawal follows what leaves a closure. Since there are no circles, a
// path that is no root leaves when the last of its referrers does.
type withdrawal struct {
	g    *Graph
	cut  map[Reference]bool
	gone []Node
	lost tally // by how many referrers less; gone for what has left
}

// gone stands for what has left, whatever refers to it.
const gone = -1

func (w *withdrawal) remove(n Node) {
	if w.lost.of(n) != gone {
		w.lost.set(n, gone, w.g.Len())
		w.gone = append(w.gone, n)
	}
}

// lose notes that one path less refers to n.
func (w *withdrawal) lose(n Node) {
	lost := w.lost.of(n)
	if lost == gone {
		return
	}
	w.lost.set(n, lost+1, w.g.Len())
	if int(lost)+1 == len(w.g.Referrers(n)) && !w.g.IsRoot(n) {
		w.remove(n)
	}
}

func (w *withdrawal) finish() (left []Node, size int64) {
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

// A tally has a number for each node, at first 0: in a map as long as few are
// set, so that it costs nothing where little leaves.
type tally struct {
	few map[Node]int32
	all []int32 // by node; nil as long as few holds them
}

// fewSet is how many numbers are kept in the map.
const fewSet = 1000

func (t *tally) of(n Node) int32 {
	if t.all != nil {
		return t.all[n]
	}
	return t.few[n]
}

// set sets the number of n; nodes is how many there are.
func (t *tally) set(n Node, value int32, nodes int) {
	if t.all != nil {
		t.all[n] = value
		return
	}
	if t.few == nil {
		t.few = make(map[Node]int32)
	}
	if t.few[n] = value; len(t.few) <= fewSet {
		return
	}
	t.all = make([]int32, nodes)
	for n, value := range t.few {
		t.all[n] = value
	}
	t.few = nil
}
