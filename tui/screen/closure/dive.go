package closure

// This file opens what is under the cursor, or what is chosen from a list.

import (
	"strconv"

	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/closure"
	"nixbench/inspect/files"
	"nixbench/repl/text"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/widget/changes"
	"nixbench/tui/widget/palette"
)

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
