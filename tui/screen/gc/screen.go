// Package gc is the GC screen: what keeps paths alive, and what a collection
// would free.
//
// Nothing is deleted by looking, marking or planning. A collection is made of a
// plan that is read anew, shown, and confirmed by typing a word:
//
//	roots --mark--> effect --X--> fresh plan --type "delete"--> Collect --> result
package gc

import (
	"context"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"nixbench/engine/event"
	"nixbench/repl/text"
	"nixbench/store/gc"
	"nixbench/tui"
	"nixbench/tui/action"
	"nixbench/tui/keymap"
	"nixbench/tui/table"
	"nixbench/tui/widget/panes"
	"nixbench/tui/widget/rows"
)

// The panes.
const (
	paneMain panes.ID = iota
	paneGroups
	panePlan
)

// A view is what the main pane shows.
type view uint8

const (
	viewRoots  view = iota
	viewPaths       // what would be deleted
	viewKept        // what stays although it is marked, and why
	viewGroups      // roots that free something only together
)

// Screen is the screen.
type Screen struct {
	tui.Base
	env   *tui.Env
	panes *panes.Panes
	roots *rows.Rows
	paths *rows.Rows
	kept  *rows.Rows
	group *rows.Rows
	view  view

	load, sizing, effecting, listing, keeping, exacting, planning, writing, freeing tui.Slot

	data   *data // nil until loaded
	err    error // why it could not be loaded
	sizes  []int64
	shown  []int // the roots of the list, as positions in the plan
	marks  map[string]bool
	wanted []string // links to mark once the roots are known
	// wantedRoot is the key of the row to go to once the roots are known, "" for none.
	wantedRoot string
	effect     *effect
	proposal   *proposal // what the marks are for, nil once they are changed by hand
	exact      int64     // bytes on the disk of what would be deleted; -1: not known
	dead       []deadPath
	keepers    []keptPath
	keptOf     string // whose paths keepers are

	kind    kindFilter
	order   order
	collect collection
	last    *gc.Result
	lastErr error
	freed   int64 // on the disk, by all collections of this session
	deleted int
}

// collection is the collection that runs.
type collection struct {
	slot     tui.Slot
	stop     context.CancelFunc // nil: none runs
	stopping bool
	since    time.Time
	total    int // paths
	act      event.Activity
}

// New returns the screen.
func New(env *tui.Env) *Screen {
	s := &Screen{env: env, panes: panes.New(env.Styles), marks: map[string]bool{}, effect: &effect{}, exact: -1}
	st := env.Styles
	s.roots = env.Table(table.Roots,
		rows.Column{Title: "ROOT", Min: 16, Flex: 1, Dirs: true},
		rows.Column{Title: "KIND", Min: 10, Rank: 3},
		rows.Column{Title: "AGE", Min: 5, Right: true, Rank: 2},
		rows.Column{Title: "CLOSURE", Min: 7, Right: true, Rank: 1},
		rows.Column{Title: "FREES", Min: 7, Right: true})
	s.roots.Marks = true
	s.roots.Empty = "reading the roots .."
	s.paths = rows.New(st,
		rows.Column{Title: "PATH", Min: 16, Flex: 1},
		rows.Column{Title: "SIZE", Min: 7, Right: true},
		rows.Column{Title: "WHY", Min: 20, Rank: 1, End: true})
	s.kept = rows.New(st,
		rows.Column{Title: "PATH", Min: 16, Flex: 1, Max: 44},
		rows.Column{Title: "SIZE", Min: 7, Right: true},
		rows.Column{Title: "KEPT BY", Min: 20, Flex: 1, Dirs: true})
	s.kept.Empty = "no other root keeps any of it"
	s.group = rows.New(st, rows.Column{Min: 7, Right: true}, rows.Column{Min: 20, Flex: 1, End: true})
	s.group.Empty = "no roots share what they alone keep"
	return s
}

