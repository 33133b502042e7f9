package gc

import (
	"cmp"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/store/gc"
	"nixbench/themes"
	"nixbench/tui/widget/palette"
	"nixbench/tui/widget/rows"
)

// A kindFilter says which roots are listed.
type kindFilter uint8

const (
	kindAll kindFilter = iota
	kindGens
	kindResults
	kindDirenv
	kindProcs
	kindDangling
	kindMarked
	numKinds
)

func (k kindFilter) String() string {
	return [...]string{"all", "gens", "results", "direnv", "procs", "dangling", "marked"}[k]
}

func (k kindFilter) has(r gc.Root) bool {
	switch k {
	case kindGens:
		return r.Kind == gc.KindGeneration
	case kindResults:
		return r.Kind == gc.KindResult || r.Kind == gc.KindOther
	case kindDirenv:
		return r.Kind == gc.KindDirenv
	case kindProcs:
		return r.Kind == gc.KindProcess || r.Kind == gc.KindTemp || r.Kind == gc.KindBuild
	case kindDangling:
		return r.Dangling && r.IsLink()
	}
	return true
}

// An order says how roots are sorted.
type order uint8

const (
	byFrees order = iota
	byClosure
	byAge
	byKind
	byName
	numOrders
)

func (o order) String() string {
	return [...]string{"frees", "closure", "age", "kind", "name"}[o]
}

func (s *Screen) closure(i int) int64 {
	if i < len(s.sizes) {
		return s.sizes[i]
	}
	return 0
}

// isOf tells whether a root is of a kind, or marked if that is what is asked for.
func (s *Screen) isOf(k kindFilter, r gc.Root) bool {
	if k == kindMarked {
		return s.marks[r.Link]
	}
	return k.has(r)
}

// rootsOf are the roots of a kind. A process may hold a path in several files of temporary
// roots, which is one root to the user.
func rootsOf(all []gc.Root, isOf func(gc.Root) bool) []int {
	type held struct {
		path store.Path
		by   string
	}
	seen := map[held]bool{}
	var out []int
	for i, r := range all {
		h := held{r.Path, r.Note}
		if !isOf(r) || r.Kind == gc.KindTemp && seen[h] {
			continue
		}
		if r.Kind == gc.KindTemp {
			seen[h] = true
		}
		out = append(out, i)
	}
	return out
}

// arrange lists the roots of the chosen kind in the chosen order.
func (s *Screen) arrange() {
	if s.data == nil {
		return
	}
	all := s.data.plan.Roots
	s.shown = rootsOf(all, func(r gc.Root) bool { return s.isOf(s.kind, r) })
	rc := s.data.rc
	slices.SortStableFunc(s.shown, func(a, b int) int {
		x, y := all[a], all[b]
		c := 0
		switch s.order {
		case byFrees:
			c = cmp.Or(cmp.Compare(temporary(x), temporary(y)), cmp.Compare(rc.Frees(b), rc.Frees(a)), cmp.Compare(cannotMark(x), cannotMark(y)))
		case byClosure:
			c = cmp.Compare(s.closure(b), s.closure(a))
		case byAge:
			c = x.Since.Compare(y.Since)
		case byKind:
			c = cmp.Compare(x.Kind, y.Kind)
		}
		return cmp.Or(c, strings.Compare(s.rootName(x), s.rootName(y)), strings.Compare(x.Link, y.Link), strings.Compare(string(x.Path), string(y.Path)))
	})
	s.roots.SetSource(&rows.Func{
		N:      func() int { return len(s.shown) },
		KeyOf:  func(i int) string { return rootKey(all[s.shown[i]]) },
		RowOf:  func(i int) rows.Row { return s.rootRow(s.shown[i]) },
		TextOf: func(i int) string { r := all[s.shown[i]]; return s.rootName(r) + " " + kindName(r) },
	})
	if s.wantedRoot != "" {
		s.roots.Select(s.wantedRoot) // where it is no more, the cursor stays
		s.wantedRoot = ""
	}
}

func rootKey(r gc.Root) string { return r.Link + rows.Sep + string(r.Path) }

// selected is the root under the cursor.
func (s *Screen) selected() (i int, r gc.Root, ok bool) {
	if s.data == nil || s.view != viewRoots || s.panes.Focus() != paneMain {
		return 0, gc.Root{}, false
	}
	at, ok := s.roots.Selected()
	if !ok {
		return 0, gc.Root{}, false
	}
	i = s.shown[at]
	return i, s.data.plan.Roots[i], true
}

