package repl

// This file carries out inputs, one after another, and takes what comes of them.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/style"
	"nixbench/tui/widget/confirm"
	"nixbench/tui/widget/palette"
)

type (
	// startedMsg tells when an input's evaluation began.
	startedMsg struct {
		to     *Screen
		serial int
		at     time.Time
	}
	// ranMsg tells that a command of the shell has ended.
	ranMsg struct {
		to      *Screen
		isShell bool // whose exit status says nothing
		err     error
	}
	// saved is the answer to adding to the history.
	saved struct{}
)

// submit carries out an input after those that wait. Typed ones go into the
// history.
func (s *Screen) submit(input string, typed bool) tea.Cmd {
	e := s.log.add(input)
	var save tea.Cmd
	if typed {
		backend := s.env.Backend
		save = tui.Ask(s.env, &e.saved, func(ctx context.Context) (saved, error) {
			return saved{}, backend.AddHistory(ctx, input)
		})
		s.remember(input)
	}
	s.stick = true
	return tea.Batch(save, s.next())
}

// kept tells, the first time, that an input could not be added to the history.
func (s *Screen) kept(msg tui.Answer[saved]) tea.Cmd {
	if msg.Err == nil || s.unkept {
		return nil
	}
	s.unkept = true
	why := msg.Err.Error()
	if of := (*fs.PathError)(nil); errors.As(msg.Err, &of) {
		why = of.Err.Error() + ": " + of.Path // what there may be no room for comes last
	}
	return s.env.Warn("inputs are not kept: " + text.PlainLine(why))
}

// remember puts an input before the earlier ones.
func (s *Screen) remember(input string) {
	kept := []string{input}
	for _, in := range s.own {
		if in != input {
			kept = append(kept, in)
		}
	}
	s.own = kept
}

// next begins with the first input that waits.
func (s *Screen) next() tea.Cmd {
	if s.current != nil {
		return nil
	}
	e := s.log.next()
	if e == nil {
		return tea.Batch(s.askScope(), s.askPast())
	}
	again := s.yield()
	s.comp.Cancel()
	s.docs.Cancel()
	stop := make(chan struct{})
	e.state, e.stale = running, true
	e.stop = func() { close(stop) }
	s.current, s.progress = e, tui.EvalProgress{}
	does, backend, input := e.does, s.env.Backend, e.input
	began := s.env.After(0, func(at time.Time) tea.Msg { return startedMsg{s, e.serial, at} })
	return tea.Batch(began, again, tui.Ask(s.env, &s.eval, func(ctx context.Context) (*tui.Result, error) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		go func() {
			select {
			case <-stop:
				cancel()
			case <-ctx.Done():
			}
		}()
		if does != nil {
			return does(ctx)
		}
		return backend.Eval(ctx, input)
	}))
}

// evaluated takes the result of the current input.
func (s *Screen) evaluated(msg tui.Answer[*tui.Result]) tea.Cmd {
	if !msg.For(&s.eval) || s.current == nil {
		return nil
	}
	e := s.current
	s.finish(e, msg.Err == nil && msg.Value != nil && msg.Value.Kind != tui.ResultError)
	if msg.Err != nil || msg.Value == nil {
		if msg.Err != nil {
			e.wrong = text.PlainLine(msg.Err.Error())
		}
		return s.next()
	}
	e.res = msg.Value
	if e.res.Number > 0 {
		e.number = e.res.Number
		s.log.renumber(e)
	}
	cmd := s.came(e)
	return tea.Batch(cmd, s.next())
}

// finish ends the current input, well or not.
func (s *Screen) finish(e *entry, well bool) {
	e.state, e.stale = ended, true
	e.well, e.build.tail = well, nil
	s.current, s.late = nil, e
	s.count()
	s.tail.Cancel()
	s.reveal = e
}

// came does what a result asks for.
func (s *Screen) came(e *entry) tea.Cmd {
	switch r := e.res; r.Kind {
	case tui.ResultValue:
		e.root = &node{Node: r.Node, entry: e}
		if r.Node.HasChildren {
			s.log.flip(e.root, true)
		}
	case tui.ResultText:
		if r.Node.Handle != 0 {
			e.root = &node{Node: r.Node, entry: e}
			s.log.flip(e.root, true)
		}
		if r.Options != nil {
			return s.choose(r.Options)
		}
	case tui.ResultDoc:
		s.setDoc(r.Doc)
	case tui.ResultBuilt:
		if r.Built > 0 {
			s.built = append(s.built, r.Outputs...)
		}
		if r.Drv != "" {
			s.ranBuild(e)
		}
		s.env.Broadcast(tui.StoreChangedMsg{})
	case tui.ResultError:
		if e.takeSteps(r.Err); e.steps != nil && r.Err.ShowTrace {
			s.log.flip(e.steps, true)
		}
	case tui.ResultQuit:
		return s.env.Act(tui.ScreenRepl, action.Quit)
	}
	return s.then(e.res)
}

