package closure

// This file has the frames for referrers and differences.

import (
	"cmp"
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/inspect/diff"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/widget/changes"
	"nixbench/tui/widget/rows"
)

// pathOf makes a path of a key.
func pathOf(key string) store.Path { return store.Path(key) }

// newReferrers is a frame for what refers to p, in the whole store. in has the
// closure that one came from, which is told apart.
func (s *Screen) newReferrers(p store.Path, in *closure.Graph) *frame {
	f := &frame{kind: kindReferrers, path: p, name: cleanName(p), st: s.env.Styles, in: map[store.Path]bool{}, alike: map[store.Path]bool{}}
	if in != nil {
		for n := range closure.Node(in.Len()) {
			f.in[in.Path(n)] = true
		}
	}
	f.list = rows.New(s.env.Styles,
		rows.Column{Title: "NAME", Min: 20, Flex: 1},
		rows.Column{Title: "OWN", Min: 7, Right: true, Rank: 2},
		rows.Column{Title: "REFERRERS", Min: 9, Right: true, Rank: 1},
		rows.Column{Title: "IN CLOSURE", Min: 10})
	f.list.Empty = "reading the store .."
	f.back = &rows.Tree[int32]{
		KeyOf:       func(i int32) string { return string(f.graph.Paths[i]) },
		TextOf:      func(i int32) string { return cleanName(f.graph.Paths[i]) },
		HasChildren: func(i int32) bool { return len(f.graph.Referrers(i)) > 0 },
		Children:    f.referrers,
		RowOf:       f.referrerRow,
	}
	f.back.OpenTo(string(p), "")
	return f
}

// referrers are what refers to a path, the closure's first, then by name.
func (f *frame) referrers(i int32) []int32 {
	out := slices.Clone(f.graph.Referrers(i))
	in := func(i int32) int {
		if f.in[f.graph.Paths[i]] {
			return 0
		}
		return 1
	}
	slices.SortFunc(out, func(a, b int32) int {
		return cmp.Or(cmp.Compare(in(a), in(b)), cmp.Compare(f.graph.Paths[a].Name(), f.graph.Paths[b].Name()), cmp.Compare(a, b))
	})
	first := map[string]store.Path{}
	for _, r := range out {
		p := f.graph.Paths[r]
		if other, ok := first[p.Name()]; ok {
			f.alike[other], f.alike[p] = true, true
			continue
		}
		first[p.Name()] = p
	}
	return out
}

func (f *frame) referrerRow(i int32) rows.Row {
	p := f.graph.Paths[i]
	in := rows.Text(themes.Muted, "")
	if f.in[p] {
		in = rows.Text(themes.Live, "yes")
	}
	name := rows.Text(themes.DrvName, cleanName(p))
	if f.alike[p] {
		name = append(name, digest(p))
	}
	return rows.Row{Cells: []rows.Cell{
		name, rows.Text(themes.Size, text.Size(f.graph.NarSize[i])),
		rows.Text(themes.Muted, text.Count(len(f.graph.Referrers(i)))), in,
	}}
}

// setReferrers shows the referrers in a new snapshot of the store.
func (f *frame) setReferrers(g *store.Graph) {
	i, ok := g.Index(f.path)
	if !ok {
		f.graph = nil
		f.list.Empty = "this path is not valid any more"
		f.list.SetSource(rows.NewList(nil))
		return
	}
	f.graph = g
	f.back.SetRoots(i)
	if f.list.Source() != rows.Source(f.back) {
		f.list.SetSource(f.back)
	}
	f.list.Changed()
}

// newDiff is a frame for what changed from the closure of base to that of p.
func (s *Screen) newDiff(base, p store.Path) *frame {
	f := &frame{kind: kindDiff, path: p, base: base, st: s.env.Styles, list: changes.NewList(s.env.Styles)}
	f.name = cleanName(base) + " -> " + cleanName(p)
	f.list.Empty = "comparing .."
	return f
}

func (s *Screen) loadDiff(f *frame) tea.Cmd {
	g, b, base, p := s.graph, s.env.Backend, f.base, f.path
	return tui.Ask(s.env, &f.loading, func(ctx context.Context) (*closureDiff, error) {
		d, err := diff.Generations(g, base, p)
		if err != nil {
			return nil, err
		}
		etc, err := b.Etc(ctx, base, p)
		return &closureDiff{d, etc, err}, ctx.Err()
	})
}

// A closureDiff is what has become of packages, and of systems of their etc.
type closureDiff struct {
	*diff.Diff
	etc    []diff.FileChange
	etcErr error // why etc is not known
}

// refused takes note of why what was asked for is not there, and says so in the list;
// false: it is there.
func (f *frame) refused(what string, err error) bool {
	f.err = err
	if err == nil {
		return false
	}
	f.list.Empty = what + ": " + text.PlainLine(err.Error())
	f.list.SetSource(rows.NewList(nil))
	return true
}

func (f *frame) setDiff(d *closureDiff, err error) {
	f.diff = d
	if f.refused("cannot compare", err) {
		return
	}
	f.list.Empty = "no package differs"
	f.name = cleanName(f.base) + " -> " + cleanName(f.path) + "   " + text.SignedBytes(d.SizeDelta()) +
		"   +" + text.Plural(d.PathsNew, "path") + " -" + text.Count(d.PathsGone) +
		"   both " + text.Count(d.PathsShared) + ", " + text.Bytes(d.SizeShared)
	f.list.SetSource(changes.Source(d.Diff, d.etc, true))
}
