package gc

import (
	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/style"
	"nixbench/tui/widget/palette"
	"nixbench/tui/widget/panes"
)

// planWidth is the width of the plan where it stands beside the roots.
const planWidth = 56

// Draw implements tui.Screen.
func (s *Screen) Draw(w, h int) []string {
	if s.panes.Full {
		s.panes.Arrange(paneMain)
		return s.drawMain(panes.Place{W: w, H: h}, true)
	}
	if tui.WidthOf(w) == tui.Narrow {
		s.panes.Arrange(paneMain)
		below := h - s.panes.Down(h, h-min(max(h/3+1, 6), 11), 5)
		return style.Stack(
			s.drawMain(panes.Place{W: w, H: h - below}, true),
			s.drawPlan(panes.Place{Y: h - below, W: w, H: below}))
	}
	shared := tui.WidthOf(w) == tui.Wide && s.view == viewRoots && s.data != nil
	if shared {
		s.panes.Arrange(paneMain, paneGroups)
	} else {
		s.panes.Arrange(paneMain)
	}
	left := s.panes.Across(w, w-min(planWidth, w*42/100), 30)
	right := w - left
	groups := 0
	if shared {
		groups = min(max(h/3, 5), len(s.data.groups)+2, h-10)
		groups = h - s.panes.Down(h, h-max(groups, 3), 5)
	}
	main := s.drawMain(panes.Place{W: left, H: h - groups}, false)
	if groups > 0 {
		p := style.Pane{Title: "shared: freed only if ALL of a group go"}
		main = style.Stack(main, s.panes.List(paneGroups, panes.Place{Y: h - groups, W: left, H: groups}, p, nil, s.group))
	}
	return style.Beside(main, s.drawPlan(panes.Place{X: left, W: right, H: h}))
}

// drawMain draws the roots or what is in their place; sums tells that the title
// says how much lives.
func (s *Screen) drawMain(at panes.Place, sums bool) []string {
	p := style.Pane{Title: "gc roots"}
	list := s.mainList()
	switch {
	case s.data == nil:
	case s.view == viewPaths:
		n, size := s.totals()
		p.Title = "paths that would be deleted   " + text.Count(n) + "   " + text.Bytes(size)
		p.Foot = "esc: roots"
	case s.view == viewGroups:
		p.Title = "roots that free something only if ALL of a group go"
		p.Foot = "space marks a group   esc: roots"
	case s.view == viewKept:
		p.Title = s.keptOf
		p.Foot = "esc: roots"
	case sums:
		plan := s.data.plan
		p.Title = "gc roots   " + text.Plural(len(plan.Roots), "root") + "   live " + text.Bytes(plan.LiveSize)
		if at.W >= 70 {
			p.Title += "   dead " + text.Bytes(plan.FreedSize) + " (" + text.Plural(len(plan.Dead), "path") + ")"
		}
		p.Foot = "sort: " + s.order.String() + "   show: " + s.kind.String()
	default:
		p.Title = "gc roots   " + text.Plural(len(s.data.plan.Roots), "root") + "   sort: " + s.order.String() + "   show: " + s.kind.String()
		p.Note = "live " + text.Bytes(s.data.plan.LiveSize)
	}
	if q := list.Finding(); q != "" {
		p.Foot = "/" + text.SanitiseName(q)
	}
	return s.panes.List(paneMain, at, p, nil, list)
}

func (s *Screen) drawPlan(at panes.Place) []string {
	p := style.Pane{Title: "plan  (nothing has been deleted)"}
	switch {
	case s.collect.stop != nil:
		p.Title = "collecting"
	case s.last != nil:
		p.Title = "plan"
	case s.view == viewKept:
		p.Title = "how it is kept"
	}
	return s.panes.Text(panePlan, at, p, s.planLines(p.InnerWidth(at.W), p.InnerHeight(at.H)))
}

// noData says why nothing can be done yet, "" if it can.
func (s *Screen) noData() string {
	switch {
	case s.collect.stop != nil:
		return "a collection is running"
	case s.data == nil && s.err != nil:
		return "the roots could not be read"
	case s.data == nil:
		return "the roots are being read"
	}
	return ""
}

// noDelete says why nothing can be deleted, "" if something can.
func (s *Screen) noDelete() string {
	if r := s.noData(); r != "" {
		return r
	}
	if r := s.env.Backend.Info().ReadOnly; r != "" {
		return text.PlainLine(r)
	}
	if n, _ := s.totals(); n == 0 && len(s.marks) == 0 {
		return "nothing is dead: mark roots first"
	}
	return ""
}

// path is the store path under the cursor.
func (s *Screen) path() (store.Path, bool) {
	switch s.view {
	case viewPaths:
		d, ok := s.deadSelected()
		return d.path, ok && d.valid
	case viewKept:
		k, ok := s.keptSelected()
		return k.path, ok
	}
	_, r, ok := s.selected()
	return r.Path, ok && !r.Dangling
}