// choose lets the user find one of many options by typing a part of it; its value and
// what it is for are the result of another input.
func (s *Screen) choose(of *tui.OptionList) tea.Cmd {
	if s.input.Value() != "" || !s.Typing() {
		return s.env.Notify(text.Plural(len(of.Paths), "option") + " found; esc browses them")
	}
	items := make([]palette.Item, len(of.Paths))
	for i, path := range of.Paths {
		items[i] = palette.Item{Key: path, Title: path}
	}
	return s.env.Pick(palette.Options{
		Title: "options of " + text.SanitiseName(of.Of), Items: items,
		OnPick: func(path string) tea.Cmd { return s.submit(":options "+of.Of+" "+path, true) },
	})
}

// then goes where a command leads.
func (s *Screen) then(r *tui.Result) tea.Cmd {
	t := r.Then
	if t == nil {
		return nil
	}
	if id, ok := tui.ThenScreen(t); ok {
		switch {
		case t.Why[0] != "":
			return s.env.Goto(id, tui.ShowWhyMsg{From: t.Why[0], To: t.Why[1]})
		case t.Path != "" && id == tui.ScreenBuilds:
			return s.env.Goto(id, tui.ShowBuildMsg{Drv: t.Path})
		case t.Path != "":
			return s.env.Goto(id, tui.ShowPathMsg{Path: t.Path})
		}
		return s.env.Goto(id, nil)
	}
	if t.File != "" {
		return s.env.EditFile(t.File, t.Line, nil)
	}
	switch {
	case len(t.Command) == 0:
		return nil
	case t.Ask == "":
		return s.run(t)
	}
	var plan [][]style.Span
	for _, line := range r.Lines {
		for _, part := range text.Wrap(line, max(s.w-8, 20)) {
			plan = append(plan, []style.Span{{Text: part}})
		}
	}
	return s.env.Confirm(confirm.Options{
		Title: "plan", Plan: plan, Question: t.Ask, Yes: "do it",
		OnYes: func() tea.Cmd { return s.run(t) },
		OnNo:  func() tea.Cmd { return s.env.Notify("nothing was done") },
	})
}

// run gives the terminal to a command until it ends.
func (s *Screen) run(t *tui.Then) tea.Cmd {
	return s.env.Exec(pausing(t), func(err error) tea.Msg { return ranMsg{s, t.Interactive, err} })
}

// pausing is a command that leaves its output on the screen until Enter. A shell needs
// not be waited for, unless there may be an error to read: then it has exit status 1.
func pausing(t *tui.Then) *exec.Cmd {
	script := `"$@"; status=$?; `
	if t.Interactive {
		script += `[ $status -ne 1 ] && exit $status; `
	}
	script += `printf '\n[exit status %d; Enter goes back] ' $status; read -r line; exit $status`
	return exec.Command("sh", append([]string{"-c", script, "sh"}, t.Command...)...)
}

// Interrupt cancels what runs, or else clears the input. It never leaves.
func (s *Screen) Interrupt() (tea.Cmd, bool) {
	switch e := s.current; {
	case s.copying.Pending():
		s.copying.Cancel()
		s.env.Notify("interrupted")
	case e != nil && !e.stopped:
		e.stop()
		e.stopped = true
		if n := s.log.drop(); n > 0 {
			s.env.Notify("interrupted; " + text.Plural(n, "input") + " that waited dropped")
		}
	case e != nil:
		return s.abandon(e), true
	case s.Typing() && s.comp.Pending():
		s.closePopup()
	case s.Typing() && s.input.Value() != "":
		s.closePopup()
		s.input.Reset()
		s.hint = ""
	case s.busyWork():
		s.cancelWork()
	case !s.Typing():
		s.panes.SetFocus(paneInput)
	default:
		s.env.Notify("^D or :q to leave")
	}
	return nil, true
}

// abandon gives up on an evaluation that does not end.
func (s *Screen) abandon(e *entry) tea.Cmd {
	s.eval.Cancel()
	s.env.Backend.Abandon()
	s.finish(e, false)
	e.stopped = false
	e.wrong = "given up: the session starts anew with the same files and bindings; earlier results are gone"
	return s.next()
}

// Busy says what quitting would cancel. What is being built, the Builds screen counts.
func (s *Screen) Busy() string {
	if s.copying.Pending() || s.current != nil && len(s.current.build.running) == 0 {
		return "1 evaluation"
	}
	return ""
}

// Summary tells what was built.
func (s *Screen) Summary() []string {
	const most = 4
	var out []string
	for i, o := range s.built {
		if i == most {
			return append(out, fmt.Sprintf("and %s more", text.Plural(len(s.built)-most, "output")))
		}
		out = append(out, "built "+string(o.Path))
	}
	return out
}

// enter carries out the input if it is complete, and else begins a new line.
func (s *Screen) enter() tea.Cmd {
	if _, ok := s.input.Popup.Selected(); ok {
		s.closePopup()
		return nil
	}
	s.closePopup()
	input := s.input.Value()
	if strings.TrimSpace(input) == "" {
		s.input.Reset()
		return nil
	}
	if s.env.Backend.Incomplete(input) {
		return s.newline()
	}
	s.input.Reset()
	return s.submit(strings.TrimRight(input, " \n\t"), true)
}

// newline begins a new line, indented like the one before.
func (s *Screen) newline() tea.Cmd {
	s.closePopup()
	head := s.input.Value()[:s.input.Offset()]
	ln := head[strings.LastIndexByte(head, '\n')+1:]
	blank := ln[:len(ln)-len(strings.TrimLeft(ln, " \t"))]
	s.input.Insert("\n" + blank)
	return nil
}
