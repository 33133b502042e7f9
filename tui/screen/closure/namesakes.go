package closure

import (
	"nixbench/inspect/closure"
	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui/style"
	"nixbench/tui/widget/rows"
)

// This file tells paths of one name apart by the beginnings of their digests.

// digestShown is how much of a digest is shown.
const digestShown = 4

// namesakes returns the names in a closure that several paths have.
func namesakes(g *closure.Graph) map[string]bool {
	seen := make(map[string]bool, g.Len())
	several := map[string]bool{}
	for n := range closure.Node(g.Len()) {
		name := g.Path(n).Name()
		if seen[name] {
			several[name] = true
		}
		seen[name] = true
	}
	return several
}

// label is the name of a node, with its digest if others in the closure have that name.
func (f *frame) label(n closure.Node, token themes.Token) rows.Cell {
	cell := rows.Text(token, f.nodeName(n))
	if several := f.data.several.Load(); several != nil {
		if p := f.data.g.Path(n); (*several)[p.Name()] {
			cell = append(cell, digest(p))
		}
	}
	return cell
}

func digest(p store.Path) style.Span {
	return style.Span{Text: "  " + p.Digest()[:digestShown] + "..", Token: themes.Muted}
}
