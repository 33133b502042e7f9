// Package reclaim reads a garbage collection's plan the other way round: not
// what is dead, but what would be if roots went. It only reads; to carry
// something out, the plan is made again with those roots ignored.
package reclaim

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"nixbench/store"
	"nixbench/store/gc"
)

// Reclaim knows what each root of a plan keeps. Roots are named by their
// position in the plan's Roots, all of which count, also those that the plan
// ignores. It never changes, and is safe for concurrent use.
type Reclaim struct {
	plan *gc.Plan
	g    *store.Graph
	net  network

	frees []int64 // by root
	live  []bool  // by path: kept by any root
	order []int32 // of the network's nodes that are reached, see dominators

	mu sync.Mutex
	// mu guards the fields below.
	closures map[store.Path]int64 // closure sizes found so far
}

// New reads a plan. For a store of 100,000 paths it takes some 50 ms.
func New(plan *gc.Plan) *Reclaim {
	r := &Reclaim{plan: plan, g: plan.Graph, net: newNetwork(plan), closures: make(map[store.Path]int64)}
	var parent []int32
	parent, r.order = r.net.dominators()
	kept := make([]int64, r.net.len())
	r.live = make([]bool, r.g.Len())
	for _, v := range slices.Backward(r.order) {
		if r.net.isPath(v) {
			kept[v] += r.g.NarSize[v]
			r.live[v] = true
		}
		if p := parent[v]; p >= 0 {
			kept[p] += kept[v]
		}
	}
	for i := range plan.Roots {
		r.frees = append(r.frees, kept[r.net.root(i)])
	}
	return r
}

// Plan returns the plan.
func (r *Reclaim) Plan() *gc.Plan { return r.plan }

// Frees returns how many bytes a collection would free if only root i went, in
// addition to what is dead already.
func (r *Reclaim) Frees(i int) int64 { return r.frees[i] }

// ClosureSize returns the size of the closure of the path that root i keeps,
// in bytes. It may take some milliseconds.
func (r *Reclaim) ClosureSize(i int) int64 {
	p := r.plan.Roots[i].Path
	start, found := r.g.Index(p)
	if !found {
		return 0
	}
	r.mu.Lock()
	size, known := r.closures[p]
	r.mu.Unlock()
	if known {
		return size
	}
	seen := make([]bool, r.g.Len())
	seen[start] = true
	for todo := []int32{start}; len(todo) > 0; {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		size += r.g.NarSize[v]
		for _, to := range r.g.References(v) {
			if !seen[to] {
				seen[to] = true
				todo = append(todo, to)
			}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closures[p] = size
	return size
}

// Effect is what would become of the store if roots went.
type Effect struct {
	// Freed are the paths that would be dead and are not yet, largest first.
	Freed     []store.Path
	FreedSize int64 // bytes
	// AloneSize adds up what each of the roots would free alone, in bytes. What
	// they keep together makes the difference to FreedSize.
	AloneSize int64
	// SharedPaths and SharedSize count what these roots keep and others do too.
	SharedPaths int
	SharedSize  int64
}

// Effect returns what would become of the store if the marked roots went.
func (r *Reclaim) Effect(marked []int) *Effect {
	isMarked := make([]bool, len(r.plan.Roots))
	for _, i := range marked {
		isMarked[i] = true
	}
	var others, these []int32
	for i := range r.plan.Roots {
		if isMarked[i] {
			these = append(these, r.net.root(i))
		} else {
			others = append(others, r.net.root(i))
		}
	}
	kept := r.net.reach(append(others, r.net.pinned()))
	lost := r.net.reach(these)
	e := &Effect{}
	var freed []int32
	for v := range int32(r.g.Len()) {
		switch {
		case lost[v] && kept[v]:
			e.SharedPaths++
			e.SharedSize += r.g.NarSize[v]
		case lost[v]:
			freed = append(freed, v)
			e.FreedSize += r.g.NarSize[v]
		}
	}
	for i := range isMarked {
		if isMarked[i] {
			e.AloneSize += r.frees[i]
		}
	}
	slices.SortFunc(freed, func(a, b int32) int {
		return cmp.Or(cmp.Compare(r.g.NarSize[b], r.g.NarSize[a]), cmp.Compare(a, b))
	})
	for _, v := range freed {
		e.Freed = append(e.Freed, r.g.Paths[v])
	}
	return e
}

// KeptBy returns the roots that keep p, in order. It is empty if p is dead, or
// kept for another reason than a root.
func (r *Reclaim) KeptBy(p store.Path) []int {
	start, found := r.g.Index(p)
	if !found {
		return nil
	}
	var roots []int
	for v, reached := range r.net.reachBack(start) {
		if i, isRoot := r.net.rootAt(int32(v)); isRoot && reached {
			roots = append(roots, i)
		}
	}
	return roots
}

// Chain returns the shortest way from what root i keeps to p, both included: each
// path keeps the next by a reference or, if the plan's options say so, as a
// deriver or an output. It is nil if the root does not keep p.
func (r *Reclaim) Chain(i int, p store.Path) []store.Path {
	end, found := r.g.Index(p)
	if !found {
		return nil
	}
	start := r.net.root(i)
	from := map[int32]int32{start: start}
	for todo := []int32{start}; len(todo) > 0; todo = todo[1:] {
		for _, to := range r.net.next.Of(todo[0]) {
			if _, seen := from[to]; !seen {
				from[to] = todo[0]
				todo = append(todo, to)
			}
		}
	}
	if _, reached := from[end]; !reached {
		return nil
	}
	var chain []store.Path
	for v := end; v != start; v = from[v] {
		chain = append(chain, r.g.Paths[v])
	}
	slices.Reverse(chain)
	return chain
}

// BySettings returns how many paths, and how many bytes, live only because the
// plan's options keep derivers or outputs.
func (r *Reclaim) BySettings() (paths int, size int64) {
	plain := newNetwork(&gc.Plan{Roots: r.plan.Roots, Graph: r.g, Options: gc.Options{KeepSince: r.plan.Options.KeepSince, Only: r.plan.Options.Only}})
	all := []int32{plain.pinned()}
	for i := range r.plan.Roots {
		all = append(all, plain.root(i))
	}
	reached := plain.reach(all)
	for v, live := range r.live {
		if live && !reached[v] {
			paths++
			size += r.g.NarSize[v]
		}
	}
	return paths, size
}

// Old returns the roots that a rule about age may remove: results and direnv's
// links that have not been made anew since then.
func (r *Reclaim) Old(since time.Time) []int {
	var old []int
	for i, root := range r.plan.Roots {
		ours := root.Kind == gc.KindResult || root.Kind == gc.KindDirenv
		if ours && !root.Since.IsZero() && root.Since.Before(since) {
			old = append(old, i)
		}
	}
	return old
}
