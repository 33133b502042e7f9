// Package closure is the closure browser: what a store path needs, how large
// that is, and why it is there.
//
// The screen is a stack of frames, of which the last is shown: at the bottom the
// places to begin at, above them closures, referrers, files and differences.
// Diving pushes a frame, Backspace and Esc pop it:
//
//	places -> closure of a profile -> closure of a part -> files in it
//
// What a frame shows is computed in a command and never changes; the frame has
// only the cursor, what is unfolded, the order and the search.
package closure

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"nixbench/repl/text"
	"nixbench/store"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/widget/panes"
)

// The panes.
const (
	paneMain panes.ID = iota
	paneWhy
	paneLeft // of the columns
	paneRight
	paneInfo
)

// maxFrames bounds the stack; the oldest frames above the places are forgotten.
const maxFrames = 64

// Screen is the screen.
type Screen struct {
	tui.Base
	env    *tui.Env
	panes  *panes.Panes
	frames []*frame // never empty: the first has the places

	graphing  tui.Slot
	placing   tui.Slot
	looking   tui.Slot // for places in the graph
	resolving tui.Slot
	infoSlot  tui.Slot
	writing   tui.Slot
	opening   tui.Slot // a file in the editor

	places, inStore []tui.Place // those that something leads to, and those of the graph
	placesErr       error
	placesKnown     bool // an answer has come, if not that about the graph

	graph    *store.Graph    // nil until read
	err      error           // why it could not be read
	progress *store.Progress // of the reading that goes on, or was last

	info    *store.PathInfo // of the path under the cursor, nil until known
	infoFor store.Path
	gone    store.Path // the path that made the store be read again last; see outdated
	base    store.Path // what is compared with, "" for nothing
	marks   map[store.Path]bool
}

// movedMsg says that the cursor may be on another path; Back sends it, which can
// return no command.
type movedMsg struct{}

// New returns the screen.
func New(env *tui.Env) *Screen {
	s := &Screen{env: env, panes: panes.New(env.Styles), marks: map[store.Path]bool{}}
	s.frames = []*frame{newPlaces(env)}
	s.frames[0].marks = s.marks
	return s
}

// top is the frame that is shown.
func (s *Screen) top() *frame { return s.frames[len(s.frames)-1] }

// push shows a frame over the others.
func (s *Screen) push(f *frame) {
	f.marks = s.marks
	s.frames = append(s.frames, f)
	if len(s.frames) > maxFrames {
		s.frames = append(s.frames[:1], s.frames[2:]...)
	}
	s.panes.SetFocus(paneMain)
}

// pop goes back to the frame below; false: there is none.
func (s *Screen) pop() bool {
	if len(s.frames) == 1 {
		return false
	}
	s.top().cancel()
	s.frames = s.frames[:len(s.frames)-1]
	s.panes.SetFocus(paneMain)
	return true
}

// drop takes a frame out of the stack.
func (s *Screen) drop(f *frame) tea.Cmd {
	f.cancel()
	s.frames = slices.DeleteFunc(s.frames, func(other *frame) bool { return other == f })
	return s.moved()
}

// Update implements tui.Screen.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tui.ShownMsg:
		if s.graph == nil && !s.graphing.Pending() {
			return s.reload()
		}
	case tui.StoreChangedMsg:
		if s.graph != nil || s.err != nil {
			return s.reload()
		}
	case movedMsg:
		return s.moved()
	case readingMsg:
		if msg.s == s && s.graphing.Pending() {
			return s.watchReading()
		}
	case tui.ShowPathMsg:
		return s.open(msg.Path, "", "")
	case tui.ShowWhyMsg:
		return s.open(msg.From, "", msg.To)
	case action.Intent:
		return s.intent(msg)
	case tui.PointerMsg:
		return s.pointer(msg)
	case tui.DragMsg:
		s.panes.Drag(msg.X, msg.Y)
	default:
		return s.answer(msg)
	}
	return nil
}

