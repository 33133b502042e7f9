package profiles

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/inspect/diff"
	"nixbench/inspect/reclaim"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/widget/changes"
	"nixbench/tui/widget/rows"
)

// sizes is what a garbage collection's plan tells about generations. It does
// not change.
type sizes struct {
	rc    *reclaim.Reclaim
	roots map[string]int // by link: the position in the plan
	freed map[string]int64
	// graph has the paths of all stores; the plan is about one of them.
	// elsewhere are the closures, by link, of generations that lead into
	// another.
	graph     *store.Graph
	elsewhere map[string]int64
}

// only is what would be freed if only that generation went, -1 if unknown.
func (z *sizes) only(link string) int64 {
	if z == nil {
		return -1
	}
	if i, ok := z.roots[link]; ok {
		return z.rc.Frees(i)
	}
	return -1
}

// closure is the size of all that a generation needs, -1 if unknown.
func (z *sizes) closure(link string) int64 {
	if z == nil {
		return -1
	}
	if i, ok := z.roots[link]; ok {
		return z.rc.ClosureSize(i)
	}
	if size, ok := z.elsewhere[link]; ok {
		return size
	}
	return -1
}

// positions are the roots that generations are.
func (z *sizes) positions(gens []tui.Generation) []int {
	var out []int
	for _, g := range gens {
		if i, ok := z.roots[g.Link]; ok {
			out = append(out, i)
		}
	}
	return out
}

// measure finds the closures of generations that the plan is not about.
func (z *sizes) measure(gens []tui.Generation) {
	for _, g := range gens {
		if _, ok := z.roots[g.Link]; ok {
			continue
		}
		if c, err := closure.New(z.graph, g.Path); err == nil {
			z.elsewhere[g.Link] = c.Total()
		}
	}
}

func (s *Screen) reload() tea.Cmd {
	return tui.Ask(s.env, &s.listing, s.env.Backend.ProfileList)
}

// listed takes the profiles: the one that was shown, else the first.
func (s *Screen) listed(msg tui.Answer[[]tui.Profile]) tea.Cmd {
	if !msg.For(&s.listing) {
		return nil
	}
	s.err = msg.Err
	if s.err != nil {
		s.setEmpty("the profiles could not be listed; f5 tries again")
		return s.env.Fail(s.err)
	}
	s.profiles = slices.Clip(append([]tui.Profile{}, msg.Value...))
	s.setProfiles()
	if len(s.profiles) == 0 {
		s.link, s.all, s.known = "", nil, true
		s.setEmpty("no profiles here: nixbench tour makes one, and so does nix profile add")
		s.setGens()
		return nil
	}
	link := s.link
	if _, ok := s.profile(); !ok {
		link = s.profiles[0].Link
		s.wanted, s.wantedBase = 0, 0 // they were of the other
	}
	s.sizing.Cancel()
	s.sizes = nil
	return tea.Batch(s.open(link), s.size())
}

// show brings a profile to the front, when it is known.
func (s *Screen) show(link string) tea.Cmd {
	s.panes.SetFocus(paneGens)
	if s.profiles == nil {
		s.link = link
		if s.listing.Pending() {
			return nil
		}
		return s.reload()
	}
	s.list.Select(link)
	return s.open(link)
}

// open reads the generations of a profile.
func (s *Screen) open(link string) tea.Cmd {
	if link != s.link {
		s.link, s.all, s.known, s.gensErr, s.base, s.diffs, s.shown = link, nil, false, nil, 0, nil, nil
		clear(s.marks)
		s.setEmpty("listing generations ..")
		s.setGens()
		s.gens.MoveTop()
		s.setDiff(nil, nil)
	}
	s.list.Select(link)
	b := s.env.Backend
	return tui.Ask(s.env, &s.reading, func(ctx context.Context) ([]tui.Generation, error) { return b.Generations(ctx, link) })
}