// rootName is short for generations and whole for all others, with the process
// that holds it, with ~ for the home directory. The file of temporary roots has a line for each of them, so
// that these go by what they keep.
func rootName(r gc.Root, home string) string {
	name := text.Tilde(r.Link, home)
	switch r.Kind {
	case gc.KindGeneration:
		return text.SanitiseName(path.Base(name))
	case gc.KindTemp:
		name = r.Path.Name()
	case gc.KindProcess:
	default:
		return text.SanitiseName(name)
	}
	switch {
	case isOwn(r):
		name += " (this program)"
	case r.Note != "":
		name += " (" + strings.Replace(r.Note, ", process ", " ", 1) + ")"
	}
	return text.SanitiseName(name)
}

// isOwn tells whether it is this program that keeps the root.
func isOwn(r gc.Root) bool {
	return !r.IsLink() && strings.HasSuffix(r.Note, ", process "+strconv.Itoa(os.Getpid()))
}

// rootName is the short name of a root; generations of several profiles that would have
// the same one go by their whole names.
func (s *Screen) rootName(r gc.Root) string {
	name := rootName(r, s.env.Home)
	if r.Kind == gc.KindGeneration && s.data.namesakes[path.Base(r.Link)] > 1 {
		name = text.SanitiseName(text.Tilde(r.Link, s.env.Home))
	}
	return name
}

// countNames counts the generations by their short names.
func countNames(roots []gc.Root) map[string]int {
	out := map[string]int{}
	for _, r := range roots {
		if r.Kind == gc.KindGeneration {
			out[path.Base(r.Link)]++
		}
	}
	return out
}

// kindName is the kind, or what matters more about the root. A temporary root
// that dangles is of what is yet to be made.
func kindName(r gc.Root) string {
	switch {
	case r.Kind == gc.KindTemp || r.Kind == gc.KindProcess:
		return r.Kind.String()
	case r.Dangling:
		return "dangling"
	case r.Note != "":
		return text.SanitiseName(r.Note)
	}
	return r.Kind.String()
}

// canMark tells whether a user may remove the root. What dangles keeps nothing.
func canMark(r gc.Root) bool { return r.Removable() && !r.Dangling }

// cannotMark is what sorts the roots that can be marked before those that cannot.
func cannotMark(r gc.Root) int {
	if canMark(r) {
		return 0
	}
	return 1
}

// temporary is what sorts roots that go with their process after all others.
func temporary(r gc.Root) int {
	if r.Kind == gc.KindTemp {
		return 1
	}
	return 0
}

func (s *Screen) rootRow(i int) rows.Row {
	r := s.data.plan.Roots[i]
	row := rows.Row{Mark: " "}
	token := themes.Root
	closure, frees := "..", text.Size(s.data.rc.Frees(i))
	if i < len(s.sizes) {
		closure = text.Size(s.sizes[i])
	}
	switch {
	case r.Dangling && r.Kind != gc.KindTemp:
		row.Mark, token, closure, frees = "-", themes.Dangling, "-", "0B"
	case r.Dangling:
		row.Mark, closure, frees = "!", "-", "0B"
	case !canMark(r):
		row.Mark = "!"
	case s.marks[r.Link]:
		row.Mark, row.Base = "x", themes.Marked
	}
	row.Cells = []rows.Cell{
		rows.Text(token, s.rootName(r)),
		rows.Text(themes.Muted, kindName(r)),
		rows.Text(themes.Muted, text.Age(s.env.Now, r.Since)),
		rows.Text(themes.Text, closure),
		rows.Text(themes.Size, frees),
	}
	return row
}

func (s *Screen) pickKind() tea.Cmd {
	var items []palette.Item
	for k := range numKinds {
		n := 0
		for _, r := range s.data.plan.Roots {
			if s.isOf(k, r) {
				n++
			}
		}
		items = append(items, palette.Item{Key: k.String(), Title: k.String(), Side: text.Plural(n, "root")})
	}
	return s.env.Pick(palette.Options{Title: "show which roots?", Items: items, OnPick: func(key string) tea.Cmd {
		for k := range numKinds {
			if k.String() == key {
				s.kind = k
			}
		}
		s.toRoots()
		s.arrange()
		return nil
	}})
}

func (s *Screen) pickOrder() tea.Cmd {
	var items []palette.Item
	about := [...]string{"what goes if only this root goes", "everything that it keeps", "oldest first", "generations, results, processes ..", "from A to Z"}
	for o := range numOrders {
		items = append(items, palette.Item{Key: o.String(), Title: o.String() + ": " + about[o]})
	}
	return s.env.Pick(palette.Options{Title: "sort roots by", Items: items, OnPick: func(key string) tea.Cmd {
		for o := range numOrders {
			if o.String() == key {
				s.order = o
			}
		}
		s.toRoots()
		s.arrange()
		return nil
	}})
}
