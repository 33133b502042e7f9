// Package repl is the prompt: what was asked and what came of it, the input,
// and beside them documentation and what can be used.
//
//	entry, lines, values, transcript  what is remembered, as lines of a list
//	evaluate                          inputs, one after another
//	unfold, building                  what is in values; what is being built
//	complete                          the input and its helpers
//	browse, actions                   what can be done with results
//	draw, side                        the panes
package repl

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/themes"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/highlight"
	"nixbench/tui/keymap"
	"nixbench/tui/widget/editor"
	"nixbench/tui/widget/panes"
	"nixbench/tui/widget/rows"
)

// The panes, in the order of Tab.
const (
	paneInput panes.ID = iota
	paneLog
	paneDoc
	paneScope
)

// Screen is the REPL screen.
type Screen struct {
	tui.Base
	env   *tui.Env
	panes *panes.Panes
	w, h  int // of what was drawn last

	log    *transcript
	list   *rows.Rows
	room   int    // lines of the transcript's pane
	stick  bool   // the cursor belongs at the end
	top    spot   // the first line, put there for a size; see fit
	topKey string // the key that it had then
	reveal *entry // has just ended: its beginning must be seen

	input  *editor.Editor
	area   panes.Place // of the input's text
	own    []string    // inputs of this session, newest first
	inputs []string    // of all sessions, likewise
	past   tui.Slot    // the request for inputs
	unkept bool        // it was told that inputs are not kept

	current  *entry // what is being evaluated
	late     *entry // what has ended last, while not all is told of what it has built
	eval     tui.Slot
	progress tui.EvalProgress
	foreign  map[event.ID]bool // requests that are not of an input
	tail     tui.Slot
	work     tui.Slot
	job      job
	jobs     []job
	asked    asked // what copying asks for
	built    []tui.BuiltOutput

	comp, docs, draft, copying, colours tui.Slot
	slow                                uint64 // serial of the wait for a slow completion
	paused                              uint64 // serial of the wait for a pause in typing
	quiet                               bool   // docs were not asked for by a key
	hint                                string // what the word at the cursor is, where there is no pane for it

	doc        *tui.Doc
	docList    *rows.Rows
	docWidth   int // that docList is made for
	scope      *tui.Scope
	scopes     tui.Slot
	scopeList  *rows.Rows
	scopeWidth int      // that scopeList is made for
	names      []string // what the rows of scopeList put into the input
	change     tui.Slot
}

// New returns the screen; inputs are carried out first, one after another.
func New(env *tui.Env, inputs []string) *Screen {
	s := &Screen{env: env, panes: panes.New(env.Styles), foreign: map[event.ID]bool{}, stick: true}
	s.panes.Arrange(paneInput, paneLog)
	s.log = &transcript{st: env.Styles}
	s.list = rows.New(env.Styles)
	s.list.NoGutter, s.list.NoFolds, s.list.Quiet = true, true, true
	s.list.SetSource(s.log)
	s.input = newEditor(env, s)
	s.docList = rows.New(env.Styles)
	s.docList.NoGutter, s.docList.Quiet = true, true
	s.docList.Empty = "^Space explains what is typed"
	s.scopeList = rows.New(env.Styles)
	s.scopeList.NoGutter, s.scopeList.Quiet = true, true
	for _, in := range inputs {
		s.log.add(in)
	}
	return s
}

// change is the answer to waiting for files.
type change struct{ files []string }

// Init begins with the first inputs and watches the loaded files.
func (s *Screen) Init() tea.Cmd { return tea.Batch(s.next(), s.watch(), s.askPast()) }

func (s *Screen) watch() tea.Cmd {
	b := s.env.Backend
	return tui.Ask(s.env, &s.change, func(ctx context.Context) (change, error) {
		files, err := b.WaitChange(ctx)
		return change{files}, err
	})
}

// Update takes messages.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	cmd := s.update(msg)
	cmd = tea.Batch(cmd, s.serve())
	s.layOut()
	return cmd
}

func (s *Screen) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tui.Answer[*tui.Result]:
		return s.evaluated(msg)
	case tui.Answer[found]:
		return s.worked(msg)
	case tui.Answer[completed]:
		return s.completions(msg)
	case tui.Answer[*tui.Doc]:
		return s.explained(msg)
	case tui.Answer[*tui.Scope]:
		s.scoped(msg)
	case tui.Answer[past]:
		if msg.For(&s.past) && msg.Err == nil {
			s.inputs = msg.Value
		}
	case tui.Answer[saved]:
		return s.kept(msg)
	case tui.StoreChangedMsg:
		s.refresh()
	case slowMsg:
		s.completesSlowly(msg)
	case pauseMsg:
		return s.pausedTyping(msg)
	case tui.Answer[tail]:
		return s.tailRead(msg)
	case tui.Answer[coloured]:
		if msg.For(&s.colours) {
			s.input.SetPieces(msg.Value.input, msg.Value.pieces)
		}
	case tui.Answer[draft]:
		return s.drafted(msg)
	case tui.Answer[change]:
		return s.changed(msg)
	case tui.Answer[copied]:
		return s.copied(msg)
	case copiesSlowlyMsg:
		if msg.to == s && msg.serial == s.asked.serial && s.copying.Pending() {
			s.asked.slow = true
		}
	case tui.EventsMsg:
		return s.events(msg)
	case tui.TickMsg:
		if s.current != nil {
			s.progress = s.env.Backend.Progress()
		}
	case startedMsg:
		if s.current != nil && msg.to == s && s.current.serial == msg.serial {
			s.current.started = msg.at
		}
	case editedMsg:
		return s.edited(msg)
	case ranMsg:
		if msg.to == s && msg.err != nil && !msg.isShell {
			return s.env.Warn("the command ended with " + text.PlainLine(msg.err.Error()))
		}
	case tui.AgainMsg:
		s.panes.SetFocus(paneInput)
	case tui.InsertMsg:
		s.panes.SetFocus(paneInput)
		s.input.Insert(msg.Text)
	default:
		return s.keys(msg)
	}
	return nil
}