func (s *Screen) read(msg tui.Answer[[]tui.Generation]) tea.Cmd {
	if !msg.For(&s.reading) {
		return nil
	}
	s.gensErr, s.known = msg.Err, true
	if msg.Err != nil {
		s.all = nil
		s.setEmpty("the generations could not be listed; f5 tries again")
		s.setGens()
		return s.env.Fail(msg.Err)
	}
	first := s.all == nil
	s.all = msg.Value
	for n := range s.marks {
		if _, ok := s.number(n); !ok {
			delete(s.marks, n)
		}
	}
	if _, ok := s.number(s.base); !ok {
		s.base = 0
	}
	s.setEmpty("this profile has no generations")
	s.setGens()
	if cur, ok := s.current(); ok && first {
		s.gens.Select(strconv.Itoa(cur.Number))
	}
	if _, ok := s.number(s.wantedBase); ok {
		s.base = s.wantedBase
	}
	s.gens.Select(strconv.Itoa(s.wanted)) // where it is no more, the cursor stays
	s.wanted, s.wantedBase = 0, 0
	return tea.Batch(s.count(), s.compare())
}

// size asks what the generations of all profiles weigh.
func (s *Screen) size() tea.Cmd {
	b, list := s.env.Backend, s.profiles
	return tui.Ask(s.env, &s.sizing, func(ctx context.Context) (*sizes, error) {
		plan, err := b.GCPlan(ctx)
		if err != nil {
			return nil, err
		}
		z := &sizes{
			rc: reclaim.New(plan), roots: map[string]int{}, freed: map[string]int64{},
			graph: plan.Graph, elsewhere: map[string]int64{},
		}
		if b.Info().Reading != "" {
			if z.graph, err = b.Graph(ctx); err != nil {
				return nil, err
			}
		}
		for i, r := range plan.Roots {
			if !r.Dangling {
				z.roots[r.Link] = i
			}
		}
		for _, p := range list {
			gens, err := b.Generations(ctx, p.Link)
			if err != nil {
				continue // not ours to read: its sizes stay unknown
			}
			positions := z.positions(gens)
			for _, i := range positions {
				z.rc.ClosureSize(i) // known from then on
			}
			if len(positions) > 0 {
				z.freed[p.Link] = z.rc.Effect(positions).FreedSize
			}
			z.measure(gens)
		}
		return z, ctx.Err()
	})
}

func (s *Screen) sized(msg tui.Answer[*sizes]) tea.Cmd {
	if !msg.For(&s.sizing) {
		return nil
	}
	if msg.Err != nil {
		return s.env.Warn("sizes are not known: " + msg.Err.Error())
	}
	s.sizes = msg.Value
	s.setProfiles()
	return tea.Batch(s.count(), s.compare())
}

// graph is the snapshot that sizes and differences come from, nil until known.
func (s *Screen) graph() *store.Graph {
	if s.sizes == nil {
		return nil
	}
	return s.sizes.graph
}

// count asks what changed in each generation.
func (s *Screen) count() tea.Cmd {
	g, gens := s.graph(), s.all
	if g == nil || len(gens) == 0 {
		return nil
	}
	return tui.Ask(s.env, &s.counting, func(ctx context.Context) (map[int]*diff.Diff, error) {
		out := map[int]*diff.Diff{}
		var before *closure.Graph
		for i, gen := range gens {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			now, err := closure.New(g, gen.Path)
			if err == nil && before != nil && i > 0 {
				out[gen.Number] = diff.Closures(before, now)
			}
			before = now
			if err != nil { // its path is not valid any more
				before = nil
			}
		}
		return out, nil
	})
}

// setProfiles fills the list of profiles.
func (s *Screen) setProfiles() {
	var items []rows.Item
	for _, p := range s.profiles {
		freed := ""
		if s.sizes != nil {
			if n, ok := s.sizes.freed[p.Link]; ok {
				freed = text.Size(n)
			}
		}
		name := rows.Text(themes.DrvName, text.SanitiseName(p.Name))
		if p.ReadOnly != "" {
			name = append(name, rows.Text(themes.Muted, " locked")...)
		}
		items = append(items, rows.Item{Key: p.Link, Text: p.Name, Row: rows.Row{Cells: []rows.Cell{name, rows.Text(themes.Size, freed)}}})
	}
	s.list.Empty = "no profiles"
	s.list.SetSource(rows.NewList(items))
}