// Actions implements tui.Screen.
func (s *Screen) Actions() []action.Action {
	noData, noRule, noPath, noMark := s.noData(), s.noData(), "", s.noData()
	if noMark == "" {
		noMark = s.noMark()
	}
	if noRule == "" && s.data.pinsErr != nil {
		noRule = "pinned generations are not known: " + text.PlainLine(s.data.pinsErr.Error())
	}
	p, ok := s.path()
	if !ok {
		noPath = "no valid path is selected"
	}
	noFind := ""
	if s.list().Finding() == "" {
		noFind = "nothing is searched for: / searches"
	}
	next := func(n int) func() tea.Cmd {
		return func() tea.Cmd { s.list().FindNext(n); return nil }
	}
	return append([]action.Action{
		{ID: action.GCMark, Title: "Mark or unmark the root, or the group", Short: "mark", Disabled: noMark, Run: s.mark},
		{ID: action.GCOlder, Title: "Mark results and direnv links older than ..", Short: "older than..", Disabled: noData, Run: s.askOlder},
		{ID: action.GCPaths, Title: "List the paths that would be deleted", Short: "paths", Disabled: noData, Run: s.showPaths},
		{ID: action.GCWhy, Title: "What else keeps what the marked roots keep", Short: "what keeps it", Disabled: s.noWhy(), Run: s.showKept},
		{ID: action.GCDelete, Title: "Delete what is dead and what the marked roots keep ..", Short: "delete..", Destructive: true, Disabled: s.noDelete(), Run: s.plan},
		{ID: action.GCFree, Title: "Mark what frees a size at the least loss ..", Short: "free..", Disabled: noRule, Run: s.askFree},
		{ID: action.GCGroups, Title: "Groups of roots that free something only together", Short: "groups", Disabled: noData, Run: s.showGroups},
		{ID: action.GCMarkAll, Title: "Mark or unmark all roots that are shown", Short: "mark all", Disabled: noData, Run: s.markAll},
		{ID: action.GCKeepLast, Title: "Mark all but the last N generations of each profile ..", Short: "keep last..", Disabled: noRule, Run: s.askKeep},
		{ID: action.GCPattern, Title: "Mark roots whose link or path is called like ..", Disabled: noRule, Run: s.askPattern},
		{ID: action.GCClosure, Title: "Show the closure of the path", Short: "closure", Disabled: noPath, Run: func() tea.Cmd {
			return s.env.Goto(tui.ScreenClosure, tui.ShowPathMsg{Path: p})
		}},
		{ID: action.GCExport, Title: "Write the plan to a file", Short: "export plan", Disabled: noData, Run: s.export},
		{ID: action.GCExact, Title: "Exact size on disk: read what would be deleted", Short: "exact", Disabled: noData, Run: s.scan},
		{ID: action.GCSort, Title: "Sort the roots by ..", Short: "sort", Disabled: noData, Run: s.pickOrder},
		{ID: action.GCKinds, Title: "Show only roots of a kind ..", Disabled: noData, Run: s.pickKind},
		{ID: action.FindText, Title: "Find in the list", Short: "find", Run: s.find},
		{ID: action.FindNext, Title: "Find the next", Disabled: noFind, Run: next(1)},
		{ID: action.FindPrev, Title: "Find the previous", Disabled: noFind, Run: next(-1)},
		{ID: action.Copy, Title: "Copy the root's link, or the path", Disabled: s.noCopy(), Run: s.copy},
		{ID: action.CopyCommand, Title: "Copy the command that shows the same", Run: func() tea.Cmd { return s.env.CopyCommand(s.command()) }},
		{ID: action.Refresh, Title: "Read the roots again", Disabled: s.busyReason(), Run: s.reload},
	}, s.panes.Actions()...)
}

func (s *Screen) busyReason() string {
	if s.collect.stop != nil {
		return "a collection is running"
	}
	return ""
}

func (s *Screen) noCopy() string {
	if _, _, ok := s.selected(); ok {
		return ""
	}
	if _, ok := s.path(); !ok {
		return "nothing is selected"
	}
	return ""
}

func (s *Screen) copy() tea.Cmd {
	if _, r, ok := s.selected(); ok {
		return s.env.Copy(r.Link, "the root's link")
	}
	p, _ := s.path()
	return s.env.Copy(string(p), "the path")
}

// find searches as one types.
func (s *Screen) find() tea.Cmd {
	find, giveUp := s.list().Search()
	return s.env.Prompt(palette.PromptOptions{
		Label:    "/",
		OnChange: func(q string) tea.Cmd { find(q); return nil },
		OnDone: func(q string) tea.Cmd {
			if !find(q) && q != "" {
				return s.env.Notify("not found: " + text.SanitiseName(q))
			}
			return nil
		},
		OnCancel: func() tea.Cmd { giveUp(); return nil },
	})
}
