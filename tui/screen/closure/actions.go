package closure

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/inspect/files"
	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/widget/changes"
	"nixbench/tui/widget/palette"
)

// orders are the orders of a closure with their names, in the order of the menu.
var orders = [...]struct {
	by          closure.Order
	name, about string
}{
	{closure.ByAdded, "adds", "what goes if only this path goes"},
	{closure.ByClosure, "closure", "the path and all that it needs"},
	{closure.ByOwn, "own", "the path alone"},
	{closure.ByName, "name", "from A to Z"},
	{closure.ByReferences, "refs", "how many paths it refers to"},
	{closure.ByReferrers, "referrers", "how many paths refer to it"},
	{byTime, "time", "how long its build usually takes"},
	{byChain, "chain", "how long it takes to build it from nothing, with all slots free"},
}

func sortName(by closure.Order) string {
	for _, o := range orders {
		if o.by == by {
			return o.name
		}
	}
	return by.String()
}

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
		{ID: action.ClosureBase, Title: baseTitle, Short: "mark base", Disabled: noPath, Run: func() tea.Cmd {
			if s.base == p {
				s.base = ""
			} else {
				s.base = p
			}
			return nil
		}},
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
		{ID: action.CopyCommand, Title: "Copy the command that shows the same", Disabled: noPath, Run: s.copyCommand},
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