// setGens lists the generations, newest first.
func (s *Screen) setGens() {
	at := func(i int) tui.Generation { return s.all[len(s.all)-1-i] }
	source := func(row func(tui.Generation) rows.Row) *rows.Func {
		return &rows.Func{
			N:     func() int { return len(s.all) },
			KeyOf: func(i int) string { return strconv.Itoa(at(i).Number) },
			RowOf: func(i int) rows.Row { return row(at(i)) },
			TextOf: func(i int) string {
				g := at(i)
				return fmt.Sprintf("%d %s %s %s %s %s %s", g.Number, text.Date(g.Created), labels(g), g.Path.Name(),
					g.System.Kernel, g.System.Version, g.System.Revision)
			},
		}
	}
	s.table.Hide(!slices.ContainsFunc(s.all, func(g tui.Generation) bool { return g.System != (diff.System{}) }), "KERNEL", "VERSION", "REVISION")
	s.table.SetSource(source(s.genRow))
	s.line.SetSource(source(s.lineRow))
}

// labels are the words about a generation.
func labels(g tui.Generation) string {
	out := ""
	add := func(on bool, word string) {
		if on && out != "" {
			out += " "
		}
		if on {
			out += word
		}
	}
	add(g.Running, "running")
	add(g.Booted, "booted")
	add(g.Pinned, "pinned")
	add(g.Label != "", `"`+text.SanitiseName(g.Label)+`"`)
	return out
}

func sizeCell(t themes.Token, n int64) rows.Cell {
	if n < 0 {
		return rows.Text(themes.Muted, "-")
	}
	return rows.Text(t, text.Size(n))
}

func (s *Screen) genRow(g tui.Generation) rows.Row {
	row := rows.Row{Base: s.markBase(g)}
	row.Cells = []rows.Cell{
		s.numberCell(g), rows.Text(themes.Text, text.Date(g.Created)), rows.Text(themes.Muted, text.Age(s.env.Now, g.Created)),
		sizeCell(themes.Size, s.sizes.closure(g.Link)), sizeCell(themes.Size, s.sizes.only(g.Link)),
		rows.Text(themes.Text, text.SanitiseName(g.System.Kernel)), rows.Text(themes.Text, text.SanitiseName(g.System.Version)),
		rows.Text(themes.Muted, text.SanitiseName(short(g.System.Revision))),
		s.countCell(g), rows.Text(themes.Info, labels(g)), rows.Text(themes.DrvName, text.SanitiseName(g.Path.Name())),
	}
	return row
}

// short is the beginning of a revision, as git shows it.
func short(revision string) string { return revision[:min(len(revision), 8)] }

// markBase is what the row of a generation is painted on.
func (s *Screen) markBase(g tui.Generation) themes.Token {
	if s.marks[g.Number] {
		return themes.Marked
	}
	return themes.Text
}

// numberCell is "412*" for the current one, "411b" for the base.
func (s *Screen) numberCell(g tui.Generation) rows.Cell {
	number := rows.Cell{{Text: strconv.Itoa(g.Number)}}
	switch {
	case g.Current:
		number = rows.Cell{{Text: strconv.Itoa(g.Number) + "*", Token: themes.Live}}
	case g.Number == s.base:
		number = append(number, rows.Cell{{Text: "b", Token: themes.Info}}...)
	}
	if s.marks[g.Number] {
		number = append(number, rows.Cell{{Text: s.env.Styles.Glyphs().MarkOn, Token: themes.Warning}}...)
	}
	return number
}

// countCell is "38 up 2 new 1 gone".
func (s *Screen) countCell(g tui.Generation) rows.Cell {
	d, ok := s.diffs[g.Number]
	switch {
	case s.isGone(g):
		return rows.Text(themes.Dangling, "not in the store")
	case !ok && len(s.all) > 0 && s.all[0].Number == g.Number:
		return rows.Text(themes.Muted, "the first")
	case !ok:
		return rows.Text(themes.Muted, "-")
	}
	return changes.Counts(d)
}

// isGone tells whether it is known that the store has not what a generation leads to.
func (s *Screen) isGone(g tui.Generation) bool {
	graph := s.graph()
	if graph == nil {
		return false
	}
	_, ok := graph.Index(g.Path)
	return !ok
}
