package repl

// This file lists what can be done.

import (
	tea "charm.land/bubbletea/v2"

	"nixbench/tui"
	"nixbench/tui/action"
)

// Actions lists what can be done at the input and with results.
func (s *Screen) Actions() []action.Action {
	interrupt := ""
	if s.current != nil {
		interrupt = "interrupt"
	}
	reload := ""
	if s.hasChanged() {
		reload = "reload"
	}
	run := func(f func()) func() tea.Cmd { return func() tea.Cmd { f(); return nil } }
	list := []action.Action{
		{ID: action.ReplSubmit, Title: "Evaluate the input", Short: "eval", Run: s.enter},
		{ID: action.EditNewline, Title: "New line", Short: "newline", Run: s.newline},
		{ID: action.ReplComplete, Title: "Complete what is being typed", Short: "complete", Run: func() tea.Cmd { return s.complete(1) }},
		{ID: action.ReplHistory, Title: "Earlier inputs ..", Short: "history", Run: s.search},
		{ID: action.Interrupt, Title: "Interrupt, or clear the input", Short: interrupt, Run: func() tea.Cmd { cmd, _ := s.Interrupt(); return cmd }},
		{ID: action.ReplDoc, Title: "Explain what is at the cursor", Short: "docs", Run: s.askDoc},
		{ID: action.ReplEditor, Title: "The input in $EDITOR", Short: "editor", Run: s.edit},
		{ID: action.ReplBrowse, Title: "Browse results", Short: "browse results", Run: run(s.browse)},
		{ID: action.ReplPrevComp, Title: "Previous completion", Run: func() tea.Cmd { return s.complete(-1) }},
		{ID: action.EditVi, Title: "Keys of vi in the input, on or off", Run: s.flipVi},
		{ID: action.ReplLeave, Title: "Leave if the input is empty, else delete to the right", Hidden: true, Run: s.leave},
	}
	list = append(list, s.browseActions(reload)...)
	list = append(list,
		action.Action{ID: action.ReplInspect, Title: "The whole value", Short: "inspect", Disabled: s.noValue(), Run: s.inspect},
		action.Action{ID: action.FindText, Title: "Search in the transcript ..", Short: "find", Disabled: s.noLine(), Run: s.find},
		action.Action{ID: action.FindNext, Title: "Next match", Run: s.match(1)},
		action.Action{ID: action.FindPrev, Title: "Previous match", Run: s.match(-1)},
	)
	list = append(list, s.panes.Actions()...)
	for i := range list {
		list[i].Run = s.following(list[i].Run)
	}
	return list
}

// following does what belongs after f: what was opened is asked for, and lines
// are laid out.
func (s *Screen) following(f func() tea.Cmd) func() tea.Cmd {
	return func() tea.Cmd {
		cmd := tea.Batch(f(), s.serve())
		s.layOut()
		return cmd
	}
}

// browseActions are what can be done with the line under the cursor.
func (s *Screen) browseActions(reload string) []action.Action {
	return []action.Action{
		{ID: action.ReplInsert, Title: "Use this in the input", Short: "use", Disabled: s.noLine(), Run: s.use},
		{ID: action.ReplUnfold, Title: "Unfold or fold", Short: "unfold", Disabled: s.noLine(), Run: s.unfold},
		{ID: action.ReplTrace, Title: "Show or hide the trace of the error", Short: "trace", Disabled: s.noTrace(), Run: s.flipTrace},
		{ID: action.ReplFrame, Title: "Use the variables of this step of the error", Short: "debug here", Disabled: s.noStep(), Run: s.enterStep},
		{ID: action.ReplClosure, Title: "Browse the closure", Short: "closure", Disabled: s.noPath(), Run: s.closure},
		{ID: action.ReplBuild, Title: "Build the derivation", Short: "build", Disabled: s.noDerivation(), Run: s.build},
		{ID: action.Copy, Title: "Copy", Short: "copy", Disabled: s.noLine(), Run: s.copy},
		{ID: action.Edit, Title: "Open the source in $EDITOR", Short: "edit", Disabled: s.noSource(), Run: s.source},
		{ID: action.ReplReload, Title: "Load all files again; results stay", Short: reload, Run: s.reload},
		{ID: action.ReplInput, Title: "Back to the input", Short: "type", Run: func() tea.Cmd { s.panes.SetFocus(paneInput); return nil }},
		{ID: action.CopyCommand, Title: "Copy the command that does the same", Disabled: s.noCommand(), Run: s.copyCommand},
		{ID: action.ReplNextPiece, Title: "Next input", Disabled: s.noLine(), Run: s.piece(1)},
		{ID: action.ReplPrevPiece, Title: "Previous input", Disabled: s.noLine(), Run: s.piece(-1)},
	}
}

// browse gives the keys to the transcript; an open list of completions closes
// first.
func (s *Screen) browse() {
	if s.input.Popup.IsOpen() || s.comp.Pending() {
		s.closePopup()
		return
	}
	if s.input.ToNormal() {
		return
	}
	s.panes.SetFocus(paneLog)
	s.stick = false
}

// flipVi turns the keys of vi on or off.
func (s *Screen) flipVi() tea.Cmd {
	s.input.SetVi(!s.input.Vi())
	if s.input.Vi() {
		return s.env.Notify("keys of vi: Esc for commands, Esc again for the results")
	}
	return s.env.Notify("keys of vi are off")
}

// leave is ^D.
func (s *Screen) leave() tea.Cmd {
	if s.input.Value() != "" {
		return s.typed(action.Intent{ID: action.EditDelete})
	}
	return s.env.Act(tui.ScreenRepl, action.Quit)
}
