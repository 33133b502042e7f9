package repl

// This file does what can be done with the line under the cursor.

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/action"
)

// line is the line under the cursor.
func (s *Screen) line() (line, bool) {
	if i, ok := s.list.Selected(); ok && i < len(s.log.lines) {
		return s.log.lines[i], true
	}
	return line{}, false
}

func (s *Screen) noLine() string {
	if _, ok := s.line(); !ok {
		return "there are no results yet"
	}
	return ""
}

// value is the value under the cursor, or the result of the input that the
// cursor is on.
func (s *Screen) value() *node {
	ln, ok := s.line()
	switch {
	case !ok:
		return nil
	case ln.node != nil:
		return ln.node
	}
	return ln.entry.root
}

func (s *Screen) noValue() string {
	if s.value() == nil {
		return "there is no value here"
	}
	return ""
}

// use puts what is under the cursor into the input.
func (s *Screen) use() tea.Cmd {
	if s.panes.Focus() == paneScope {
		if i, ok := s.scopeList.Selected(); ok && i < len(s.names) && s.names[i] != "" {
			s.insert(s.names[i])
		}
		return nil
	}
	ln, ok := s.line()
	if !ok {
		return nil
	}
	switch {
	case ln.kind == lineMore || ln.kind == lineMoreInput || ln.kind == lineTrace:
		return s.unfold()
	case ln.kind == lineOutput:
		s.insert(string(ln.entry.res.Outputs[ln.i].Path))
	case ln.kind == lineValue && ln.node.Kind == tui.NodeFrame:
		return s.enterStep()
	case ln.kind == lineValue && ln.node.AttrPath != "":
		s.insert(ln.node.AttrPath)
	case ln.kind == lineValue && ln.node.Kind == tui.NodeContext:
		s.insert(string(ln.node.Store))
	case ln.kind == lineValue && ln.node.Label != "" && ln.node.parent != nil:
		s.insert(ln.node.Label)
	default:
		s.panes.SetFocus(paneInput)
		s.input.SetValue(ln.entry.input)
	}
	return nil
}

func (s *Screen) insert(t string) {
	s.panes.SetFocus(paneInput)
	s.input.Insert(t)
}

func (s *Screen) unfold() tea.Cmd {
	s.list.Update(action.Intent{ID: action.FoldFlip})
	return nil
}

func (s *Screen) noTrace() string {
	if s.trace() == nil {
		return "no error with a trace is here"
	}
	return ""
}

// trace is the node of the trace of the error that the cursor is on or in: of an
// input, or of a value inside of a result.
func (s *Screen) trace() *node {
	ln, ok := s.line()
	if !ok {
		return nil
	}
	for n := ln.node; n != nil; n = n.parent {
		if n.Kind == tui.NodeError && n.HasChildren {
			return n
		}
	}
	return ln.entry.steps
}

func (s *Screen) flipTrace() tea.Cmd {
	n := s.trace()
	s.log.flip(n, !n.open)
	s.layOut()
	if i := slices.IndexFunc(n.entry.lines, func(l line) bool { return l.node == n }); i >= 0 {
		s.list.Select(n.entry.lines[i].key)
	}
	if n.open && n.known {
		s.bringIntoView(n)
	}
	return nil
}

// step is the step of an error under the cursor, or the error.
func (s *Screen) step() *node {
	if ln, ok := s.line(); ok && ln.kind == lineValue {
		for n := ln.node; n != nil; n = n.parent {
			if n.Kind == tui.NodeFrame {
				return n
			}
		}
	}
	return s.trace()
}

func (s *Screen) noStep() string {
	if s.step() == nil {
		return "this is no step of an error"
	}
	return ""
}

// enterStep lets the inputs that follow use the variables of the step.
func (s *Screen) enterStep() tea.Cmd {
	n, b := s.step(), s.env.Backend
	number := "0"
	if n.Kind == tui.NodeFrame {
		number = n.Label
	}
	e := s.log.add(":frame " + number)
	e.does = func(ctx context.Context) (*tui.Result, error) { return b.Enter(ctx, n.Handle) }
	s.stick = true
	s.panes.SetFocus(paneInput)
	return s.next()
}

// path is the store path under the cursor: of an output, or of a string.
func (s *Screen) path() store.Path {
	ln, ok := s.line()
	switch {
	case !ok:
		return ""
	case ln.kind == lineOutput:
		return ln.entry.res.Outputs[ln.i].Path
	case ln.node == nil && ln.entry.res != nil && len(ln.entry.res.Outputs) > 0:
		return ln.entry.res.Output()
	}
	if n := s.value(); n != nil && n.Kind != tui.NodeDerivation {
		return n.Store
	}
	return ""
}

// derivation is the value under the cursor if it is a derivation.
func (s *Screen) derivation() *node {
	if n := s.value(); n != nil && n.Kind == tui.NodeDerivation && n.AttrPath != "" {
		return n
	}
	return nil
}

func (s *Screen) noPath() string {
	if s.path() == "" && s.derivation() == nil {
		return "this is neither a derivation nor a store path"
	}
	return ""
}

func (s *Screen) noDerivation() string {
	if s.derivation() == nil {
		return "this is no derivation"
	}
	return ""
}

// closure browses the closure of a path; that of a derivation's output is for
// the session to find.
func (s *Screen) closure() tea.Cmd {
	if p := s.path(); p != "" {
		return s.env.Goto(tui.ScreenClosure, tui.ShowPathMsg{Path: p})
	}
	return s.command(":closure ")
}

func (s *Screen) build() tea.Cmd { return s.command(":b ") }

// command carries out a command on the derivation under the cursor.
func (s *Screen) command(name string) tea.Cmd {
	return s.submit(name+s.derivation().AttrPath, false)
}

func (s *Screen) reload() tea.Cmd {
	e := s.log.add(":r")
	e.does = s.env.Backend.Reload
	s.stick = true
	return s.next()
}

// at is where what is under the cursor was written.
func (s *Screen) at() (file string, n int) {
	if s.panes.Focus() == paneDoc && s.doc != nil {
		return s.doc.File, s.doc.Line
	}
	ln, ok := s.line()
	if !ok {
		return "", 0
	}
	switch r := ln.entry.res; {
	case ln.kind == lineValue:
		n := s.step()
		if n == nil || ln.node.File != "" {
			n = written(ln.node)
		}
		return n.File, n.Line
	case r != nil && r.Err != nil:
		return r.Err.File, r.Err.Line
	case r != nil && r.Doc != nil:
		return r.Doc.File, r.Doc.Line
	case ln.entry.root != nil:
		return ln.entry.root.File, ln.entry.root.Line
	}
	return "", 0
}

// written is the node that says where one was written: that of the function for what is
// said of it, and else itself.
func written(n *node) *node {
	switch n.Kind {
	case tui.NodeDoc, tui.NodeFormal, tui.NodeSource:
		if n.File == "" && n.parent != nil {
			return n.parent
		}
	}
	return n
}

func (s *Screen) noSource() string {
	if file, _ := s.at(); file == "" {
		return "it is not known where this was written"
	}
	return ""
}

func (s *Screen) source() tea.Cmd {
	file, n := s.at()
	return s.env.EditFile(file, n, nil)
}

// asked is the value that was asked for in full last.
type asked struct {
	node   *node
	title  string
	serial int
	slow   bool // it has been waited for
}

// copiesSlowlyMsg says that a value in full has been waited for.
type copiesSlowlyMsg struct {
	to     *Screen
	serial int
}

// maxRead is how many lines of a value can be read.
const maxRead = 20_000
