package profiles

import (
	"fmt"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/style"
	"nixbench/tui/widget/palette"
	"nixbench/tui/widget/panes"
)

// listWidth is the width of the list of profiles on wide screens. From besideWidth on,
// generations stand beside the difference: with less, sizes and dates would be cut.
const (
	listWidth   = 34
	besideWidth = 120
)

// Between so many cells, ages take from labels the room that dates leave. In fewer, dates
// take that of ages, and of labels where there are none.
const datesOnly, datesAndAges = 71, 90

// Draw implements tui.Screen.
func (s *Screen) Draw(w, h int) []string {
	s.wide = tui.WidthOf(w) == tui.Wide
	if s.panes.Full {
		return s.drawFull(panes.Place{W: w, H: h})
	}
	if !s.wide {
		s.panes.Arrange(paneGens, paneDiff)
		return s.drawMain(panes.Place{W: w, H: h})
	}
	s.panes.Arrange(paneGens, paneDiff, paneProfiles)
	left, side := style.Pane{Title: "profiles"}, s.panes.Across(w, s.listWidth(), 24)
	note := []string{}
	for _, l := range []string{"freed if every generation", "of that profile went"} {
		note = append(note, s.env.Styles.Row(left.InnerWidth(side), themes.Text, style.Span{Text: l, Token: themes.Muted}))
	}
	list := s.panes.List(paneProfiles, panes.Place{W: side, H: h}, left, note, s.list)
	place := panes.Place{X: side, W: w - side, H: h - 4}
	foot := s.panes.Text(paneNote, panes.Place{X: side, Y: h - 4, W: w - side, H: 4}, style.Pane{}, s.notes())
	return style.Beside(list, style.Stack(s.drawMain(place), foot))
}

// listWidth is how wide the list of profiles is: there is room for " locked" where some are.
func (s *Screen) listWidth() int {
	if slices.ContainsFunc(s.profiles, func(p tui.Profile) bool { return p.ReadOnly != "" }) {
		return listWidth + 7
	}
	return listWidth
}

// drawFull draws only the pane with the keys.
func (s *Screen) drawFull(at panes.Place) []string {
	s.panes.Arrange(paneGens, paneDiff)
	if s.wide {
		s.panes.Arrange(paneGens, paneDiff, paneProfiles)
	}
	switch s.panes.Focus() {
	case paneDiff:
		return s.drawDiff(at)
	case paneProfiles:
		return s.panes.List(paneProfiles, at, style.Pane{Title: "profiles"}, nil, s.list)
	}
	return s.drawGens(at)
}

// drawMain draws the generations beside the difference where two panes have room, else
// over it.
func (s *Screen) drawMain(at panes.Place) []string {
	if at.W >= besideWidth && !s.wide {
		left := s.panes.Across(at.W, at.W/2, 36)
		gens, beside := at, at
		gens.W = left
		beside.X, beside.W = at.X+left, at.W-left
		return style.Beside(s.drawGens(gens), s.drawDiff(beside))
	}
	top := s.panes.Down(at.H, min(max(len(s.all)+3, 6), max(at.H/2, 6)), 5)
	gens, below := at, at
	gens.H = top
	below.Y, below.H = at.Y+top, at.H-top
	return style.Stack(s.drawGens(gens), s.drawDiff(below))
}

func (s *Screen) drawGens(at panes.Place) []string {
	p := style.Pane{Title: "generations"}
	if prof, ok := s.profile(); ok {
		p.Title = "profile: " + text.SanitiseName(prof.Name)
		if n := len(s.profiles); n > 1 && !s.wide {
			p.Title += "   (p: " + text.Plural(n-1, "other") + ")"
		}
		if at.W >= 58 {
			p.Note = text.Plural(len(s.all), "generation")
		}
	}
	switch {
	case s.gens.Finding() != "":
		p.Foot = "/" + text.SanitiseName(s.gens.Finding())
	case len(s.marks) > 0:
		p.Foot = text.Count(len(s.marks)) + " marked (D deletes, two are compared)"
	case s.gens == s.line:
		p.Foot = s.lineLegend()
	case s.base != 0:
		p.Foot = "base " + strconv.Itoa(s.base) + " (m)"
	default:
		if back, ok := s.parent(); ok && at.W < 100 {
			p.Foot = "R: back to " + strconv.Itoa(back)
		}
	}
	inner := p.InnerWidth(at.W)
	if s.gens == s.line {
		s.measureBars(inner)
	}
	labelled := slices.ContainsFunc(s.all, func(g tui.Generation) bool { return labels(g) != "" })
	narrow := inner < datesOnly && !labelled
	s.table.Hide(narrow || labelled && datesOnly <= inner && inner < datesAndAges, "AGE")
	s.table.Hide(narrow, "LABEL")
	return s.panes.List(paneGens, at, p, nil, s.gens)
}

