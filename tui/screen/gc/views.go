package gc

// This file is about the lists of paths that take the place of the roots: what
// would be deleted, and what stays although a root goes.

import (
	"cmp"
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/reclaim"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/style"
	"nixbench/tui/widget/rows"
)

// A deadPath would be deleted.
type deadPath struct {
	path    store.Path
	size    int64
	valid   bool
	byMarks bool
	cleaned string // its name
}

// A keptPath stays because of roots that are not marked.
type keptPath struct {
	path store.Path
	size int64
	by   []int // positions in the plan
	way  []store.Path
}

func (s *Screen) showPaths() tea.Cmd {
	s.view = viewPaths
	s.panes.SetFocus(paneMain)
	s.paths.Empty = "listing the dead paths .."
	return s.relist()
}

// relist makes the list of dead paths anew, if it is shown.
func (s *Screen) relist() tea.Cmd {
	if s.view != viewPaths {
		return nil
	}
	plan, effect := s.data.plan, s.effect
	return tui.Ask(s.env, &s.listing, func(context.Context) ([]deadPath, error) {
		var out []deadPath
		for _, it := range plan.Dead {
			out = append(out, deadPath{it.Path, it.NarSize, it.Valid, false, cleanName(it.Path)})
		}
		for _, p := range effect.Freed {
			size := int64(0)
			if i, ok := plan.Graph.Index(p); ok {
				size = plan.Graph.NarSize[i]
			}
			out = append(out, deadPath{p, size, true, true, cleanName(p)})
		}
		slices.SortStableFunc(out, func(a, b deadPath) int {
			return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(a.path, b.path))
		})
		return out, nil
	})
}

// cleanName is the name of a path, or its last component if it has none.
func cleanName(p store.Path) string {
	if name := p.Name(); name != "" {
		return text.SanitiseName(name)
	}
	return text.SanitiseName(p.Base())
}

func (s *Screen) setDead(dead []deadPath) {
	s.dead = dead
	s.paths.Empty = "nothing is dead: a collection would delete nothing"
	s.paths.SetSource(&rows.Func{
		N:      func() int { return len(dead) },
		KeyOf:  func(i int) string { return string(dead[i].path) },
		TextOf: func(i int) string { return dead[i].cleaned },
		RowOf: func(i int) rows.Row {
			d := dead[i]
			why, token := "no root leads to it", themes.Muted
			switch {
			case d.byMarks:
				why, token = "only marked roots", themes.Warning
			case !d.valid:
				why = "left over, not valid"
			}
			return rows.Row{Cells: []rows.Cell{
				rows.Text(themes.Dead, d.cleaned), rows.Text(themes.Size, text.Size(d.size)), rows.Text(token, why),
			}}
		},
	})
}

// keptShown is how many kept paths are listed: finding what keeps a path takes
// some milliseconds.
const keptShown = 100

// noWhy says why it cannot be told what keeps things.
func (s *Screen) noWhy() string {
	if r := s.noData(); r != "" {
		return r
	}
	if s.view == viewPaths {
		if d, ok := s.deadSelected(); !ok {
			return "no path is selected"
		} else if !d.byMarks {
			return "nothing keeps it: no root leads to it"
		}
		return ""
	}
	if len(s.marked()) > 0 {
		return ""
	}
	if _, r, ok := s.selected(); !ok || r.Dangling {
		return "mark roots, or select one that keeps something"
	}
	return ""
}

// showKept lists what the marked roots, or else the selected one, keep and
// others keep too. In the list of dead paths it tells which marks keep the
// selected one.
func (s *Screen) showKept() tea.Cmd {
	rc, plan := s.data.rc, s.data.plan
	if d, ok := s.deadSelected(); ok && s.view == viewPaths {
		s.openKept(d.cleaned + " until the marked roots go")
		return tui.Ask(s.env, &s.keeping, func(ctx context.Context) ([]keptPath, error) {
			return []keptPath{keptBy(rc, d.path, d.size, nil)}, ctx.Err()
		})
	}
	subject := s.marked()
	name := text.Plural(len(subject), "marked root")
	if len(subject) == 0 {
		i, r, _ := s.selected()
		subject, name = []int{i}, s.rootName(r)
	}
	s.openKept("what of " + name + " others keep too")
	return tui.Ask(s.env, &s.keeping, func(ctx context.Context) ([]keptPath, error) {
		return sharedPaths(ctx, rc, plan.Graph, subject)
	})
}

