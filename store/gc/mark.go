package gc

import (
	"slices"

	"nixbench/store"
	"nixbench/store/edges"
)

// marks says which paths of a graph are live.
type marks struct {
	graph *store.Graph
	opts  Options
	live  []bool // by index

	only    map[store.Path]bool // nil if all paths may go
	digests map[string]bool     // of temporary roots, which also keep what is not valid
}

func newMarks(g *store.Graph, opts Options) *marks {
	m := &marks{graph: g, opts: opts, live: make([]bool, g.Len()), digests: make(map[string]bool)}
	if opts.Only != nil {
		m.only = make(map[store.Path]bool, len(opts.Only))
		for _, p := range opts.Only {
			m.only[p] = true
		}
	}
	return m
}

// markRoots marks what roots lead to, but for those that the options ignore.
func (m *marks) markRoots(roots []Root) {
	ignored := make(map[string]bool, len(m.opts.Ignore))
	for _, link := range m.opts.Ignore {
		ignored[link] = true
	}
	for _, r := range roots {
		switch {
		case ignored[r.Link]:
		case r.Kind == KindTemp || r.Kind == KindBuild:
			m.keep(r.Path)
		case !r.Dangling && !m.opts.IgnoreLiveness:
			m.markPath(r.Path)
		}
	}
	if !m.opts.KeepSince.IsZero() {
		since := m.opts.KeepSince.Unix()
		for i, registered := range m.graph.Registered {
			if registered >= since {
				m.mark(int32(i))
			}
		}
	}
	if m.only != nil {
		for i, p := range m.graph.Paths {
			if !m.only[p] {
				m.mark(int32(i))
			}
		}
	}
}

// keep marks a path that a process asked to keep. It need not be valid, and
// what else has its digest, such as its lock, is kept too.
func (m *marks) keep(p store.Path) {
	m.digests[p.Digest()] = true
	m.markPath(p)
}

func (m *marks) markPath(p store.Path) {
	if i, found := m.graph.Index(p); found {
		m.mark(i)
	}
}

// mark marks path i and all that it leads to.
func (m *marks) mark(i int32) {
	if m.live[i] {
		return
	}
	m.live[i] = true
	stack := []int32{i}
	visit := func(next int32) {
		if !m.live[next] {
			m.live[next] = true
			stack = append(stack, next)
		}
	}
	g := m.graph
	for len(stack) > 0 {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, r := range g.References(i) {
			visit(r)
		}
		if m.only != nil {
			continue
		}
		if m.opts.KeepOutputs {
			for _, out := range g.Outputs(i) {
				visit(out)
			}
		}
		if m.opts.KeepDerivations {
			if d, found := g.Deriver(i); found {
				visit(d)
			}
		}
	}
}

// keepsStray reports whether an entry that is not a valid path is to stay.
func (m *marks) keepsStray(p store.Path) bool {
	if m.only != nil && !m.only[p] {
		return true
	}
	base := string(p[len(p.Dir())+1:])
	return len(base) > store.DigestLen && m.digests[base[:store.DigestLen]]
}

// dead returns the paths that are not live, referrers before references. It is
// the reverse of the order in which a walk along references leaves them; there
// are no circles among valid paths.
func (m *marks) dead() []int32 {
	seen := slices.Clone(m.live) // a live path needs no visit
	out := edges.Postorder(m.graph.References, 0, int32(m.graph.Len()), seen)
	slices.Reverse(out)
	return out
}