// keys takes what the user does.
func (s *Screen) keys(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		if s.Typing() {
			return s.typed(msg)
		}
	case tea.PasteMsg:
		s.panes.SetFocus(paneInput)
		return s.typed(msg)
	case action.Intent:
		return s.intent(msg)
	case tui.PointerMsg:
		return s.pointer(msg)
	case tui.DragMsg:
		s.panes.Drag(msg.X, msg.Y)
	}
	return nil
}

// intent gives what a key means to the pane that has the keys.
func (s *Screen) intent(in action.Intent) tea.Cmd {
	if !s.Typing() {
		s.pane().Update(in)
		return nil
	}
	popup := &s.input.Popup
	switch {
	case in.ID == action.PageUp:
		s.list.Wheel(-max(s.room-1, 1))
		s.scrolled()
	case in.ID == action.PageDown:
		s.list.Wheel(max(s.room-1, 1))
		s.scrolled()
	case in.ID == action.EditUp && popup.IsOpen() && len(popup.Items) > 0:
		return s.complete(-1)
	case in.ID == action.EditDown && popup.IsOpen() && len(popup.Items) > 0:
		return s.complete(1)
	default:
		return s.typed(in)
	}
	return nil
}

// pane is the list that has the keys.
func (s *Screen) pane() *rows.Rows {
	switch s.panes.Focus() {
	case paneDoc:
		return s.docList
	case paneScope:
		return s.scopeList
	}
	return s.list
}

// pointer takes the mouse.
func (s *Screen) pointer(at tui.PointerMsg) tea.Cmd {
	if at.Wheel != 0 {
		s.panes.Wheel(at.X, at.Y, at.Wheel)
		s.scrolled()
		return nil
	}
	a := s.area
	if at.X >= a.X-2 && at.X < a.X+a.W+2 && at.Y >= a.Y-1 && at.Y <= a.Y+a.H {
		s.panes.SetFocus(paneInput)
		return nil
	}
	if id, again, ok := s.panes.Click(at.X, at.Y); ok && again && id == paneLog {
		s.list.Update(action.Intent{ID: action.FoldFlip})
	}
	return nil
}

// changed tells that files that were loaded are others now.
func (s *Screen) changed(msg tui.Answer[change]) tea.Cmd {
	if !msg.For(&s.change) || msg.Err != nil {
		return nil
	}
	files := msg.Value.files
	name := text.CutDir(text.SanitiseName(text.Tilde(files[0], s.env.Home)), 40)
	if more := len(files) - 1; more > 0 {
		name += " and " + text.Plural(more, "other")
	}
	if s.scope != nil && len(s.scope.Watched) > 0 {
		return tea.Batch(s.watch(), s.recheck(name))
	}
	s.env.Warn(name + " changed on disk; :r reloads")
	return tea.Batch(s.watch(), s.askScope())
}

// recheck tells what has changed in what is watched, once for all files that have
// changed while another input is carried out.
func (s *Screen) recheck(name string) tea.Cmd {
	for _, e := range s.log.entries {
		if e.state == waiting && e.recheck {
			return nil
		}
	}
	e := s.log.add(":watch  # " + name + " changed")
	e.does, e.recheck = s.env.Backend.Recheck, true
	s.stick = s.stick || s.Typing()
	return s.next()
}

// Typing tells that the input has the keys.
func (s *Screen) Typing() bool { return s.panes.Focus() == paneInput }

// Scopes names the bindings that hold.
func (s *Screen) Scopes() []keymap.Scope {
	switch {
	case s.Typing() && s.input.Normal() && !s.input.Awaits():
		return []keymap.Scope{keymap.Vi, keymap.ReplInput, keymap.Edit}
	case s.Typing():
		return []keymap.Scope{keymap.ReplInput, keymap.Edit}
	}
	return []keymap.Scope{keymap.ReplBrowse, keymap.Rows}
}

// Back ends a search, or leaves a pane for the transcript.
func (s *Screen) Back() bool {
	switch {
	case s.Typing():
		return false
	case s.list.Finding() != "":
		s.list.SetFind("")
	case s.panes.Focus() != paneLog:
		s.panes.SetFocus(paneLog)
	default:
		return false
	}
	return true
}

// Badge is how long an evaluation has been running for, to be seen from the other
// screens too.
func (s *Screen) Badge() string {
	if e := s.current; e != nil && e.elapsed(s.env.Now) >= time.Second {
		return text.Duration(e.elapsed(s.env.Now).Truncate(time.Second))
	}
	return ""
}

// Status says what an evaluation has done. Otherwise it names the packages where the
// header has no room for them and the store, which then is the machine's.
func (s *Screen) Status() string {
	if s.copying.Pending() && s.asked.slow {
		return "evaluating " + text.CutMiddle(name(s.asked.node), 20) + " .. ^C interrupts"
	}
	if e := s.current; e != nil {
		name, _ := e.build.title()
		if done := workDone(s.progress); name == "" && len(done) > 0 {
			return "evaluating, " + done[0]
		}
	}
	info := s.env.Backend.Info()
	if info.Nixpkgs == "" || s.wide() || info.StoreRoot != "" || info.Reading != "" {
		return "" // the shell names them
	}
	return "nixpkgs " + info.Nixpkgs
}

func nixPieces(src string) []themes.Piece { return highlight.NixPieces(src) }