func (s *Screen) openKept(of string) {
	s.view, s.keptOf, s.keepers = viewKept, of, nil
	s.panes.SetFocus(paneMain)
	s.kept.Empty = "looking for what keeps it .."
	s.kept.SetSource(rows.NewList(nil))
}

// sharedPaths are the largest paths that roots lead to and that would stay
// without them.
func sharedPaths(ctx context.Context, rc *reclaim.Reclaim, g *store.Graph, subject []int) ([]keptPath, error) {
	gone := map[store.Path]bool{}
	for _, p := range rc.Effect(subject).Freed {
		gone[p] = true
	}
	seen := make([]bool, g.Len())
	var todo, stay []int32
	for _, i := range subject {
		if at, ok := g.Index(rc.Plan().Roots[i].Path); ok && !seen[at] {
			seen[at] = true
			todo = append(todo, at)
		}
	}
	for len(todo) > 0 {
		v := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !gone[g.Paths[v]] {
			stay = append(stay, v)
		}
		for _, to := range g.References(v) {
			if !seen[to] {
				seen[to] = true
				todo = append(todo, to)
			}
		}
	}
	slices.SortFunc(stay, func(a, b int32) int {
		return cmp.Or(cmp.Compare(g.NarSize[b], g.NarSize[a]), cmp.Compare(a, b))
	})
	var out []keptPath
	for _, v := range stay[:min(len(stay), keptShown)] {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		out = append(out, keptBy(rc, g.Paths[v], g.NarSize[v], subject))
	}
	return out, nil
}

// keptBy tells which roots but those of subject keep p.
func keptBy(rc *reclaim.Reclaim, p store.Path, size int64, subject []int) keptPath {
	k := keptPath{path: p, size: size}
	for _, i := range rc.KeptBy(p) {
		if !slices.Contains(subject, i) {
			k.by = append(k.by, i)
		}
	}
	if len(k.by) > 0 {
		k.way = rc.Chain(k.by[0], p)
	}
	return k
}

func (s *Screen) setKept(kept []keptPath) {
	s.keepers = kept
	s.kept.Empty = "no other root keeps any of it"
	var items []rows.Item
	for _, k := range kept {
		items = append(items, rows.Item{Key: string(k.path), Text: cleanName(k.path), Row: rows.Row{Cells: []rows.Cell{
			rows.Text(themes.Live, cleanName(k.path)), rows.Text(themes.Size, text.Size(k.size)), rows.Text(themes.Root, s.keeperNames(k)),
		}}})
	}
	s.kept.SetSource(rows.NewList(items))
}

func (s *Screen) keeperNames(k keptPath) string {
	if len(k.by) == 0 {
		return "the settings, or its age"
	}
	name := s.rootName(s.data.plan.Roots[k.by[0]])
	if more := len(k.by) - 1; more > 0 {
		return name + " and " + text.Count(more) + " more"
	}
	return name
}

// keptSelected is the kept path under the cursor.
func (s *Screen) keptSelected() (keptPath, bool) {
	i, ok := s.kept.Selected()
	if !ok || i >= len(s.keepers) {
		return keptPath{}, false
	}
	return s.keepers[i], true
}

// deadSelected is the dead path under the cursor.
func (s *Screen) deadSelected() (deadPath, bool) {
	i, ok := s.paths.Selected()
	if !ok || i >= len(s.dead) {
		return deadPath{}, false
	}
	return s.dead[i], true
}

// othersNamed is how many more roots that keep a path are named.
const othersNamed = 3

// wayLines draw how the first keeper leads to the selected kept path, and name others.
func (s *Screen) wayLines() [][]style.Span {
	k, ok := s.keptSelected()
	if !ok {
		return nil
	}
	lines := [][]style.Span{{{Text: "kept by ", Token: themes.Muted}, {Text: s.keeperNames(k), Token: themes.Root}}}
	for i, p := range k.way {
		lead := ""
		if i > 0 {
			g := s.env.Styles.Glyphs()
			lead = strings.Repeat("   ", i-1) + g.Elbow + g.Branch + " "
		}
		lines = append(lines, []style.Span{{Text: lead, Token: themes.Border}, {Text: cleanName(p), Token: themes.DrvName}})
	}
	for n, i := range k.by[min(len(k.by), 1):] {
		if n == othersNamed {
			break
		}
		lines = append(lines, []style.Span{{Text: "and by ", Token: themes.Muted}, {Text: s.rootName(s.data.plan.Roots[i]), Token: themes.Root}})
	}
	return lines
}
