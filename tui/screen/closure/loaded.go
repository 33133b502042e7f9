package closure

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/store"
	"nixbench/tui/background"
)

// loaded is what is known about a closure. Of a large one, what the first rows do
// without comes later: the closure sizes by a message, all else when it is first asked
// for, by warm or by what needs it.
type loaded struct {
	g     *closure.Graph
	root  closure.Node
	sizes []int64     // closure sizes by node; nil: not known yet
	times *buildTimes // of a build-time closure

	before func() []closure.Node // the one before on a shortest way from a root
	lower  func() []string       // names in lower case
	dom    func() *dominated
	nodes  func() []closure.Node // all, in the order that was wanted

	several *atomic.Pointer[map[string]bool] // see namesakes; nil: not known yet
}

// sizesAtOnce is the number of paths up to which everything is known with the
// closure.
const sizesAtOnce = 20_000

// loadClosure computes the closure of roots in g.
func loadClosure(ctx context.Context, st *store.Graph, roots []store.Path, by closure.Order) (*loaded, error) {
	g, err := closure.New(st, roots...)
	if err != nil {
		return nil, err
	}
	return load(ctx, g, nil, by)
}

// load computes what is known of a closure; times are those of a build-time closure.
func load(ctx context.Context, g *closure.Graph, times *buildTimes, by closure.Order) (d *loaded, err error) {
	d = &loaded{g: g, root: g.Roots()[0], times: times, several: new(atomic.Pointer[map[string]bool])}
	d.before = sync.OnceValue(func() []closure.Node { return shortestWays(g) })
	d.lower = sync.OnceValue(func() []string { return lowerNames(g) })
	d.dom = sync.OnceValue(func() *dominated { return newDominated(g) })
	if g.Len() <= sizesAtOnce {
		if d.sizes, err = g.ClosureSizes(ctx); err != nil {
			return nil, err
		}
	}
	nodes := *d // the sizes come later
	d.nodes = sync.OnceValue(func() []closure.Node { return nodes.all(by) })
	if d.sizes != nil {
		d.warm()
	}
	return d, ctx.Err()
}

// warm finds what keys may ask for, what is most likely first. It takes some tenths
// of a second in a large closure.
func (d *loaded) warm() tea.Msg {
	background.Do(func() {
		d.nodes()
		several := namesakes(d.g)
		d.several.Store(&several)
		d.lower()
		d.before()
		d.dom()
	})
	return nil
}

// shortestWays returns for each node the one before it on a shortest way from a root,
// None for the roots.
func shortestWays(g *closure.Graph) []closure.Node {
	before := make([]closure.Node, g.Len())
	for n := range before {
		before[n] = closure.None
	}
	seen := make([]bool, g.Len())
	for _, n := range g.Roots() {
		seen[n] = true
	}
	for todo := slices.Clone(g.Roots()); len(todo) > 0; todo = todo[1:] {
		for _, to := range g.References(todo[0]) {
			if !seen[to] {
				seen[to] = true
				before[to] = todo[0]
				todo = append(todo, to)
			}
		}
	}
	return before
}

func lowerNames(g *closure.Graph) []string {
	lower := make([]string, g.Len())
	for n := range lower {
		lower[n] = strings.ToLower(g.Path(closure.Node(n)).Name())
	}
	return lower
}

// sizeOrder is by, or an order that can be had at once: closure sizes may be on their
// way, and times are no order of a graph.
func (d *loaded) sizeOrder(by closure.Order) closure.Order {
	if by == closure.ByClosure && d.sizes == nil || by >= byTime {
		return closure.ByAdded
	}
	return by
}

// way is the shortest way from the root to n, both included.
func (d *loaded) way(n closure.Node) []closure.Node {
	var back []closure.Node
	for ; n != closure.None; n = d.before()[n] {
		back = append(back, n)
	}
	slices.Reverse(back)
	return back
}

// all are the nodes of the closure in the chosen order.
func (f *frame) all() []closure.Node {
	if f.nodes == nil && f.data != nil {
		f.nodes = f.data.nodes()
	}
	return f.nodes
}

// sized takes the closure sizes of a large closure, after which there is time for what
// else may be asked for.
func (s *Screen) sized(f *frame, sizes []int64) tea.Cmd {
	f.data.sizes = sizes
	if f.order == closure.ByClosure {
		return tea.Batch(s.sort(f), f.data.warm)
	}
	if f.query != "" {
		f.search(f.query) // which may be about sizes
	}
	return f.data.warm
}
