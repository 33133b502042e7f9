package closure

// This file shows packages that are in a closure more than once.

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/inspect/duplicates"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/widget/rows"
)

// dups are the packages that a closure has more than once.
type dups struct {
	g        *closure.Graph
	packages []duplicates.Package
	spare    int64 // bytes, if only the largest copy of each were left
}

// A dup is a row: a package, or one copy of it.
type dup struct {
	pkg  *duplicates.Package
	copy *duplicates.Copy // nil: the package
}

// newDups is a frame for the duplicates in the closure that f shows.
func (s *Screen) newDups(f *frame) *frame {
	d := &frame{kind: kindDups, path: f.path, more: f.more, name: f.name, st: s.env.Styles, ofBuild: f.kind == kindBuild}
	d.list = rows.New(s.env.Styles,
		rows.Column{Title: "PACKAGE", Min: 20, Flex: 1},
		rows.Column{Title: "COPIES", Min: 6, Right: true, Rank: 1},
		rows.Column{Title: "OWN", Min: 7, Right: true},
		rows.Column{Title: "COST", Min: 7, Right: true},
		rows.Column{Title: "SPARE", Min: 7, Right: true, Rank: 2})
	d.list.Empty = "comparing names .."
	d.dupsTree = &rows.Tree[dup]{
		KeyOf: func(n dup) string {
			if n.copy == nil {
				return n.pkg.Name
			}
			return string(d.dups.g.Path(n.copy.Nodes[0]))
		},
		TextOf:      func(n dup) string { return text.SanitiseName(n.pkg.Name) },
		HasChildren: func(n dup) bool { return n.copy == nil },
		Children: func(n dup) []dup {
			var out []dup
			for i := range n.pkg.Copies {
				out = append(out, dup{n.pkg, &n.pkg.Copies[i]})
			}
			return out
		},
		RowOf: d.dupRow,
	}
	return d
}

func (f *frame) dupRow(n dup) rows.Row {
	if n.copy == nil {
		return rows.Row{Cells: []rows.Cell{
			rows.Text(themes.DrvName, text.SanitiseName(n.pkg.Name)), rows.Text(themes.Muted, text.Count(len(n.pkg.Copies))),
			rows.Text(themes.Muted, text.Size(n.pkg.Size)), nil, rows.Text(themes.Size, text.Size(n.pkg.Spare)),
		}}
	}
	name := cleanName(f.dups.g.Path(n.copy.Nodes[0]))
	if more := len(n.copy.Nodes) - 1; more > 0 {
		name += " and " + text.Plural(more, "more output")
	}
	return rows.Row{Cells: []rows.Cell{
		rows.Text(themes.Text, name), nil, rows.Text(themes.Muted, text.Size(n.copy.Own)), rows.Text(themes.Size, text.Size(n.copy.Cost)), nil,
	}}
}

func (s *Screen) loadDups(f *frame) tea.Cmd {
	g, roots, graphOf := s.graph, f.roots(), closure.New
	if f.ofBuild {
		graphOf = closure.BuildTime
	}
	return tui.Ask(s.env, &f.loading, func(ctx context.Context) (*dups, error) {
		c, err := graphOf(g, roots...)
		if err != nil {
			return nil, err
		}
		d := &dups{g: c, packages: duplicates.Find(c)}
		for i := range d.packages {
			d.spare += d.packages[i].Spare
		}
		return d, ctx.Err()
	})
}

func (f *frame) setDups(d *dups, err error) {
	if f.refused("cannot look for duplicates", err) {
		return
	}
	first := f.dups == nil
	f.dups = d
	f.list.Empty = "no package is in it more than once"
	if first {
		f.name += "   " + text.Plural(len(d.packages), "package")
	}
	var roots []dup
	for i := range d.packages {
		roots = append(roots, dup{pkg: &d.packages[i]})
	}
	f.dupsTree.SetRoots(roots...)
	if f.list.Source() != rows.Source(f.dupsTree) {
		f.list.SetSource(f.dupsTree)
	}
	f.list.Changed()
}

// dupSelected is the path of the copy under the cursor, or of the first of a package.
func (f *frame) dupSelected() (store.Path, bool) {
	i, ok := f.list.Selected()
	if !ok || f.dups == nil || i >= f.dupsTree.Len() {
		return "", false
	}
	n := f.dupsTree.Node(i)
	if n.copy == nil {
		return f.dups.g.Path(n.pkg.Copies[0].Nodes[0]), true
	}
	return f.dups.g.Path(n.copy.Nodes[0]), true
}
