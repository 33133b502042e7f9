package closure

// This file marks paths, and opens the closure of several.

import (
	"cmp"
	"slices"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/themes"
)

// markBase is what the row of a path is painted on.
func (f *frame) markBase(p store.Path) themes.Token {
	if f.marks[p] {
		return themes.Marked
	}
	return themes.Text
}

func (s *Screen) mark() tea.Cmd {
	p, _ := s.selected()
	if s.marks[p] {
		delete(s.marks, p)
	} else {
		s.marks[p] = true
	}
	return nil
}

func (s *Screen) noMarked() string {
	switch {
	case len(s.marks) == 0:
		return "no paths are marked: space marks them"
	case s.graph == nil:
		return "the store is being read"
	}
	return ""
}

// openMarked shows the closure of all marked paths together, by name, and forgets the
// marks.
func (s *Screen) openMarked() tea.Cmd {
	var roots []store.Path
	for p := range s.marks {
		roots = append(roots, p)
	}
	slices.SortFunc(roots, func(a, b store.Path) int {
		return cmp.Or(cmp.Compare(a.Name(), b.Name()), cmp.Compare(a, b))
	})
	clear(s.marks)
	name := cleanName(roots[0])
	if more := len(roots) - 1; more > 0 {
		name += " and " + text.Plural(more, "other")
	}
	f := newClosure(s.env, kindClosure, roots[0], name)
	if len(roots) > 1 {
		f.more = roots[1:]
	}
	return s.pushed(f)
}