func (s *Screen) drawDiff(at panes.Place) []string {
	p := style.Pane{Title: s.diffTitle(), Note: s.diffNote()}
	if q := s.changes.Finding(); q != "" {
		p.Foot = "/" + text.SanitiseName(q)
	}
	return s.panes.List(paneDiff, at, p, nil, s.changes)
}

// parent is the generation that R goes back to.
func (s *Screen) parent() (int, bool) {
	cur, ok := s.current()
	if !ok {
		return 0, false
	}
	if _, there := s.number(cur.Parent); there {
		return cur.Parent, true
	}
	before := 0
	for _, g := range s.all {
		if g.Number < cur.Number {
			before = g.Number
		}
	}
	return before, before != 0
}

// notes say where R leads, and what is in force.
func (s *Screen) notes() [][]style.Span {
	cur, ok := s.current()
	if !ok {
		return nil
	}
	back, found := s.parent()
	first := fmt.Sprintf("%d was made from %d.  R rolls back to the parent (%d), not to the previous number.", cur.Number, back, back)
	switch {
	case !found:
		first = fmt.Sprintf("there is nothing before %d to roll back to.", cur.Number)
	case back != cur.Parent && cur.Parent != 0:
		first = fmt.Sprintf("%d was made from %d, which is deleted.  R rolls back to %d, the one before.", cur.Number, cur.Parent, back)
	case back != cur.Parent:
		first = fmt.Sprintf("what %d was made from is not known.  R rolls back to %d, the one before.", cur.Number, back)
	}
	lines := [][]style.Span{{{Text: first}}}
	p, _ := s.profile()
	switch {
	case p.ReadOnly != "":
		lines = append(lines, line{{Text: text.PlainLine(p.ReadOnly), Token: themes.Warning}})
	case s.undo != nil:
		lines = append(lines, line{{Text: "z ", Token: themes.Key}, {Text: s.undo.text, Token: themes.KeyText}})
	default:
		lines = append(lines, muted("S switches to the selected generation: only the profile's link changes."))
	}
	return lines
}

// Actions implements tui.Screen.
func (s *Screen) Actions() []action.Action {
	g, ok := s.selected()
	none, change := "", s.noChange()
	if !ok {
		none = "no generation is selected"
	}
	noRoll, noSwitch, noUndo, noFind, noNote := change, change, "", "", none
	if noNote == "" {
		noNote = change // notes are files beside the profile's links
	}
	if _, found := s.parent(); noRoll == "" && !found {
		noRoll = "there is no generation to go back to"
	}
	switch {
	case noSwitch != "":
	case !ok:
		noSwitch = none
	case g.Current:
		noSwitch = "this generation is current already"
	}
	undoTitle := "Undo the last switch or deletion"
	if s.undo == nil {
		noUndo = "nothing has been switched or deleted here"
	} else if noUndo = change; noUndo == "" {
		undoTitle = "Undo: " + s.undo.text
	}
	list := s.focused()
	if list.Finding() == "" {
		noFind = "nothing is searched for: / searches"
	}
	next := func(n int) func() tea.Cmd {
		return func() tea.Cmd { list.FindNext(n); return s.moved() }
	}
	diffAction := action.Action{ID: action.ProfilesDiff, Title: "Difference to the base or the previous generation", Short: "diff", Disabled: none, Run: s.toDiff}
	if s.panes.Focus() == paneDiff {
		diffAction = action.Action{ID: action.ProfilesDiff, Title: "All about the change: its paths, or its lines", Short: "details", Disabled: s.noDetails(), Run: s.showDetails}
	}
	return append([]action.Action{
		diffAction,
		{ID: action.ProfilesBase, Title: "Compare with this generation as the base, or not", Short: "base", Disabled: none, Run: s.setBase},
		{ID: action.ProfilesRollback, Title: "Roll back to the parent generation ..", Short: "rollback", Disabled: noRoll, Run: func() tea.Cmd { return s.askSwitch(s.link, 0) }},
		{ID: action.ProfilesSwitch, Title: "Switch to this generation ..", Short: "switch", Disabled: noSwitch, Run: func() tea.Cmd { return s.askSwitch(s.link, g.Number) }},
		{ID: action.ProfilesMark, Title: "Mark or unmark the generation", Short: "mark", Disabled: none, Run: s.mark},
		{ID: action.ProfilesDelete, Title: "Delete the marked generations, or by a rule ..", Short: "delete", Destructive: true, Disabled: change, Run: s.askDelete},
		{ID: action.ProfilesPin, Title: "Pin or unpin: rules leave pinned generations alone", Short: "pin", Disabled: noNote, Run: func() tea.Cmd { return s.annotate(g, g.Label, !g.Pinned) }},
		{ID: action.ProfilesLabel, Title: "Label the generation ..", Short: "label", Disabled: noNote, Run: func() tea.Cmd { return s.askLabel(g) }},
		{ID: action.ProfilesClosure, Title: "Show the closure of the generation", Short: "closure", Disabled: none, Run: func() tea.Cmd {
			return s.env.Goto(tui.ScreenClosure, tui.ShowPathMsg{Path: g.Path})
		}},
		{ID: action.ProfilesGC, Title: "What a collection would free without the marked generations", Short: "gc", Disabled: none, Run: s.toGC},
		{ID: action.ProfilesRebuilds, Title: "Show packages that were only rebuilt, or not", Short: "rebuilds", Run: func() tea.Cmd {
			s.same = !s.same
			s.fillDiff()
			return nil
		}},
		{ID: action.ProfilesView, Title: "Time line of sizes, or the table", Short: "time line", Disabled: s.noProfiles(), Run: s.flipView},
		{ID: action.ProfilesPick, Title: "Show another profile ..", Short: "profile", Disabled: s.noProfiles(), Run: s.pick},
		{ID: action.ProfilesUndo, Title: undoTitle, Disabled: noUndo, Run: s.takeBack},
		{ID: action.FindText, Title: "Find in the list", Short: "find", Run: s.find},
		{ID: action.FindNext, Title: "Find the next", Disabled: noFind, Run: next(1)},
		{ID: action.FindPrev, Title: "Find the previous", Disabled: noFind, Run: next(-1)},
		{ID: action.Copy, Title: "Copy the generation's path", Disabled: none, Run: func() tea.Cmd { return s.env.Copy(string(g.Path), "the path") }},
		{ID: action.CopyCommand, Title: "Copy the command that shows the difference", Disabled: none, Run: s.copyCommand},
		{ID: action.Refresh, Title: "Read the profiles again", Run: s.reload},
	}, s.panes.Actions()...)
}

