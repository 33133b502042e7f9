// Package profiles is the profiles screen: the generations of profiles, what
// changed from one to the next, and switching between them.
//
// What changes a profile is a plan first, which is shown and confirmed. Screens
// hear of it by tui.StoreChangedMsg.
package profiles

import (
	tea "charm.land/bubbletea/v2"

	"nixbench/inspect/diff"
	"nixbench/repl/text"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/table"
	"nixbench/tui/widget/changes"
	"nixbench/tui/widget/panes"
	"nixbench/tui/widget/rows"
)

// The panes.
const (
	paneGens panes.ID = iota
	paneDiff
	paneProfiles
	paneNote
)

// Screen is the screen.
type Screen struct {
	tui.Base
	env      *tui.Env
	panes    *panes.Panes
	list     *rows.Rows // profiles
	gens     *rows.Rows // the table or the time line
	table    *rows.Rows
	line     *rows.Rows
	changes  *rows.Rows // of the diff
	listing  tui.Slot
	reading  tui.Slot
	sizing   tui.Slot
	counting tui.Slot
	diffing  tui.Slot
	asking   tui.Slot // for a plan
	doing    tui.Slot

	profiles []tui.Profile // nil until listed
	err      error         // why they could not be listed
	link     string        // of the profile whose generations are shown
	all      []tui.Generation
	gensErr  error
	known    bool // all is of link

	sizes *sizes             // nil until known
	diffs map[int]*diff.Diff // by generation: from the one before it
	marks map[int]bool       // generations of link
	base  int                // what is compared with; 0: the one before
	shown *shownDiff         // in the diff pane
	same  bool               // packages that were only rebuilt are shown too
	undo  *undo              // what z would do
	did   []string           // for the summary
	wide  bool               // the profiles stand beside the generations

	barRoom int   // cells for the bars of the time line
	largest int64 // the closure that has the longest of them, in bytes

	wanted, wantedBase int // generations to go to and to compare with once they are read; 0: none
}

// comparedMsg says that something else is to be compared; Back sends it, which
// can return no command.
type comparedMsg struct{}

// New returns the screen.
func New(env *tui.Env) *Screen {
	s := &Screen{env: env, panes: panes.New(env.Styles), marks: map[int]bool{}}
	st := env.Styles
	s.list = rows.New(st, rows.Column{Min: 10, Flex: 1}, rows.Column{Min: 7, Right: true})
	s.list.Empty = "listing profiles .."
	s.table = env.Table(table.Generations,
		rows.Column{Title: "GEN", Min: 5},
		rows.Column{Title: "DATE", Min: 16, Rank: 3},
		rows.Column{Title: "AGE", Min: 5, Right: true, Rank: 2},
		rows.Column{Title: "SIZE", Min: 7, Right: true},
		rows.Column{Title: "ONLY HERE", Min: 9, Right: true, Rank: 5},
		rows.Column{Title: "KERNEL", Min: 8, Rank: 7},
		rows.Column{Title: "VERSION", Min: 14, Flex: 1, Max: 24, Rank: 8},
		rows.Column{Title: "REVISION", Min: 8, Rank: 9},
		rows.Column{Title: "CHANGES", Min: 20, Flex: 2, Max: 30, Rank: 1, End: true},
		rows.Column{Title: "LABEL", Min: 8, Flex: 2, End: true},
		rows.Column{Title: "NAME", Min: 18, Flex: 1, Rank: 6})
	s.line = newLine(st)
	s.gens = s.table
	s.setEmpty("listing generations ..")
	s.changes = changes.NewList(st)
	return s
}

// Update implements tui.Screen.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tui.ShownMsg:
		if s.profiles == nil && !s.listing.Pending() {
			return s.reload()
		}
	case tui.StoreChangedMsg:
		if s.profiles != nil {
			return s.reload()
		}
	case comparedMsg:
		return s.compare()
	case tui.ShowProfileMsg:
		return s.show(msg.Link)
	case action.Intent:
		s.focused().Update(msg)
		return s.moved()
	case tui.PointerMsg:
		return s.pointer(msg)
	case tui.DragMsg:
		s.panes.Drag(msg.X, msg.Y)
	default:
		return s.answer(msg)
	}
	return nil
}

