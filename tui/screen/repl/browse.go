package repl

// This file does what can be done with the line under the cursor.

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/style"
	"nixbench/tui/widget/palette"
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
		return ln.entry.res.Outputs[0].Path
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
			n = ln.node
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

// copied is the text of a value.
type copied struct {
	text  string
	what  string
	title string // to be read, and not copied
}

// copy copies what is under the cursor: a value in full.
func (s *Screen) copy() tea.Cmd {
	ln, _ := s.line()
	r := ln.entry.res
	switch {
	case ln.kind == lineInput:
		return s.env.Copy(ln.entry.input, "the input")
	case ln.kind == lineOutput:
		return s.env.Copy(string(r.Outputs[ln.i].Path), "the path")
	case ln.kind == lineValue && ln.node.Kind == tui.NodeOutput:
		return s.env.Copy(string(ln.node.Store), "the path")
	case ln.kind == lineValue:
		return s.ask(ln.node, "")
	case r != nil && r.Err != nil:
		return s.env.Copy(errorText(r.Err), "the error")
	case r != nil && len(r.Outputs) > 0:
		return s.env.Copy(string(r.Outputs[0].Path), "the path")
	case r != nil && len(r.Lines) > 0:
		return s.env.Copy(strings.Join(r.Lines, "\n"), "the text")
	case r != nil && r.Doc != nil:
		var lines []string
		for _, d := range r.Doc.Lines {
			lines = append(lines, d.Text)
		}
		return s.env.Copy(strings.Join(lines, "\n"), "the documentation")
	}
	return s.env.Copy(ln.entry.input, "the input")
}

func errorText(e *tui.EvalError) string {
	lines := append([]string{"error: " + e.Msg}, e.Excerpt...)
	if e.Where != "" {
		lines[0] += "\nat " + e.Where
	}
	if e.Own != "" {
		lines = append(lines, e.Own)
	}
	return strings.Join(lines, "\n")
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

// ask asks for a value in full, to be copied, or read under a title.
func (s *Screen) ask(n *node, title string) tea.Cmd {
	if n.Handle == 0 {
		return s.full(copied{n.Text, name(n), title})
	}
	b, h, what := s.env.Backend, n.Handle, name(n)
	s.cancelWork()
	s.asked = asked{node: n, title: title, serial: s.asked.serial + 1}
	slow := copiesSlowlyMsg{s, s.asked.serial}
	return tea.Batch(
		s.env.After(slowAfter, func(time.Time) tea.Msg { return slow }),
		tui.Ask(s.env, &s.copying, func(ctx context.Context) (copied, error) {
			t, err := b.ValueText(ctx, h)
			return copied{t, what, title}, err
		}),
	)
}

func name(n *node) string {
	if n.Label != "" {
		return n.Label
	}
	return "the value"
}

func (s *Screen) copied(msg tui.Answer[copied]) tea.Cmd {
	if !msg.For(&s.copying) {
		return nil
	}
	if msg.Err != nil {
		return s.env.Fail(msg.Err)
	}
	return s.full(msg.Value)
}

// maxRead is how many lines of a value can be read.
const maxRead = 20_000

// full copies a value's text or shows it to be read.
func (s *Screen) full(c copied) tea.Cmd {
	if c.title == "" {
		return s.env.Copy(c.text, c.what)
	}
	var lines [][]style.Span
	for raw := range strings.SplitSeq(c.text, "\n") {
		if len(lines) == maxRead {
			lines = append(lines, []style.Span{{Text: "... y copies all of it"}})
			break
		}
		src := strings.ReplaceAll(raw, "\t", "    ")
		for _, part := range text.Wrap(text.PlainLine(src), min(s.w-4, 96)-4) {
			lines = append(lines, colored(part, nixPieces(part), 0, len(part)))
		}
	}
	return s.env.View(tui.ViewOptions{Title: c.title, Lines: lines})
}

// inspect shows the whole value: the one under the cursor, or the last result.
func (s *Screen) inspect() tea.Cmd {
	n := s.value()
	title := n.AttrPath
	if title == "" {
		title = name(n)
	}
	return s.ask(n, text.SanitiseName(title))
}

// commandOf is the command line that does the same as an input.
func commandOf(e *entry) string {
	switch {
	case e.res != nil && e.res.Kind == tui.ResultBuilt && e.res.Drv != "":
		return "nixbench build " + store.QuoteWord(store.AllOutputsOf(e.res.Drv).String())
	case e.root != nil:
		return "nixbench eval --expr " + store.QuoteWord(e.input)
	}
	return ""
}

func (s *Screen) noCommand() string {
	if ln, ok := s.line(); !ok || commandOf(ln.entry) == "" {
		return "no command line does the same"
	}
	return ""
}

func (s *Screen) copyCommand() tea.Cmd {
	ln, _ := s.line()
	return s.env.CopyCommand(commandOf(ln.entry))
}

// piece goes to the next input, or back to this one and the one before.
func (s *Screen) piece(dir int) func() tea.Cmd {
	return func() tea.Cmd {
		i, ok := s.list.Selected()
		if !ok {
			return nil
		}
		for i += dir; i >= 0 && i < len(s.log.lines); i += dir {
			if i == 0 || s.log.lines[i-1].entry != s.log.lines[i].entry {
				s.list.Select(s.log.lines[i].key)
				break
			}
		}
		return nil
	}
}

// find searches the transcript as one types.
func (s *Screen) find() tea.Cmd {
	search := func(q string) tea.Cmd {
		s.list.SetFind(q)
		if q != "" {
			s.list.FindNext(0)
		}
		return nil
	}
	return s.env.Prompt(palette.PromptOptions{
		Label: "/", Hint: "text in the transcript", OnChange: search,
		OnDone:   func(string) tea.Cmd { return nil },
		OnCancel: func() tea.Cmd { return search("") },
	})
}

func (s *Screen) match(dir int) func() tea.Cmd {
	return func() tea.Cmd {
		if s.list.Finding() != "" {
			s.list.FindNext(dir)
		}
		return nil
	}
}