// toDiff shows the difference, and goes to it.
func (s *Screen) toDiff() tea.Cmd {
	s.panes.SetFocus(paneDiff)
	return s.compare()
}

func (s *Screen) setBase() tea.Cmd {
	g, _ := s.selected()
	if s.base == g.Number {
		s.base = 0
	} else {
		s.base = g.Number
	}
	return s.compare()
}

func (s *Screen) mark() tea.Cmd {
	g, _ := s.selected()
	if s.marks[g.Number] {
		delete(s.marks, g.Number)
	} else {
		s.marks[g.Number] = true
	}
	return s.compare()
}

// toGC marks the generations on the GC screen.
func (s *Screen) toGC() tea.Cmd {
	g, _ := s.selected()
	var links []string
	for _, m := range s.all {
		if s.marks[m.Number] || len(s.marks) == 0 && m.Number == g.Number {
			links = append(links, m.Link)
		}
	}
	return s.env.Goto(tui.ScreenGC, tui.MarkRootsMsg{Links: links})
}

func (s *Screen) askLabel(g tui.Generation) tea.Cmd {
	return s.env.Prompt(palette.PromptOptions{
		Label: fmt.Sprintf("label of generation %d: ", g.Number), Initial: g.Label, Hint: "pre-upgrade",
		OnDone: func(t string) tea.Cmd { return s.annotate(g, t, g.Pinned) },
	})
}

func (s *Screen) noProfiles() string {
	if len(s.profiles) == 0 {
		return "there are no profiles"
	}
	return ""
}

func (s *Screen) pick() tea.Cmd {
	var items []palette.Item
	for _, p := range s.profiles {
		side := ""
		if p.ReadOnly != "" {
			side = "read-only"
		}
		items = append(items, palette.Item{Key: p.Link, Title: text.SanitiseName(p.Name), Hint: text.CutMiddle(text.SanitiseName(p.Link), 34), Side: side})
	}
	return s.env.Pick(palette.Options{Title: "which profile?", Items: items, OnPick: s.show})
}

func (s *Screen) copyCommand() tea.Cmd {
	from, to, _ := s.pair()
	if from.Number == 0 {
		return s.env.CopyCommand("nixbench path-info -rsSh " + tui.Word(string(to.Path)))
	}
	command := "nixbench diff"
	if s.same {
		command += " --all"
	}
	return s.env.CopyCommand(command + " " + tui.Word(string(from.Path)) + " " + tui.Word(string(to.Path)))
}

// find searches as one types.
func (s *Screen) find() tea.Cmd {
	find, giveUp := s.focused().Search()
	return s.env.Prompt(palette.PromptOptions{
		Label:    "/",
		OnChange: func(q string) tea.Cmd { find(q); return s.moved() },
		OnDone: func(q string) tea.Cmd {
			if !find(q) && q != "" {
				s.env.Notify("not found: " + text.SanitiseName(q))
			}
			return s.moved()
		},
		OnCancel: func() tea.Cmd { giveUp(); return s.moved() },
	})
}