// answer takes what was asked for.
func (s *Screen) answer(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tui.Answer[[]tui.Profile]:
		return s.listed(msg)
	case tui.Answer[[]tui.Generation]:
		return s.read(msg)
	case tui.Answer[*sizes]:
		return s.sized(msg)
	case tui.Answer[map[int]*diff.Diff]:
		if msg.For(&s.counting) && msg.Err == nil {
			s.diffs = msg.Value
			return s.compare()
		}
	case tui.Answer[*shownDiff]:
		if msg.For(&s.diffing) {
			s.setDiff(msg.Value, msg.Err)
		}
	case tui.Answer[*switching]:
		return s.switchPlanned(msg)
	case tui.Answer[*deleting]:
		return s.deletePlanned(msg)
	case tui.Answer[*done]:
		return s.finished(msg)
	}
	return nil
}

// focused is the list that has the keys.
func (s *Screen) focused() *rows.Rows {
	switch s.panes.Focus() {
	case paneDiff:
		return s.changes
	case paneProfiles:
		return s.list
	}
	return s.gens
}

// moved follows the cursor: another profile, or another generation to compare.
func (s *Screen) moved() tea.Cmd {
	if s.panes.Focus() == paneProfiles {
		if link := s.list.SelectedKey(); link != "" && link != s.link {
			return s.open(link)
		}
		return nil
	}
	return s.compare()
}

func (s *Screen) pointer(msg tui.PointerMsg) tea.Cmd {
	if msg.Wheel != 0 {
		s.panes.Wheel(msg.X, msg.Y, msg.Wheel)
		return s.compare()
	}
	if _, _, ok := s.panes.Click(msg.X, msg.Y); ok {
		return s.moved()
	}
	return nil
}

// profile is the profile whose generations are shown.
func (s *Screen) profile() (tui.Profile, bool) {
	for _, p := range s.profiles {
		if p.Link == s.link {
			return p, true
		}
	}
	return tui.Profile{}, false
}

// selected is the generation under the cursor.
func (s *Screen) selected() (tui.Generation, bool) {
	i, ok := s.gens.Selected()
	if !ok || i >= len(s.all) {
		return tui.Generation{}, false
	}
	return s.all[len(s.all)-1-i], true // newest first
}

// number finds a generation.
func (s *Screen) number(n int) (tui.Generation, bool) {
	for _, g := range s.all {
		if g.Number == n {
			return g, true
		}
	}
	return tui.Generation{}, false
}

// current is the generation that the profile leads to.
func (s *Screen) current() (tui.Generation, bool) {
	for _, g := range s.all {
		if g.Current {
			return g, true
		}
	}
	return tui.Generation{}, false
}

// Scopes implements tui.Screen.
func (s *Screen) Scopes() []keymap.Scope { return []keymap.Scope{keymap.Profiles, keymap.Rows} }

// Back implements tui.Screen.
func (s *Screen) Back() bool {
	switch {
	case s.focused().Finding() != "":
		s.focused().SetFind("")
	case s.panes.Focus() != paneGens:
		s.panes.SetFocus(paneGens)
	case s.panes.Full:
		s.panes.Full = false
	case len(s.marks) > 0:
		clear(s.marks)
		s.env.Broadcast(comparedMsg{})
	case s.base != 0:
		s.base = 0
		s.env.Broadcast(comparedMsg{})
	default:
		return false
	}
	return true
}

// Status implements tui.Screen.
func (s *Screen) Status() string {
	if p, ok := s.profile(); ok && p.ReadOnly != "" {
		return "profile " + text.SanitiseName(p.Name) + " is read-only"
	}
	return ""
}

// Busy implements tui.Screen.
func (s *Screen) Busy() string {
	if s.doing.Pending() {
		return "a change of a profile"
	}
	return ""
}

// Cursor implements tui.Screen.
func (s *Screen) Cursor() *tea.Cursor { return s.panes.Cursor() }

// Summary implements tui.Screen.
func (s *Screen) Summary() []string { return s.did[max(len(s.did)-3, 0):] }
