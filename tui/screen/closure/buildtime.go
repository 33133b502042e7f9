package closure

// This file is about what a derivation needs to be built: sizes are those of outputs,
// and builds take as long as they did lately.

import (
	"cmp"
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/drv"
	"nixbench/themes"
	"nixbench/tui/style"
	"nixbench/tui/widget/rows"
)

// More orders, of build-time closures only.
const (
	byTime closure.Order = 64 + iota
	byChain
)

// buildTimes are the times of a build-time closure, by node.
type buildTimes struct {
	usual []time.Duration // of its build, 0 if that is not known
	chain []time.Duration // from nothing to its end, with enough slots; nil if too little is known
	sum   time.Duration   // of all builds
	known int             // how many builds have a time
	of    int             // how many builds there are
}

func buildColumns() []rows.Column {
	return []rows.Column{
		{Title: "NAME", Min: 20, Flex: 1},
		{Title: "OWN", Min: 7, Right: true, Rank: 2},
		{Title: "CLOSURE", Min: 7, Right: true, Rank: 1},
		{Title: "ADDS", Min: 7, Right: true},
		{Title: "TIME", Min: 6, Right: true},
		{Title: "CHAIN", Min: 6, Right: true, Rank: 1},
		{Title: "STATE", Min: 6, Rank: 3},
		{Title: "REFS", Min: 4, Right: true, Rank: 4},
	}
}

// loadBuild computes what roots need to be built, in the snapshot of the store.
func loadBuild(ctx context.Context, st *store.Graph, roots []store.Path, by closure.Order, usual func(name string) time.Duration) (*loaded, error) {
	g, err := closure.BuildTime(st, roots...)
	if err != nil {
		return nil, err
	}
	return load(ctx, g, timesOf(g, usual), by)
}

// timesOf finds out how long builds take. Builds of which that is not known count as
// the middle one, if more than half are known.
func timesOf(g *closure.Graph, usual func(name string) time.Duration) *buildTimes {
	t := &buildTimes{usual: make([]time.Duration, g.Len())}
	var known []time.Duration
	for n := range closure.Node(g.Len()) {
		p := g.Path(n)
		if !p.IsDerivation() {
			continue
		}
		t.of++
		if took := usual(drv.NameOf(p)); took > 0 {
			t.usual[n] = took
			known = append(known, took)
		}
	}
	t.known = len(known)
	if 2*t.known <= t.of {
		return t
	}
	slices.Sort(known)
	middle := known[len(known)/2]
	cost := func(n closure.Node) int64 {
		switch {
		case !g.Path(n).IsDerivation():
			return 0
		case t.usual[n] == 0:
			return int64(middle)
		}
		return int64(t.usual[n])
	}
	t.chain = make([]time.Duration, g.Len())
	for n, c := range g.Chains(cost) {
		t.chain[n] = time.Duration(c)
		t.sum += time.Duration(cost(closure.Node(n)))
	}
	return t
}

// durationText is a time, empty if it is not known.
func durationText(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return text.Duration(d)
}

func (t *buildTimes) chainOf(n closure.Node) time.Duration {
	if t.chain == nil {
		return 0
	}
	return t.chain[n]
}

// buildState says whether outputs are there.
func (f *frame) buildState(n closure.Node) (string, themes.Token) {
	g := f.data.g
	switch {
	case !g.Path(n).IsDerivation():
		return "source", themes.Muted
	case len(g.Outputs(n)) > 0:
		return "valid", themes.Done
	}
	return "to do", themes.Waiting
}

func (f *frame) buildRow(n closure.Node) rows.Row {
	g, t := f.data.g, f.data.times
	state, token := f.buildState(n)
	return rows.Row{Base: f.markBase(g.Path(n)), Cells: []rows.Cell{
		f.label(n, themes.DrvName),
		rows.Text(themes.Muted, text.Size(g.OwnSize(n))),
		rows.Text(themes.Text, f.sizeText(n)),
		rows.Text(themes.Size, text.Size(g.AddedSize(n))),
		rows.Text(themes.Text, durationText(t.usual[n])),
		rows.Text(themes.Muted, durationText(t.chainOf(n))),
		rows.Text(token, state),
		rows.Text(themes.Muted, text.ShortCount(len(g.References(n)))),
	}}
}

// buildTitle says how long it all takes, as far as that is known, in at most w cells.
func (f *frame) buildTitle(w int) string {
	t := f.data.times
	title := "   " + text.Plural(t.of, "build")
	if t.chain == nil {
		return title
	}
	sum, least := text.Duration(t.sum), text.Duration(t.chainOf(f.data.root))
	for _, more := range []string{"   " + sum + " one by one, " + least + " at least", "   " + sum + ", at least " + least, "   " + sum} {
		if len(title)+len(more) <= w {
			return title + more
		}
	}
	return title
}

// buildInfo is about the build under the cursor, a fact a line.
func (f *frame) buildInfo(n closure.Node, fact func(name, value string, token themes.Token) line) []line {
	t := f.data.times
	state, token := f.buildState(n)
	lines := []line{fact("outputs", map[string]string{"to do": "not built", "valid": "valid", "source": "none: it is a source"}[state], token)}
	if t.usual[n] > 0 {
		lines = append(lines, fact("usual", text.Duration(t.usual[n]), themes.Text))
	}
	if c := t.chainOf(n); c > 0 {
		lines = append(lines, fact("chain", text.Duration(c)+"  from nothing, all slots free", themes.Muted))
	} else if f.data.g.Path(n).IsDerivation() && t.usual[n] == 0 {
		lines = append(lines, line{{Text: style.Fit("usual", 10), Token: themes.Muted}, {Text: "not known: not built here lately", Token: themes.Muted}})
	}
	return lines
}

// all are the nodes in an order, which may be one of build times.
func (d *loaded) all(by closure.Order) []closure.Node {
	nodes := d.g.All(d.sizeOrder(by))
	d.byTimes(nodes, by)
	return nodes
}

// byTimes sorts nodes by the times of builds, if that is what is wanted; equals stay as
// they are.
func (d *loaded) byTimes(nodes []closure.Node, by closure.Order) {
	if by < byTime || d.times == nil {
		return
	}
	value := func(n closure.Node) time.Duration { return d.times.usual[n] }
	if by == byChain {
		value = d.times.chainOf
	}
	slices.SortStableFunc(nodes, func(a, b closure.Node) int { return cmp.Compare(value(b), value(a)) })
}

// deriver is the derivation of a path, or the path itself if it is one.
func (s *Screen) deriver(p store.Path) store.Path {
	if p.IsDerivation() {
		return p
	}
	if s.infoFor == p && s.info != nil && s.info.Deriver != "" {
		return s.info.Deriver
	}
	if s.graph == nil {
		return ""
	}
	if i, ok := s.graph.Index(p); ok {
		return s.graph.DeriverPath(i)
	}
	return ""
}

func (s *Screen) noBuildTime(p store.Path, noPath string) string {
	if noPath != "" {
		return noPath
	}
	d := s.deriver(p)
	switch f := s.top(); {
	case d == "":
		return "its derivation is not known"
	case f.kind == kindBuild && d == f.path:
		return "this is its build-time closure"
	case s.graph == nil:
		return "the store is being read"
	}
	if _, ok := s.graph.Index(d); !ok {
		return "its derivation is not in the store"
	}
	return ""
}

func (s *Screen) showBuildTime() tea.Cmd {
	p, _ := s.selected()
	return s.pushed(newClosure(s.env, kindBuild, s.deriver(p), ""))
}