func (s *Screen) noDive() string {
	f := s.top()
	if s.answering() != nil {
		return ""
	}
	_, ok := f.selected()
	switch {
	case f.kind == kindFiles:
		if e, ok := f.file(); ok && (f.view == viewFlat || f.files.Entries[e].Kind == files.Directory) {
			return ""
		}
		return "this is no directory: backspace goes back"
	case f.kind == kindDrvs:
		return "this is a difference: backspace goes back"
	case f.kind == kindDiff:
		if f.diff != nil && changes.HasDetails(f.diff.Diff, f.diff.etc, f.list.SelectedKey()) {
			return ""
		}
		return "no change is selected"
	case !ok:
		return "no path is selected"
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

// deriver is the derivation of a path, or the path itself if it is one.
func (s *Screen) deriver(p store.Path) store.Path {
	if p.IsDerivation() {
		return p
	}
	if s.infoFor == p && s.info != nil && s.info.Deriver != "" {
		return s.info.Deriver
	}
	if s.graph == nil {
		return ""
	}
	if i, ok := s.graph.Index(p); ok {
		return s.graph.DeriverPath(i)
	}
	return ""
}

func (s *Screen) noBuildTime(p store.Path, noPath string) string {
	if noPath != "" {
		return noPath
	}
	d := s.deriver(p)
	switch f := s.top(); {
	case d == "":
		return "its derivation is not known"
	case f.kind == kindBuild && d == f.path:
		return "this is its build-time closure"
	case s.graph == nil:
		return "the store is being read"
	}
	if _, ok := s.graph.Index(d); !ok {
		return "its derivation is not in the store"
	}
	return ""
}

func (s *Screen) noFind() string {
	if s.list().Finding() == "" && s.top().query == "" {
		return "nothing is searched for: / searches"
	}
	return ""
}

// pushed shows a frame and asks for what it shows.
func (s *Screen) pushed(f *frame) tea.Cmd {
	s.push(f)
	if s.graph == nil {
		return s.moved()
	}
	return tea.Batch(s.load(f), s.moved())
}

// dive opens what is under the cursor; in the answer to why it goes to the node.
func (s *Screen) dive() tea.Cmd {
	f := s.top()
	if w := s.answering(); w != nil {
		if st, ok := w.selected(); ok {
			f.goTo(st.to)
			s.panes.SetFocus(paneMain)
		}
		return s.moved()
	}
	if f.kind == kindFiles {
		if f.view == viewFlat { // to where it is in the tree
			f.flipFileView()
			return nil
		}
		return s.intent(action.Intent{ID: action.FoldFlip})
	}
	if f.kind == kindDiff {
		title, lines, _ := changes.Details(f.diff.Diff, f.diff.etc, f.list.SelectedKey())
		return s.env.View(tui.ViewOptions{Title: title, Lines: lines})
	}
	p, ok := f.selected()
	switch {
	case !ok:
		return nil
	case f.kind == kindPlaces:
		i, _ := f.list.Selected()
		return s.open(p, text.SanitiseName(f.places[i].Name), "")
	case f.onMap():
		if !f.intoArea() {
			return s.env.Notify("nothing goes with " + cleanName(p) + " but itself")
		}
		return s.moved()
	case f.view == viewColumns && f.isClosure():
		f.walk(action.Intent{ID: action.FoldOpen})
		return s.moved()
	case f.isClosure() && p == f.path: // it is shown already
		return s.intent(action.Intent{ID: action.FoldFlip})
	case f.kind == kindBuild:
		sub := newClosure(s.env, kindBuild, p, "")
		sub.view, sub.order = f.view, f.order
		return s.pushed(sub)
	case f.kind == kindClosure:
		sub := newClosure(s.env, kindClosure, p, "")
		sub.view, sub.order = f.view, f.order
		return s.pushed(sub)
	}
	return s.open(p, "", "")
}

func (s *Screen) showReferrers() tea.Cmd {
	f := s.top()
	p, _ := s.selected()
	var in *closure.Graph
	if f.kind == kindClosure && f.data != nil {
		in = f.data.g
	}
	return s.pushed(s.newReferrers(p, in))
}

func (s *Screen) showBuildTime() tea.Cmd {
	p, _ := s.selected()
	return s.pushed(newClosure(s.env, kindBuild, s.deriver(p), ""))
}

func (s *Screen) pickOrder() tea.Cmd {
	f := s.top()
	var items []palette.Item
	for _, o := range orders {
		if o.by >= byTime && f.kind != kindBuild {
			continue
		}
		it := palette.Item{Key: o.name, Title: o.name + ": " + o.about}
		if o.by == closure.ByClosure && f.data.sizes == nil {
			it.Disabled = "being added up"
		}
		items = append(items, it)
	}
	return s.env.Pick(palette.Options{Title: "sort by", Items: items, OnPick: func(key string) tea.Cmd {
		for _, o := range orders {
			if o.name == key {
				f.order = o.by
			}
		}
		return s.sort(f)
	}})
}

// pick opens a place, or whatever path, link or name is typed.
func (s *Screen) pick() tea.Cmd {
	places := s.frames[0].places
	var items []palette.Item
	byKey := map[string]tui.Place{}
	for i, p := range places {
		key := "\x00" + strconv.Itoa(i)
		byKey[key] = p
		items = append(items, palette.Item{Key: key, Title: text.SanitiseName(p.Name), Hint: text.CutMiddle(cleanName(p.Path), 26), Side: p.Kind})
	}
	b := s.env.Backend
	return s.env.Pick(palette.Options{
		Title: "open the closure of", Items: items, Free: true, Empty: "type a path, a link or a name",
		OnPick: func(key string) tea.Cmd {
			if p, ok := byKey[key]; ok {
				return s.open(p.Path, text.SanitiseName(p.Name), "")
			}
			return tui.Ask(s.env, &s.resolving, resolve(b, key))
		},
	})
}

func (s *Screen) copyCommand() tea.Cmd {
	f := s.top()
	p, _ := s.selected()
	command := "nixbench path-info -rsSh " + string(p)
	switch {
	case f.kind == kindBuild && f.why == nil:
		command = "nixbench closure --build-time " + string(f.path)
	case f.why != nil:
		g := f.data.g
		command = "nixbench why-depends --all " + string(g.Path(f.why.chains.From())) + " " + string(g.Path(f.why.chains.To()))
	case f.kind == kindDups:
		command = "nixbench duplicates " + string(f.path)
	case f.kind == kindFiles:
		command = "nixbench files " + string(f.path)
	case f.kind == kindReferrers:
		command = "nix-store --query --referrers " + string(p)
	}
	return s.env.CopyCommand(command)
}

// find searches as one types.
func (s *Screen) find() tea.Cmd {
	f := s.top()
	if w := s.answering(); w != nil {
		list := w.list
		return s.env.Prompt(palette.PromptOptions{
			Label:    "/",
			OnChange: func(q string) tea.Cmd { list.SetFind(q); list.FindNext(0); return nil },
			OnCancel: func() tea.Cmd { list.SetFind(""); return nil },
		})
	}
	hint := ""
	if f.isClosure() {
		hint = "glibc   size>100M   closure<1G   adds>10M   refs>20"
	}
	return s.env.Prompt(palette.PromptOptions{
		Label: "/", Hint: hint,
		OnChange: func(q string) tea.Cmd { f.search(q); return s.moved() },
		OnDone: func(q string) tea.Cmd {
			f.search(q)
			if f.query != "" && !f.next(0) {
				s.env.Notify("not found: " + text.SanitiseName(q))
			}
			return s.moved()
		},
		OnCancel: func() tea.Cmd { f.search(""); return s.moved() },
	})
}

func (s *Screen) findNext(n int) tea.Cmd {
	if s.answering() != nil {
		s.list().FindNext(n)
		return nil
	}
	if !s.top().next(n) {
		return s.env.Notify("not found")
	}
	return s.moved()
}