// Update implements tui.Screen.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tui.ShownMsg:
		if s.data == nil && !s.load.Pending() {
			return s.reload()
		}
	case tui.StoreChangedMsg:
		if s.data != nil && s.collect.stop == nil {
			return s.reload()
		}
	case tui.MarkRootsMsg:
		s.wanted = append(s.wanted, msg.Links...)
		s.toRoots()
		return s.markWanted()
	case tui.EventsMsg:
		s.progress(msg)
	case action.Intent:
		s.list().Update(msg)
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
	case tui.Answer[*data]:
		return s.loaded(msg)
	case tui.Answer[[]int64]:
		if msg.For(&s.sizing) && msg.Err == nil {
			s.sizes = msg.Value
			s.arrange()
		}
	case tui.Answer[*effect]:
		if msg.For(&s.effecting) && msg.Err == nil {
			s.effect = msg.Value
			return s.relist()
		}
	case tui.Answer[[]deadPath]:
		if msg.For(&s.listing) {
			s.setDead(msg.Value)
		}
	case tui.Answer[[]keptPath]:
		if msg.For(&s.keeping) {
			s.setKept(msg.Value)
		}
	case tui.Answer[int64]:
		if msg.For(&s.exacting) {
			if msg.Err != nil {
				return s.env.Fail(msg.Err)
			}
			s.exact = msg.Value
		}
	case tui.Answer[*gc.Plan]:
		return s.planned(msg)
	case tui.Answer[*gc.Result]:
		return s.collected(msg)
	case tui.Answer[*proposal]:
		return s.proposed(msg)
	case tui.Answer[string]:
		if msg.For(&s.writing) {
			if msg.Err != nil {
				return s.env.Fail(msg.Err)
			}
			return s.env.Notify("wrote the plan to " + text.SanitiseName(msg.Value))
		}
	}
	return nil
}

// list is the list that has the keys.
func (s *Screen) list() *rows.Rows {
	if s.inGroups() {
		return s.group
	}
	return s.mainList()
}

func (s *Screen) mainList() *rows.Rows {
	return [...]*rows.Rows{s.roots, s.paths, s.kept, s.group}[s.view]
}

// inGroups tells that the groups of roots have the keys.
func (s *Screen) inGroups() bool { return s.view == viewGroups || s.panes.Focus() == paneGroups }

func (s *Screen) showGroups() tea.Cmd {
	s.view = viewGroups
	s.panes.SetFocus(paneMain)
	return nil
}

func (s *Screen) toRoots() {
	s.view = viewRoots
	s.panes.SetFocus(paneMain)
}

func (s *Screen) pointer(msg tui.PointerMsg) tea.Cmd {
	if msg.Wheel != 0 {
		s.panes.Wheel(msg.X, msg.Y, msg.Wheel)
		return nil
	}
	id, again, ok := s.panes.Click(msg.X, msg.Y)
	if ok && again && s.noMark() == "" && (id == paneGroups || s.view == viewRoots || s.view == viewGroups) {
		return s.mark()
	}
	return nil
}

// Scopes implements tui.Screen.
func (s *Screen) Scopes() []keymap.Scope { return []keymap.Scope{keymap.GC, keymap.Rows} }

// Back implements tui.Screen.
func (s *Screen) Back() bool {
	switch {
	case s.list().Finding() != "":
		s.list().SetFind("")
	case s.panes.Focus() != paneMain:
		s.panes.SetFocus(paneMain)
	case s.panes.Full:
		s.panes.Full = false
	case s.view != viewRoots:
		s.toRoots()
	case s.kind != kindAll:
		s.kind = kindAll
		s.arrange()
	default:
		return false
	}
	return true
}

// Interrupt implements tui.Screen: it ends the collection, or else the scan of
// the disk.
func (s *Screen) Interrupt() (tea.Cmd, bool) {
	switch {
	case s.collect.stop != nil && !s.collect.stopping:
		s.collect.stop()
		s.collect.stopping = true
		return s.env.Notify("stopping; what is deleted stays deleted, and the store valid"), true
	case s.exacting.Pending():
		s.exacting.Cancel()
		return s.env.Notify("the scan is cancelled"), true
	}
	return nil, false
}

// Busy implements tui.Screen.
func (s *Screen) Busy() string {
	if s.collect.stop != nil {
		return "a collection"
	}
	return ""
}

// Status implements tui.Screen.
func (s *Screen) Status() string {
	if s.data == nil || s.data.diskTotal == 0 {
		return ""
	}
	d := s.data
	// Without decimals there is room for the titles of the screens in 80 cells.
	return "disk " + strconv.FormatInt(100*d.diskUsed/d.diskTotal, 10) + "% used, " + text.Bytes(d.diskTotal-d.diskUsed) + " free"
}

// Cursor implements tui.Screen.
func (s *Screen) Cursor() *tea.Cursor { return s.panes.Cursor() }

// Summary implements tui.Screen.
func (s *Screen) Summary() []string {
	var out []string
	if s.deleted > 0 {
		out = append(out, "collected garbage: "+text.Plural(s.deleted, "path")+" deleted, "+text.Bytes(s.freed)+" freed")
	}
	if c := &s.collect; c.stop != nil { // leaving stops it
		out = append(out, "a collection was stopped after "+text.Bytes(c.act.Done)+" of "+text.Bytes(c.act.Total)+"; the store is valid")
	}
	return out
}
