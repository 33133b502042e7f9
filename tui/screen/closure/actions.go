package closure

// This file lists what can be done, and says why what cannot be.

import (
	tea "charm.land/bubbletea/v2"

	"nixbench/store"
	"nixbench/tui/action"
)

// Actions implements tui.Screen.
func (s *Screen) Actions() []action.Action {
	f := s.top()
	p, ok := s.selected()
	noPath, noClosure, noWhy, noRef := "", s.noClosure(f), "", ""
	if !ok {
		noPath = "no path is selected"
	}
	if noRef = noPath; noRef == "" && s.graph == nil {
		noRef = "the store is being read"
	}
	if noWhy = noClosure; noWhy != "" && f.kind == kindPlaces {
		noWhy = "open a closure first: enter"
	}
	noAnswer := ""
	if f.why == nil {
		noAnswer = "nothing is asked yet: w asks why"
	}
	noCommand := ""
	if f.kind == kindPlaces || f.kind == kindReferrers || f.isClosure() { // others are about all of it
		noCommand = noPath
	}
	noUp := ""
	if len(s.frames) == 1 {
		noUp = "there is nothing to go back to"
	}
	baseTitle := "Mark as the base to compare with"
	if s.base != "" && s.base == p {
		baseTitle = "Compare with nothing any more"
	}
	next := func(n int) func() tea.Cmd { return func() tea.Cmd { return s.findNext(n) } }
	return append([]action.Action{
		{ID: action.ClosureDive, Title: "Open: the closure of the path under the cursor", Short: "dive", Disabled: s.noDive(), Run: s.dive},
		{ID: action.ClosureWhy, Title: "Why does this depend on ..?", Short: "why", Disabled: noWhy, Run: s.startWhy},
		{ID: action.ClosureWhyFiles, Title: "Files that hold the references (in why)", Short: s.inWhy("files"), Disabled: noAnswer, Run: s.flipFiles},
		{ID: action.ClosureAllPaths, Title: "All ways, or only the shortest (in why)", Short: s.inWhy("all ways"), Disabled: noAnswer, Run: s.flipAll},
		{ID: action.ClosureCut, Title: "Which references are to go (in why)", Short: s.inWhy("cut"), Disabled: noAnswer, Run: s.findCut},
		{ID: action.ClosureReferrers, Title: "What refers to this, in the whole store", Short: "referrers", Disabled: noRef, Run: s.showReferrers},
		{ID: action.ClosureSort, Title: "Sort by ..", Short: "sort", Disabled: noClosure, Run: s.pickOrder},
		{ID: action.ClosureBase, Title: baseTitle, Short: "mark base", Disabled: noPath, Run: s.flipBase},
		{ID: action.Copy, Title: "Copy the path, or the name of the file", Short: "copy", Disabled: noPath, Run: s.copy},
		{ID: action.Edit, Title: "Open the file in $EDITOR: in files, in why, or a path that is one", Disabled: s.noEdit(noPath), Run: s.edit},
		{ID: action.ClosureView, Title: "Tree, flat list, columns or a map of areas", Short: viewWords(f), Disabled: s.noView(f), Run: func() tea.Cmd {
			if f.kind == kindFiles {
				f.flipFileView()
			} else {
				f.setView((f.view + 1) % numViews)
			}
			return s.moved()
		}},
		{ID: action.FindText, Title: "Find by name, or size>100M closure<1G adds> refs> ..", Short: "find", Run: s.find},
		{ID: action.ClosureDiff, Title: "Difference between the base and this path", Short: "diff", Disabled: s.noDiff(p, noPath), Run: func() tea.Cmd {
			return s.pushed(s.newDiff(s.base, p))
		}},
		{ID: action.ClosureFiles, Title: "Files inside, as a tree with sizes", Short: "files", Disabled: s.noFiles(f, noPath), Run: func() tea.Cmd { return s.pushed(s.newFiles(p)) }},
		{ID: action.ClosureBuildTime, Title: "Build-time closure: what its derivation needs", Short: "build-time", Disabled: s.noBuildTime(p, noPath), Run: s.showBuildTime},
		{ID: action.ClosureMark, Title: "Mark or unmark the path", Disabled: noPath, Run: s.mark},
		{ID: action.ClosureOpen, Title: "Open the closure of all marked paths together", Disabled: s.noMarked(), Run: s.openMarked},
		{ID: action.ClosureDups, Title: "Packages that are in the closure more than once", Short: "duplicates", Disabled: noClosure, Run: func() tea.Cmd {
			return s.pushed(s.newDups(f))
		}},
		{ID: action.ClosureDrvDiff, Title: "What makes its derivation differ from the base's", Disabled: s.noDrvDiff(p, noPath), Run: func() tea.Cmd {
			return s.pushed(s.newDrvs(s.deriver(s.base), s.deriver(p)))
		}},
		{ID: action.ClosureExport, Title: "Write the closure to a file: JSON, CSV or dot ..", Disabled: noClosure, Run: s.pickExport},
		{ID: action.ClosurePick, Title: "Open the closure of ..", Short: "place", Run: s.pick},
		{ID: action.ClosureUp, Title: "Back to what was shown before", Disabled: noUp, Run: func() tea.Cmd {
			if !f.outOfArea() {
				s.pop()
			}
			return s.moved()
		}},
		{ID: action.FindNext, Title: "Find the next", Disabled: s.noFind(), Run: next(1)},
		{ID: action.FindPrev, Title: "Find the previous", Disabled: s.noFind(), Run: next(-1)},
		{ID: action.CopyCommand, Title: "Copy the command that shows the same", Disabled: noCommand, Run: func() tea.Cmd { return s.env.CopyCommand(s.command()) }},
		{ID: action.Refresh, Title: "Read the store again", Run: s.reload},
	}, s.paneActions()...)
}

// paneActions are those of the panes: that which has the keys says what they are about.
func (s *Screen) paneActions() []action.Action {
	list := s.panes.Actions()
	for i, a := range list {
		list[i].Run = func() tea.Cmd { return tea.Batch(a.Run(), s.moved()) }
	}
	return list
}

// inWhy is a word for the footer while the answer to why has the keys.
func (s *Screen) inWhy(word string) string {
	if s.answering() != nil {
		return word
	}
	return ""
}

// viewWords names the views for the footer.
func viewWords(f *frame) string {
	if f.kind == kindFiles {
		return "tree/flat"
	}
	return "tree/flat/columns/map"
}

func (s *Screen) noView(f *frame) string {
	switch {
	case f.kind != kindFiles:
		return s.noClosure(f)
	case f.files == nil:
		return "the files are being read"
	}
	return ""
}

func (s *Screen) noClosure(f *frame) string {
	switch {
	case !f.isClosure():
		return "this is not a closure"
	case f.data == nil && f.err != nil:
		return "the closure could not be read"
	case f.data == nil:
		return "the closure is being read"
	}
	return ""
}

func (s *Screen) noDiff(p store.Path, noPath string) string {
	switch {
	case noPath != "":
		return noPath
	case s.base == "":
		return "no base is marked: m marks one"
	case s.base == p:
		return "this is the base itself"
	case s.graph == nil:
		return "the store is being read"
	}
	return ""
}

func (s *Screen) noFiles(f *frame, noPath string) string {
	if noPath == "" && f.kind == kindFiles {
		return "these are its files"
	}
	return noPath
}