// open shows the closure of a path, and why it depends on target if that is not
// empty. name is what the user calls the path, "" for its own name.
func (s *Screen) open(p store.Path, name string, target store.Path) tea.Cmd {
	f := s.top()
	if f.kind != kindClosure || f.path != p || f.more != nil {
		f = newClosure(s.env, kindClosure, p, name)
		s.push(f)
	}
	f.target = target
	if f.data != nil {
		return s.begin(f)
	}
	if s.graph == nil {
		if s.graphing.Pending() {
			return nil // the graph loads all frames
		}
		return s.reload()
	}
	return tea.Batch(s.load(f), s.moved())
}

// intent moves and folds.
func (s *Screen) intent(in action.Intent) tea.Cmd {
	if w := s.answering(); w != nil {
		w.list.Update(in)
		return tea.Batch(s.fileMore(w), s.moved())
	}
	f := s.top()
	if s.panes.Focus() == paneMain {
		if f.onMap() {
			f.moveArea(in)
			return s.moved()
		}
		if f.view == viewColumns && f.isClosure() && f.walk(in) {
			return s.moved()
		}
	}
	f.main().Update(in)
	return s.moved()
}

func (s *Screen) pointer(msg tui.PointerMsg) tea.Cmd {
	if msg.Wheel != 0 {
		s.panes.Wheel(msg.X, msg.Y, msg.Wheel)
		return s.moved()
	}
	_, again, ok := s.panes.Click(msg.X, msg.Y)
	if !ok {
		return nil
	}
	if again {
		if f := s.top(); f.kind == kindPlaces {
			return s.dive()
		}
		return s.intent(action.Intent{ID: action.FoldFlip})
	}
	return s.moved()
}

// Scopes implements tui.Screen.
func (s *Screen) Scopes() []keymap.Scope {
	if s.answering() != nil {
		return []keymap.Scope{keymap.ClosureWhy, keymap.Closure, keymap.Rows}
	}
	return []keymap.Scope{keymap.Closure, keymap.Rows}
}

// Back implements tui.Screen.
func (s *Screen) Back() bool {
	f := s.top()
	switch {
	case f.query != "":
		f.search("")
		s.env.Broadcast(movedMsg{})
	case s.list().Finding() != "":
		s.list().SetFind("")
	case s.panes.Full:
		s.panes.Full = false
	case f.why != nil || f.whySlot.Pending():
		f.closeWhy()
		s.panes.SetFocus(paneMain)
		s.env.Broadcast(movedMsg{})
	case f.outOfArea() || s.pop():
		s.env.Broadcast(movedMsg{})
	default:
		return false
	}
	return true
}

// Interrupt implements tui.Screen: it cancels what is being computed.
func (s *Screen) Interrupt() (tea.Cmd, bool) {
	f := s.top()
	switch {
	case f.why != nil && f.why.cutting.Pending():
		f.why.cutting.Cancel()
	case s.writing.Pending():
		s.writing.Cancel()
	case f.why != nil && f.why.filing.Pending():
		f.why.filing.Cancel()
	case f.whySlot.Pending():
		f.whySlot.Cancel()
	case s.graphing.Pending():
		s.stopReading()
	case f.loading.Pending() && f.kind != kindPlaces:
		s.pop()
		s.env.Broadcast(movedMsg{})
	default:
		return nil, false
	}
	return s.env.Notify("cancelled"), true
}

// Status implements tui.Screen.
func (s *Screen) Status() string {
	if n := len(s.marks); n > 0 {
		return text.Plural(n, "path") + " marked (o opens)"
	}
	if s.base != "" {
		return "base " + text.CutMiddle(cleanName(s.base), 30)
	}
	return ""
}

// Cursor implements tui.Screen.
func (s *Screen) Cursor() *tea.Cursor { return s.panes.Cursor() }

// cleanName is the name of a path, without the ending of derivations.
func cleanName(p store.Path) string { return text.SanitiseName(p.Name()) }
